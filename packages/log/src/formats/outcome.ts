/**
 * Outcomes: what became of one oplog block (spec/2-index §6). Produced by the sandbox's `step`,
 * published in runs, recomputed and compared by the verifier.
 */

/** Numbers on the wire; they never change meaning. */
export const OUTCOME_KINDS = ['ok', 'failed', 'undecodable', 'too-large', 'echo'] as const
/** What became of a block. */
export type OutcomeKind = (typeof OUTCOME_KINDS)[number]

/** Why an op failed; a closed list, part of the protocol. */
export const FAILURE_CODES = [
  /** The contract threw. */
  'contract',
  /** The engine threw inside the contract, such as a TypeError: only its class name is recorded. */
  'engine',
  /** `process` threw, or gave something that is not a value. */
  'process',
  /** A value, path or change outside the rules. */
  'value',
  /** `apply` has no handler for the op. */
  'no-handler',
  /** A promise that can never settle. */
  'never-settles',
  /** More changes, or more bytes, than one op may write. */
  'size',
  /** `setContractSource` with a source that is refused. */
  'source',
  /** Fuel exhausted. */
  'fuel',
  /** Recursion too deep. */
  'depth',
  /** The executor could not run the op to its end: time, memory, a crashed engine. */
  'unexecutable',
] as const
/** Why an op failed. */
export type FailureCode = (typeof FAILURE_CODES)[number]

/** What the executor publishes about one block. */
export interface Outcome {
  readonly kind: OutcomeKind
  /** Milliseconds since 1970, the executor's clock, never before the outcome ahead of it. */
  readonly ts: number
  /** How many index blocks this op's changes take. */
  readonly numChanges: number
  readonly fuel: number
  /** With `failed` only. */
  readonly code?: FailureCode
  /** With `failed` only: what the contract said, cut to the limit of the rules. */
  readonly message?: string
  /** Encoded result of `process`, where there is one. */
  readonly metadata?: Uint8Array
  /** Encoded return value of `apply`, where there is one. */
  readonly value?: Uint8Array
}

/**
 * The one outcome of an op that its executor could not run to its end (spec/4-execution §5): it says nothing but
 * that, so that nothing can hide in it.
 */
export function unexecutableOutcome(ts: number): Outcome {
  return { kind: 'failed', code: 'unexecutable', message: '', ts, numChanges: 0, fuel: 0 }
}
