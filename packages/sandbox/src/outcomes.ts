/** Outcomes as they are published (spec/4-execution §1, §3, §5), from what a run or the block's bytes gave. */
import { type FailureCode, type Outcome, unexecutableOutcome } from '@vitra/log'
import type { Ending } from './ending.js'
import { UnexecutableError } from './errors.js'
import type { Step } from './step-types.js'

/** Fixed texts of failures that the contract has no words for; part of the protocol. */
const MESSAGES: Partial<Record<FailureCode, string>> = {
  'no-handler': 'apply has no handler for the op',
  'never-settles': 'apply never settles',
  size: 'the op writes more than the rules allow',
  source: 'the new contract does not load',
}

export interface FailureInfo {
  readonly ts: number
  readonly code: FailureCode
  readonly message?: string
  readonly fuel?: number
  readonly metadata?: Uint8Array | undefined
}

/** A step without changes: the op failed. */
export function failed({ ts, code, message = '', fuel = 0, metadata }: FailureInfo): Step {
  const outcome: Outcome = {
    kind: 'failed',
    ts,
    code,
    message: MESSAGES[code] ?? message,
    numChanges: 0,
    fuel,
    ...(metadata === undefined ? {} : { metadata }),
  }
  return withoutChanges(outcome)
}

/** The step of a run that did not end well. */
export function failedEnding(
  ending: Exclude<Ending, { kind: 'ok' }>,
  how: { readonly ts: number; readonly metadata: Uint8Array | undefined },
): Step {
  const { fuel } = ending
  if (ending.kind !== 'failed') return failed({ ...how, fuel, code: 'never-settles' })
  return failed({ ...how, fuel, code: ending.code, message: ending.message })
}

/** The step of an op that is not run at all. */
export function notRun(kind: 'undecodable' | 'too-large' | 'echo', ts: number): Step {
  return withoutChanges({ kind, ts, numChanges: 0, fuel: 0 })
}

/** The step of an op that no guest could run to its end. */
export function unexecutable(ts: number, cause: unknown): Step {
  const message = 'the op could not be run to its end on this machine'
  return {
    ...withoutChanges(unexecutableOutcome(ts)),
    unexecutable: new UnexecutableError('UNEXECUTABLE', message, { cause }),
  }
}

function withoutChanges(outcome: Outcome): Step {
  return { outcome, changes: [], participantsChanged: false, reads: [] }
}
