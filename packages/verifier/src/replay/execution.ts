/**
 * Holds one published outcome against the contract (spec/4-execution): runs the same `step` as the
 * executor over the rebuilt state and compares bytes.
 */
import {
  type Change,
  decodeValue,
  type Executed,
  encodeRun,
  type IndexEntry,
  type Input,
  type Outcome,
  type Overlay,
  oplogKey,
  type Rules,
  sameBytes,
  sodiumCrypto,
  toHex,
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
  if (op.outcome.kind !== 'ok' && op.changes.length > 0) {
    throw new Caught(
      violation('execution', 'wrong-changes', op.at, { message: 'an op that was not executed has changes' }),
    )
  }
  const result = await run(context, op)
  const unexecutable = op.outcome.kind === 'failed' && op.outcome.code === 'unexecutable'
  if (result === null) return asPublished(op, 'unexecutable', 'an op cannot be run to its end here')
  if (unexecutable) return asPublished(op, 'disputed', 'the executor could not run an op that runs here')
  const difference = compare(result, op)
  if (difference === null) return result
  return explain(context, op, result, difference)
}

/** The op as published, not checked. */
export function asPublished(
  op: Omit<PublishedOp, 'block'>,
  code: Finding['code'],
  message: string,
): CheckedOp {
  const changes = op.changes.map(({ path, value }) => ({ path, value }))
  const systemChange = changes.some(({ path }) => path.startsWith('/.sys/inputs/'))
  const sourceChange = changes.findLast(({ path }) => path === '/.sys/contract/source')
  return {
    outcome: op.outcome,
    changes,
    participantsChanged: systemChange,
    finding: { code, message, at: op.at },
    ...(sourceChange?.value == null ? {} : { source: String(decodeValue(sourceChange.value, ANY_SIZE)) }),
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
  if (engine !== sandbox.engine) {
    const message = `an op gives another result under ${sandbox.engine} than was recorded under ${engine}`
    return asPublished(op, 'other-engine', message)
  }
  const again = await run(context, op)
  if (
    again === null ||
    compare(again, { ...op, outcome: result.outcome, changes: asEntries(result.changes) }) !== null
  ) {
    return asPublished(op, 'unstable', 'an op gives different results here from one run to the next')
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
