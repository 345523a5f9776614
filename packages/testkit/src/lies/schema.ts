/** Lies in the form of the log: records, runs, time, limits, the tree itself. */
import { BATCH_PATH, type Change, decodeRun, encodeRun, parseRunPath, randomBytes } from '@vitra/log'
import { DishonestExecutor } from '../dishonest-executor.js'
import type { History } from '../history.js'
import { withRecord } from '../publish.js'
import { middleRun, renumber } from './order.js'

/** Lies that change one field of the second batch's record. */
abstract class RecordLie extends DishonestExecutor {
  readonly expected = 'record-invalid'
  abstract patch(
    record: Parameters<Parameters<typeof withRecord>[1]>[0],
  ): ReturnType<Parameters<typeof withRecord>[1]>

  override entries(changes: Change[], number: number): Change[] {
    return number === 2 ? withRecord(changes, (record) => this.patch(record)) : changes
  }
}

export class MisnumbersBatch extends RecordLie {
  readonly does = 'gives a batch another number'
  patch = () => ({ number: 7 })
}

export class MisstatesPreviousEnd extends RecordLie {
  readonly does = 'names another end of the batch before'
  patch = () => ({ prevEnd: 1 })
}

export class MisstatesPreviousTree extends RecordLie {
  readonly does = 'names another tree hash of the batch before'
  patch = () => ({ prevTreeHash: randomBytes(32) })
}

export class ForgesPreviousSignature extends RecordLie {
  readonly does = 'makes up the signature of the head before'
  patch = () => ({ prevSignature: randomBytes(64) })
}

export class MiscountsRuns extends RecordLie {
  readonly does = 'counts other runs than a batch has'
  patch = ({ runs }: { runs: number }) => ({ runs: runs + 1 })
}

export class MiscountsBlocks extends RecordLie {
  readonly does = 'counts other blocks than a batch has'
  patch = ({ blocks }: { blocks: number }) => ({ blocks: blocks + 1 })
}

export class MisstatesLastTime extends RecordLie {
  readonly does = 'closes a batch with another time than that of its last outcome'
  patch = ({ lastTs }: { lastTs: number }) => ({ lastTs: lastTs + 1 })
}

export class MisnamesEngine extends DishonestExecutor {
  readonly does = 'names as its engine what is no name of one'
  readonly expected = 'record-invalid'

  override tell(history: History): void {
    middleRun(history).batch.engine = 'v8-99'
  }
}

export class GarblesRecord extends DishonestExecutor {
  readonly does = 'publishes a batch record that cannot be decoded'
  readonly expected = 'record-invalid'

  override entries(changes: Change[], number: number): Change[] {
    if (number !== 2) return changes
    return changes.map((change) =>
      change.path === BATCH_PATH ? { ...change, value: Uint8Array.of(1, 2, 3) } : change,
    )
  }
}

export class GarblesRun extends DishonestExecutor {
  readonly does = 'publishes a run that cannot be decoded'
  readonly expected = 'run-invalid'

  override entries(changes: Change[], number: number): Change[] {
    if (number !== 2) return changes
    return changes.map((change) =>
      parseRunPath(change.path) ? { ...change, value: Uint8Array.of(1, 2, 3) } : change,
    )
  }
}

export class MislinksRun extends DishonestExecutor {
  readonly does = 'names another previous run'
  readonly expected = 'run-invalid'

  override entries(changes: Change[], number: number): Change[] {
    if (number !== 2) return changes
    return changes.map((change) => {
      if (parseRunPath(change.path) === null || change.value === null) return change
      const run = decodeRun(change.value)
      return { ...change, value: encodeRun({ ...run, prevRun: run.prevRun + 1 }) }
    })
  }
}

export class TurnsBackTime extends DishonestExecutor {
  readonly does = 'lets time go backwards'
  readonly expected = 'time-backwards'

  override tell(history: History): void {
    const { run } = middleRun(history)
    const op = run.executed[0]!
    run.executed[0] = { ...op, outcome: { ...op.outcome, ts: op.outcome.ts - 1_000_000 } }
  }
}

/** An ack published earlier is written again, with other outcomes. */
export class RewritesAck extends DishonestExecutor {
  readonly does = 'overwrites an ack that it published before'
  readonly expected = 'op-repeated'

  override tell(history: History): void {
    const first = history.batches[0]!.runs[0]!
    const { engine, lastTs } = history.batches.at(-1)!
    const executed = first.executed.map((op) => ({ ...op, outcome: { ...op.outcome, ts: lastTs } }))
    const again = { number: 0, engine, lastTs, runs: [{ ...first, executed }], unprompted: [] }
    history.batches = renumber([...history.batches, again])
  }
}

export class EndsInsideBatch extends DishonestExecutor {
  readonly does = 'signs a head at which no batch ends'
  readonly expected = 'head-inside-batch'
  #last = 0

  override tell(history: History): void {
    this.#last = history.batches.length
  }

  override blocks(blocks: Uint8Array[], number: number): Uint8Array[] {
    return number === this.#last ? blocks.slice(0, -1) : blocks
  }
}

export class BuildsOtherTree extends DishonestExecutor {
  readonly does = 'publishes the right entries in a tree of another shape'
  readonly expected = 'non-canonical-index'

  override layOut(changes: Change[], number: number): Change[][] {
    return number === 2 ? changes.map((change) => [change]) : [changes]
  }
}

/** Needs a history with a contract change that is followed by other ops. */
export class DoesNotCutBatch extends DishonestExecutor {
  readonly does = 'goes on with a batch after the contract was changed'
  readonly expected = 'batch-not-cut'

  override tell(history: History): void {
    const at = history.batches.findIndex(changesContract)
    const [batch, after] = [history.batches[at]!, history.batches[at + 1]!]
    batch.runs.push(...after.runs)
    batch.lastTs = after.lastTs
    history.batches = renumber(history.batches.filter((other) => other !== after))
  }
}

function changesContract(batch: History['batches'][number]): boolean {
  return batch.runs.some((run) =>
    run.executed.some(({ changes }) => changes.some(({ path }) => path === '/.sys/contract/source')),
  )
}

export const SCHEMA_LIES = [
  MisnumbersBatch,
  MisstatesPreviousEnd,
  MisstatesPreviousTree,
  ForgesPreviousSignature,
  MiscountsRuns,
  MiscountsBlocks,
  MisstatesLastTime,
  MisnamesEngine,
  GarblesRecord,
  GarblesRun,
  MislinksRun,
  TurnsBackTime,
  RewritesAck,
  EndsInsideBatch,
  BuildsOtherTree,
  DoesNotCutBatch,
]
