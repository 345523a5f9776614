/**
 * Holds one published outcome against the contract (spec/4-execution): runs the same `step` as the
 * executor over the rebuilt state and compares bytes.
 */
import {
  type Change,
  decodeInput,
  decodeValue,
  type Executed,
  encodeRun,
  FormatError,
  INPUTS_PREFIX,
  type IndexEntry,
  type Input,
  inputPath,
  isSystemPath,
  type Outcome,
  type Overlay,
  oplogKey,
  type Rules,
  SOURCE_PATH,
  sameBytes,
  sodiumCrypto,
  toHex,
  ValueError,
  type ValueLimits,
} from '@vitra/log'
import {
  type Contract,
  type ProcessResult,
  type Sandbox,
  type Step,
  step,
  UnexecutableError,
} from '@vitra/sandbox'
import { type Finding, type Place, violation } from '../verdict.js'
import { Caught } from './published-batch.js'

export interface ExecutionContext {
  readonly contract: Contract
  readonly sandbox: Sandbox
  readonly rules: Rules
  readonly indexKey: Uint8Array
  /** Engine that the batch record names. */
  readonly engine: string
  /** State before this op. */
  readonly view: Overlay
}

export interface PublishedOp {
  readonly input: Input
  readonly seq: number
  /** The block of the oplog. */
  readonly block: Uint8Array
  readonly outcome: Outcome
  readonly changes: readonly IndexEntry[]
  readonly at: Place
}

/** What a checked op leads to; `finding` where it could not be judged and was taken as published. */
export interface CheckedOp extends Executed {
  readonly source?: string
  readonly participantsChanged: boolean
  readonly finding?: Finding
}

/**
 * Runs an op and compares.
 *
 * @throws {Caught} `wrong-outcome` or `wrong-changes`
 */
export async function checkOp(context: ExecutionContext, op: PublishedOp): Promise<CheckedOp> {
  checkForm(context, op)
  const result = await run(context, op)
  if (result === null) return asPublished(context, op, 'unexecutable', 'an op cannot be run to its end here')
  if (op.outcome.code === 'unexecutable' && !isDecidedByBytes(result.outcome))
    return asPublished(context, op, 'disputed', 'the executor could not run an op that runs here')
  const difference = compare(result, op)
  if (difference === null) return result
  return explain(context, op, result, difference)
}

/** What no engine has a say in: the block's bytes alone give these outcomes. */
function isDecidedByBytes({ kind }: Outcome): boolean {
  return kind === 'undecodable' || kind === 'too-large' || kind === 'echo'
}

type FormContext = Pick<ExecutionContext, 'rules' | 'indexKey'>

/** The op as published: what the contract gives was not checked, only that a contract could give it. */
export function asPublished(
  context: FormContext,
  op: Omit<PublishedOp, 'block'>,
  code: Finding['code'],
  message: string,
): CheckedOp {
  checkForm(context, op)
  const changes = op.changes.map(({ path, value }) => ({ path, value }))
  const systemChange = changes.some(({ path }) => path.startsWith(`${INPUTS_PREFIX}/`))
  const sourceChange = changes.findLast(({ path }) => path === SOURCE_PATH)
  return {
    outcome: op.outcome,
    changes,
    participantsChanged: systemChange,
    finding: { code, message, at: op.at },
    ...(sourceChange?.value == null ? {} : { source: String(decodeValue(sourceChange.value, ANY_SIZE)) }),
  }
}

/**
 * Changes that no contract can make are fraud whoever runs it, and would break whoever takes them over.
 *
 * @throws {Caught} `wrong-changes`
 */
function checkForm(context: FormContext, { outcome, changes, at }: Omit<PublishedOp, 'block'>): void {
  if (outcome.kind !== 'ok' && changes.length > 0) {
    throw new Caught(
      violation('execution', 'wrong-changes', at, { message: 'an op that was not executed has changes' }),
    )
  }
  const impossible = changes.find((change) => !isPossible(context, change))
  if (impossible === undefined) return
  throw new Caught(
    violation('execution', 'wrong-changes', at, {
      message: `no contract can make a change such as this one of ${impossible.path}`,
      published: describe([impossible]),
    }),
  )
}

function isPossible({ rules, indexKey }: FormContext, { path, value }: IndexEntry): boolean {
  const { valueBytesMax, valueDepthMax } = rules.limits
  const limits = { bytesMax: valueBytesMax, depthMax: valueDepthMax }
  if (value === null) return !isSystemPath(path)
  if (!isValue(value, limits)) return false
  if (!isSystemPath(path)) return true
  if (path === SOURCE_PATH) return typeof decodeValue(value, limits) === 'string'
  const input = readInput(value)
  if (input === null || path !== inputPath(input.oplog)) return false
  return sameBytes(input.oplog, oplogKey(sodiumCrypto, input.signer, indexKey))
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

/** A difference is fraud only where nothing else can explain it. */
async function explain(
  context: ExecutionContext,
  op: PublishedOp,
  result: Step,
  difference: Caught,
): Promise<CheckedOp> {
  const { engine, sandbox } = context
  if (isDecidedByBytes(result.outcome) || isDecidedByBytes(op.outcome)) throw difference
  if (engine !== sandbox.engine) {
    const message = `an op gives another result under ${sandbox.engine} than was recorded under ${engine}`
    return asPublished(context, op, 'other-engine', message)
  }
  const again = await run(context, op)
  if (
    again === null ||
    compare(again, { ...op, outcome: result.outcome, changes: asEntries(result.changes) }) !== null
  ) {
    return asPublished(context, op, 'unstable', 'an op gives different results here from one run to the next')
  }
  throw difference
}

async function run(context: ExecutionContext, op: PublishedOp): Promise<Step | null> {
  const { contract, sandbox, rules, indexKey, view } = context
  try {
    return await step(contract, view, {
      block: op.block,
      signer: op.input.signer,
      oplog: op.input.oplog,
      seq: op.seq,
      ts: op.outcome.ts,
      rules,
      processed: contract.hasProcess ? publishedProcess(op.outcome) : null,
      deriveOplog: (signer) => oplogKey(sodiumCrypto, signer, indexKey),
      loadSource: async (source) => void (await sandbox.load(source, rules)),
    })
  } catch (error) {
    if (error instanceof UnexecutableError) return null
    throw error
  }
}

/** `process` may be nondeterministic: its result is taken from the log. */
function publishedProcess(outcome: Outcome): ProcessResult {
  if (outcome.code === 'process') return { ok: false, message: outcome.message ?? '' }
  return outcome.metadata === undefined ? { ok: true } : { ok: true, metadata: outcome.metadata }
}

function compare(result: Step, op: PublishedOp): Caught | null {
  if (!sameChanges(result.changes, op.changes)) {
    return new Caught(
      violation('execution', 'wrong-changes', op.at, {
        expected: describe(result.changes),
        published: describe(op.changes),
      }),
    )
  }
  if (!sameBytes(outcomeAsBytes(result.outcome), outcomeAsBytes(op.outcome))) {
    return new Caught(
      violation('execution', 'wrong-outcome', op.at, {
        expected: describeOutcome(result.outcome),
        published: describeOutcome(op.outcome),
      }),
    )
  }
  return null
}

const NO_HEAD = { length: 1, treeHash: new Uint8Array(32), signature: new Uint8Array(64) }

function outcomeAsBytes(outcome: Outcome): Uint8Array {
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

function asEntries(changes: readonly Change[]): IndexEntry[] {
  return changes.map(({ path, value }) => ({ seq: 0, path, value }))
}

function describe(changes: readonly Change[]): unknown {
  return changes.map(({ path, value }) => ({ path, value: value === null ? null : toHex(value) }))
}

function describeOutcome(outcome: Outcome): unknown {
  const { metadata, value, ...rest } = outcome
  return {
    ...rest,
    ...(metadata === undefined ? {} : { metadata: toHex(metadata) }),
    ...(value === undefined ? {} : { value: toHex(value) }),
  }
}

const ANY_SIZE = { bytesMax: Number.MAX_SAFE_INTEGER }
