/** Lies about what the contract gave. */
import { type Change, type Executed, encodeValue, type Outcome, unexecutableOutcome } from '@vitra/log'
import { ENGINES, engineName } from '@vitra/sandbox'
import { DishonestExecutor } from '../dishonest-executor.js'
import type { History } from '../history.js'
import { middleRun, renumber } from './order.js'

/** Replaces the first op of the middle run, its batch's time kept true. */
function replace(history: History, change: (executed: Executed) => Executed): void {
  const { run, batch } = middleRun(history)
  const at = run.executed.findIndex(({ changes }) => changes.length > 0)
  run.executed[at] = change(run.executed[at]!)
  batch.lastTs = batch.runs.at(-1)!.executed.at(-1)!.outcome.ts
}

function withChanges(executed: Executed, changes: readonly Change[]): Executed {
  return { outcome: { ...executed.outcome, numChanges: changes.length }, changes }
}

function withOutcome(executed: Executed, patch: Partial<Outcome>): Executed {
  return { ...executed, outcome: { ...executed.outcome, ...patch } }
}

export class WritesOtherValue extends DishonestExecutor {
  readonly does = 'publishes another value than the contract writes'
  readonly expected = 'wrong-changes'

  override tell(history: History): void {
    replace(history, (op) =>
      withChanges(op, [{ ...op.changes[0]!, value: encodeValue(666) }, ...op.changes.slice(1)]),
    )
  }
}

export class WritesElsewhere extends DishonestExecutor {
  readonly does = 'publishes a change at another path'
  readonly expected = 'wrong-changes'

  override tell(history: History): void {
    replace(history, (op) =>
      withChanges(op, [{ ...op.changes[0]!, path: '/elsewhere' }, ...op.changes.slice(1)]),
    )
  }
}

export class LeavesOutChange extends DishonestExecutor {
  readonly does = 'leaves out a change'
  readonly expected = 'wrong-changes'

  override tell(history: History): void {
    replace(history, (op) => withChanges(op, op.changes.slice(1)))
  }
}

export class AddsChange extends DishonestExecutor {
  readonly does = 'adds a change that the contract does not give'
  readonly expected = 'wrong-changes'

  override tell(history: History): void {
    replace(history, (op) => withChanges(op, [...op.changes, { path: '/extra', value: encodeValue(1) }]))
  }
}

export class CountsFewerChanges extends DishonestExecutor {
  readonly does = 'counts fewer changes than it publishes'
  readonly expected = 'unprompted-change'

  override tell(history: History): void {
    replace(history, (op) => withOutcome(op, { numChanges: op.outcome.numChanges - 1 }))
  }
}

export class CountsMoreChanges extends DishonestExecutor {
  readonly does = 'counts more changes than it publishes'
  readonly expected = 'wrong-changes'

  override tell(history: History): void {
    const { run } = middleRun(history)
    run.executed = run.executed.map((op) => withOutcome(op, { numChanges: op.outcome.numChanges + 100 }))
  }
}

export class WritesUnprompted extends DishonestExecutor {
  readonly does = 'adds a change behind the ops of a batch'
  readonly expected = 'unprompted-change'

  override tell(history: History): void {
    middleRun(history).batch.unprompted.push({ path: '/unprompted', value: encodeValue(1) })
  }
}

export class WritesAfterLastOp extends DishonestExecutor {
  readonly does = 'publishes a batch of changes after the last op'
  readonly expected = 'unprompted-change'

  override tell(history: History): void {
    const { engine, lastTs } = history.batches.at(-1)!
    const unprompted = [{ path: '/counter', value: encodeValue(1) }]
    history.batches = renumber([...history.batches, { number: 0, engine, lastTs, runs: [], unprompted }])
  }
}

export class PublishesEmptyBatch extends DishonestExecutor {
  readonly does = 'publishes a batch in which nothing was executed'
  readonly expected = 'record-invalid'

  override tell(history: History): void {
    const { engine, lastTs } = history.batches.at(-1)!
    history.batches = renumber([...history.batches, { number: 0, engine, lastTs, runs: [], unprompted: [] }])
  }
}

export class CallsSuccessFailure extends DishonestExecutor {
  readonly does = 'says that an op failed which did not'
  readonly expected = 'wrong-changes'

  override tell(history: History): void {
    replace(history, ({ outcome }) => ({
      outcome: {
        kind: 'failed',
        code: 'contract',
        message: 'no',
        ts: outcome.ts,
        numChanges: 0,
        fuel: outcome.fuel,
      },
      changes: [],
    }))
  }
}

export class WritesForFailedOp extends DishonestExecutor {
  readonly does = 'publishes changes of an op that it says failed'
  readonly expected = 'wrong-changes'

  override tell(history: History): void {
    replace(history, (op) => withOutcome(op, { kind: 'failed', code: 'contract', message: 'no' }))
  }
}

/** Needs a history with an op that fails. */
export class CallsFailureSuccess extends DishonestExecutor {
  readonly does = 'says that an op was executed which fails'
  readonly expected = 'wrong-outcome'

  override tell(history: History): void {
    const run = history.batches.flatMap((batch) => batch.runs).find((other) => other.executed.some(isFailed))!
    const at = run.executed.findIndex(isFailed)
    const { ts, fuel } = run.executed[at]!.outcome
    run.executed[at] = { outcome: { kind: 'ok', ts, fuel, numChanges: 0 }, changes: [] }
  }
}

export class ChangesFailureMessage extends DishonestExecutor {
  readonly does = 'puts words into the mouth of a failing contract'
  readonly expected = 'wrong-outcome'

  override tell(history: History): void {
    const run = history.batches.flatMap((batch) => batch.runs).find((other) => other.executed.some(isFailed))!
    const at = run.executed.findIndex(isFailed)
    run.executed[at] = withOutcome(run.executed[at]!, { message: 'something else' })
  }
}

export class ChangesReturnValue extends DishonestExecutor {
  readonly does = 'publishes another return value'
  readonly expected = 'wrong-outcome'

  override tell(history: History): void {
    replace(history, (op) => withOutcome(op, { value: encodeValue('another') }))
  }
}

export class MakesUpMetadata extends DishonestExecutor {
  readonly does = 'publishes metadata although the contract has no process'
  readonly expected = 'wrong-outcome'

  override tell(history: History): void {
    replace(history, (op) => withOutcome(op, { metadata: encodeValue('made up') }))
  }
}

export class ChangesFuel extends DishonestExecutor {
  readonly does = 'publishes another fuel figure'
  readonly expected = 'wrong-outcome'

  override tell(history: History): void {
    replace(history, (op) => withOutcome(op, { fuel: 7 }))
  }
}

export class CallsOpUnexecutable extends DishonestExecutor {
  readonly does = 'says that an op could not be run which can'
  readonly expected = 'disputed'

  override tell(history: History): void {
    // The last op, so that nothing later depends on what it would have written.
    const batch = history.batches.at(-1)!
    const { executed } = batch.runs.at(-1)!
    const outcome = unexecutableOutcome(executed.at(-1)!.outcome.ts)
    executed[executed.length - 1] = { outcome, changes: [] }
  }
}

export class WritesForUnexecutable extends DishonestExecutor {
  readonly does = 'publishes changes of an op that it could not run'
  readonly expected = 'wrong-changes'

  override tell(history: History): void {
    replace(history, (op) => withOutcome(op, { kind: 'failed', code: 'unexecutable', message: '' }))
  }
}

/** Says more about an op that it could not run than that. */
export class HidesInUnexecutable extends DishonestExecutor {
  readonly does = 'hides a message in an op that it says could not be run'
  readonly expected = 'wrong-outcome'

  override tell(history: History): void {
    new CallsOpUnexecutable().tell(history)
    const { executed } = history.batches.at(-1)!.runs.at(-1)!
    executed[executed.length - 1] = withOutcome(executed.at(-1)!, { message: 'hidden' })
  }
}

/**
 * Runs under one engine and names another, so that its lie may pass for a difference between engines. Where the
 * named engine is installed it is fraud; elsewhere the audit leaves it suspect.
 */
export class NamesOtherEngine extends DishonestExecutor {
  readonly does = 'publishes another value than the contract writes, under the name of another engine'
  readonly expected = 'other-engine'
  /** The engine that it names. */
  readonly engine: string

  /** @param engine by default one that is not that of this process */
  constructor(engine = ENGINES.find((name) => name !== engineName(process.versions.v8))!) {
    super()
    this.engine = engine
  }

  override tell(history: History): void {
    new WritesOtherValue().tell(history)
    middleRun(history).batch.engine = this.engine
  }
}

function isFailed({ outcome }: Executed): boolean {
  return outcome.kind === 'failed'
}

export const EXECUTION_LIES = [
  WritesOtherValue,
  WritesElsewhere,
  LeavesOutChange,
  AddsChange,
  CountsFewerChanges,
  CountsMoreChanges,
  WritesUnprompted,
  WritesAfterLastOp,
  PublishesEmptyBatch,
  CallsSuccessFailure,
  WritesForFailedOp,
  CallsFailureSuccess,
  ChangesFailureMessage,
  ChangesReturnValue,
  MakesUpMetadata,
  ChangesFuel,
  CallsOpUnexecutable,
  WritesForUnexecutable,
  HidesInUnexecutable,
  NamesOtherEngine,
]
