/** What an op gave here, held against what was published of it: the bytes have to be the same. */
import { encodeRun, type Outcome, toHex } from '@vitra/log/formats'
import { type Change, sameBytes } from '@vitra/log/values'
import type { Step } from '@vitra/sandbox'
import { type Place, violation } from '../verdict.js'
import { Caught } from './published-batch.js'

/** What was published of an op. */
interface Published {
  readonly outcome: Outcome
  readonly changes: readonly Change[]
  readonly at: Place
}

/** Null where it is the same. */
export function compare(result: Step, op: Published): Caught | null {
  if (!sameChanges(result.changes, op.changes)) {
    return new Caught(
      violation('execution', 'wrong-changes', op.at, {
        expected: describeChanges(result.changes),
        published: describeChanges(op.changes),
      }),
    )
  }
  if (!sameOutcome(result.outcome, op.outcome)) {
    return new Caught(
      violation('execution', 'wrong-outcome', op.at, {
        expected: describeOutcome(result.outcome),
        published: describeOutcome(op.outcome),
      }),
    )
  }
  return null
}

/** True where two runs of an op gave the same. */
export function isSame(a: Step, b: Step): boolean {
  return sameChanges(a.changes, b.changes) && sameOutcome(a.outcome, b.outcome)
}

/** Outcomes are the same where their bytes are: those follow from the fields alone. */
function sameOutcome(a: Outcome, b: Outcome): boolean {
  const isSameBriefly =
    a.kind === b.kind &&
    a.ts === b.ts &&
    a.numChanges === b.numChanges &&
    a.fuel === b.fuel &&
    a.code === b.code &&
    a.message === b.message &&
    sameOptional(a.metadata, b.metadata) &&
    sameOptional(a.value, b.value)
  return isSameBriefly || sameBytes(outcomeAsBytes(a), outcomeAsBytes(b))
}

function sameOptional(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameBytes(a, b)
}

const NO_HEAD = { length: 1, treeHash: new Uint8Array(32), signature: new Uint8Array(64) }

/** An outcome as a run holds it. */
export function outcomeAsBytes(outcome: Outcome): Uint8Array {
  return encodeRun({ head: NO_HEAD, prevRun: 0, outcomes: [outcome] })
}

function sameChanges(a: readonly Change[], b: readonly Change[]): boolean {
  if (a.length !== b.length) return false
  return a.every((change, n) => {
    const other = b[n]!
    if (change.path !== other.path || (change.value === null) !== (other.value === null)) return false
    return change.value === null || sameBytes(change.value, other.value!)
  })
}

/** Changes for a report. */
export function describeChanges(changes: readonly Change[]): unknown {
  return changes.map(({ path, value }) => ({ path, value: value === null ? null : toHex(value) }))
}

/** An outcome for a report. */
export function describeOutcome(outcome: Outcome): unknown {
  const { metadata, value, ...rest } = outcome
  return {
    ...rest,
    ...(metadata === undefined ? {} : { metadata: toHex(metadata) }),
    ...(value === undefined ? {} : { value: toHex(value) }),
  }
}
