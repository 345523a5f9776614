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
  unexecutableOutcome,
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
import { type Finding, finding, type Place, violation } from '../verdict.js'
import { Caught } from './published-batch.js'
import { type Court, isObstacle } from './recorded-engines.js'

export interface ExecutionContext {
  /** Null where it does not load here. */
  readonly contract: Contract | null
  readonly sandbox: Sandbox
  readonly rules: Rules
  readonly indexKey: Uint8Array
  /** Engine that the batch record names. */
  readonly engine: string
  /** The contract in a guest of its own under an engine; null where that is not installed here. */
  readonly court: (engine: string, isFresh?: boolean) => Promise<Court | null>
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
 * Runs an op and compares. A doubt is looked at once more in a guest of its own, under the engine that was recorded;
 * only what that one confirms is fraud.
 *
 * @throws {Caught} `wrong-outcome` or `wrong-changes`
 */
export async function checkOp(context: ExecutionContext, op: PublishedOp): Promise<CheckedOp> {
  checkForm(context, op)
  const own = await run(context, context, op)
  if (isStep(own)) {
    const difference = compare(own, op)
    if (difference === null) return own
    if (isDecidedByBytes(own.outcome) || isDecidedByBytes(op.outcome)) throw difference
    if (op.outcome.code === 'unexecutable') return disputed(context, op)
  }
  return settle(context, op, own)
}

/** What an op that gave something else here, or nothing, gives under the engine that was recorded. */
async function settle(context: ExecutionContext, op: PublishedOp, own: Step | Obstacle): Promise<CheckedOp> {
  const { engine, sandbox } = context
  const isOther = engine !== sandbox.engine
  if (!isStep(own) && !isOther && own.again === undefined) return unrun(context, op, own)
  let court = await context.court(engine)
  if (court === null) return isStep(own) ? otherEngine(context, op) : unrun(context, op, own)
  let second = await run(context, court, op)
  if (!isStep(second) && second.again === 'fresh') {
    // A sandbox that has never met the contract refuses nothing: a hostile one must not make an audit blind.
    court = (await context.court(engine, true)) ?? court
    second = await run(context, court, op)
  }
  if (!isStep(second)) return unrun(context, op, second)
  const difference = compare(second, op)
  if (difference === null) return isOther || !isStep(own) ? second : unstable(context, op)
  if (op.outcome.code === 'unexecutable') return disputed(context, op)
  const witness = isStep(own) && isSame(own, second) ? own : await run(context, court, op)
  if (isStep(witness) && isSame(witness, second)) throw difference
  return unstable(context, op)
}

function disputed(context: ExecutionContext, op: PublishedOp): CheckedOp {
  return asPublished(context, op, {
    code: 'disputed',
    message: 'the executor could not run an op that runs here',
  })
}

function otherEngine(context: ExecutionContext, op: PublishedOp): CheckedOp {
  const { engine: recorded, sandbox } = context
  const engines = { recorded, here: sandbox.engine }
  const message = `an op gives another result under ${engines.here} than was recorded under ${recorded}`
  return asPublished(context, op, { code: 'other-engine', message, engines })
}

function unstable(context: ExecutionContext, op: PublishedOp): CheckedOp {
  return asPublished(context, op, {
    code: 'unstable',
    message: 'an op gives different results here from one run to the next',
  })
}

function unrun(context: ExecutionContext, op: PublishedOp, { code, message }: Obstacle): CheckedOp {
  // Where nobody can run it there is nothing to hide: the published outcome has one form.
  const suspect = op.outcome.code !== 'unexecutable'
  return asPublished(context, op, { code, message, suspect })
}

/** What no engine has a say in: the block's bytes alone give these outcomes. */
function isDecidedByBytes({ kind }: Outcome): boolean {
  return kind === 'undecodable' || kind === 'too-large' || kind === 'echo'
}

type FormContext = Pick<ExecutionContext, 'rules' | 'indexKey'>

/** What a finding says besides the place. */
export type Doubt = Pick<Finding, 'code' | 'message'> & Partial<Pick<Finding, 'suspect' | 'engines'>>

/** The op as published: what the contract gives was not checked, only that a contract could give it. */
export function asPublished(
  context: FormContext,
  op: Omit<PublishedOp, 'block'>,
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
function checkForm(context: FormContext, { outcome, changes, at }: Omit<PublishedOp, 'block'>): void {
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
      published: describe([impossible]),
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

/** Why an op gave nothing here. */
interface Obstacle {
  readonly code: 'unexecutable' | 'contract-refused'
  readonly message: string
  /**
   * Where another sandbox under the same engine may do better: the contract did not load in this one, or is refused by
   * it for a while, and not by one that is `fresh`.
   */
  readonly again?: 'elsewhere' | 'fresh'
}

function isStep(result: Step | Obstacle): result is Step {
  return 'outcome' in result
}

async function run(
  { rules, indexKey, view }: ExecutionContext,
  { contract, sandbox }: Pick<ExecutionContext, 'contract' | 'sandbox'>,
  op: PublishedOp,
): Promise<Step | Obstacle> {
  if (contract === null) return { ...REFUSED, again: 'elsewhere' }
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
    if (error instanceof UnexecutableError) return UNRUN
    if (!isObstacle(error)) throw error
    if (error.code === 'CONTRACT_REFUSED') return { ...UNRUN, again: 'fresh' }
    return error.code === 'ENGINE_REFUSED' ? REFUSED : UNRUN
  }
}

const UNRUN: Obstacle = { code: 'unexecutable', message: 'an op cannot be run to its end here' }
const REFUSED: Obstacle = {
  code: 'contract-refused',
  message: 'the contract does not load on this engine',
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

function isSame(a: Step, b: Step): boolean {
  return sameChanges(a.changes, b.changes) && sameBytes(outcomeAsBytes(a.outcome), outcomeAsBytes(b.outcome))
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
