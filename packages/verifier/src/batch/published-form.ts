/**
 * What can be said of a published op without running it (spec/4-execution): whether any contract could give it, and the
 * op taken as it was published where this one could not be run.
 */
import {
  decodeInput,
  type Executed,
  INPUTS_PREFIX,
  type IndexEntry,
  type Input,
  inputPath,
  type Outcome,
  type Rules,
  SOURCE_PATH,
  unexecutableOutcome,
} from '@vitra/log/formats'
import { type Crypto, oplogKey } from '@vitra/log/proofs'
import {
  decodeValue,
  FormatError,
  isSystemPath,
  sameBytes,
  ValueError,
  type ValueLimits,
} from '@vitra/log/values'
import { type Finding, finding, type Place, violation } from '../verdict.js'
import { describeChanges, describeOutcome, outcomeAsBytes } from './comparison.js'
import { Caught } from './published-batch.js'

/** An op with everything that was published of it. */
export interface PublishedOp {
  readonly seq: number
  readonly outcome: Outcome
  readonly changes: readonly IndexEntry[]
  readonly at: Place
}

/** A published op that can be run. */
export interface RunnableOp extends PublishedOp {
  readonly input: Input
  /** The block of the oplog. */
  readonly block: Uint8Array
}

/** What a checked op leads to; `finding` where it could not be judged and was taken as published. */
export interface CheckedOp extends Executed {
  readonly source?: string
  readonly participantsChanged: boolean
  readonly finding?: Finding
}

export interface FormContext {
  readonly crypto: Crypto
  readonly rules: Rules
  readonly indexKey: Uint8Array
}

/** What a finding says besides the place. */
export type Doubt = Pick<Finding, 'code' | 'message'> & Partial<Pick<Finding, 'suspect' | 'engines'>>

/** The op as published: what the contract gives was not checked, only that a contract could give it. */
export function asPublished(
  context: FormContext,
  op: PublishedOp,
  { code, message, ...more }: Doubt,
): CheckedOp {
  checkForm(context, op)
  const changes = op.changes.map(({ path, value }) => ({ path, value }))
  const systemChange = changes.some(({ path }) => path.startsWith(`${INPUTS_PREFIX}/`))
  const sourceChange = changes.findLast(({ path }) => path === SOURCE_PATH)
  return {
    outcome: op.outcome,
    changes,
    participantsChanged: systemChange,
    finding: finding(code, message, op.at, more),
    ...(sourceChange?.value == null ? {} : { source: String(decodeValue(sourceChange.value, ANY_SIZE)) }),
  }
}

/**
 * What no contract can give is fraud whoever runs it, and would break whoever takes it over.
 *
 * @throws {Caught} `wrong-changes`, `wrong-outcome`
 */
export function checkForm(context: FormContext, { outcome, changes, at }: PublishedOp): void {
  if (outcome.kind !== 'ok' && changes.length > 0) {
    throw new Caught(
      violation('execution', 'wrong-changes', at, { message: 'an op that was not executed has changes' }),
    )
  }
  checkUnexecutable(outcome, at)
  const impossible = changes.find((change) => !isPossible(context, change))
  if (impossible === undefined) return
  throw new Caught(
    violation('execution', 'wrong-changes', at, {
      message: `no contract can make a change such as this one of ${impossible.path}`,
      published: describeChanges([impossible]),
    }),
  )
}

/**
 * "Unexecutable" is checked by nobody who cannot run the op either: nothing may hide in it.
 *
 * @throws {Caught} `wrong-outcome`
 */
function checkUnexecutable(outcome: Outcome, at: Place): void {
  const expected = unexecutableOutcome(outcome.ts)
  if (outcome.code !== 'unexecutable' || sameBytes(outcomeAsBytes(expected), outcomeAsBytes(outcome))) return
  throw new Caught(
    violation('execution', 'wrong-outcome', at, {
      message: 'an op that could not be run has an outcome that says more than that',
      expected: describeOutcome(expected),
      published: describeOutcome(outcome),
    }),
  )
}

function isPossible({ crypto, rules, indexKey }: FormContext, { path, value }: IndexEntry): boolean {
  const { valueBytesMax, valueDepthMax } = rules.limits
  const limits = { bytesMax: valueBytesMax, depthMax: valueDepthMax }
  if (value === null) return !isSystemPath(path)
  if (!isValue(value, limits)) return false
  if (!isSystemPath(path)) return true
  if (path === SOURCE_PATH) return typeof decodeValue(value, limits) === 'string'
  const input = readInput(value)
  if (input === null || path !== inputPath(input.oplog)) return false
  return sameBytes(input.oplog, oplogKey(crypto, input.signer, indexKey))
}

/** True for the canonical bytes of a value within the limits. */
export function isValue(bytes: Uint8Array, limits: ValueLimits): boolean {
  try {
    decodeValue(bytes, limits)
    return true
  } catch (error) {
    if (error instanceof ValueError) return false
    throw error
  }
}

function readInput(bytes: Uint8Array): Input | null {
  try {
    return decodeInput(bytes)
  } catch (error) {
    if (error instanceof FormatError) return null
    throw error
  }
}

const ANY_SIZE = { bytesMax: Number.MAX_SAFE_INTEGER }
