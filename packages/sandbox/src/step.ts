/**
 * One oplog block, executed (spec/4-execution): the one function that executor and verifier share, so that a
 * replay can differ only because somebody cheated.
 */
import {
  decodeEnvelope,
  type FailureCode,
  INPUTS_PREFIX,
  type Outcome,
  type Rules,
  SOURCE_PATH,
  sodiumCrypto,
  taggedHash,
  toHex,
  uint64,
} from '@vitra/log'
import { type Change, decodeValue, type EntrySource, encodeValue, VitraError } from '@vitra/log/values'
import { ApplySession, type Read } from './apply-session.js'
import type { Contract, ProcessResult } from './contract.js'
import { cut, type Ending } from './ending.js'
import { ContractLoadError, isResourceLimit, UnexecutableError } from './errors.js'

/** One block and what it is executed under. */
export interface StepInput {
  /** The oplog block as it is. */
  readonly block: Uint8Array
  /** The participant's public key. */
  readonly signer: Uint8Array
  /** Key of its oplog. */
  readonly oplog: Uint8Array
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly ts: number
  readonly rules: Rules
  /** Key of a signer's oplog in this database. */
  readonly deriveOplog: (signer: Uint8Array) => Uint8Array
  /** The executor runs `process`; a verifier gives what was published, null where there was nothing. */
  readonly processed: 'run' | ProcessResult | null
  /** Tries a new contract. Throws {@link ContractLoadError} where it is none. */
  readonly loadSource: (source: string) => Promise<void>
}

/** What executing a block gave. */
export interface Step {
  readonly outcome: Outcome
  /** What the op writes, in call order, a block each. */
  readonly changes: Change[]
  /** The new contract, where the op set one. */
  readonly source?: string
  readonly participantsChanged: boolean
  /** What was read of the state before the op, in order. */
  readonly reads: Read[]
}

const ATTEMPTS = 2

/** Fixed texts of failures that the contract has no words for; part of the protocol. */
const MESSAGES: Partial<Record<FailureCode, string>> = {
  'no-handler': 'apply has no handler for the op',
  'never-settles': 'apply never settles',
  size: 'the op writes more than the rules allow',
  source: 'the new contract does not load',
}

/**
 * Executes a block over a state.
 *
 * @param view state before the op: the index with everything the batch wrote so far
 * @throws {UnexecutableError} where two guests could not run it to its end
 * @throws {SandboxError} where this machine runs nothing now; there is no outcome then
 * @throws whatever `view` or `loadSource` rejects with, unchanged
 */
export async function step(contract: Contract, view: EntrySource, input: StepInput): Promise<Step> {
  const { block, rules, ts } = input
  if (block.length > rules.limits.opBytesMax) return withoutChanges({ kind: 'too-large', ts })
  const op = readOp(block, rules)
  if (op === 'undecodable' || op === 'echo') return withoutChanges({ kind: op, ts })
  const processed = await runProcess(contract, op, input)
  if (!processed.ok) return failed(input, 'process', cut(processed.message, rules.limits.messageUnitsMax))
  const { metadata } = processed
  return retried(() => runApply(contract, view, input, op, metadata))
}

/** The op's encoded value, or why there is none to execute. */
function readOp(block: Uint8Array, rules: Rules): Uint8Array | 'undecodable' | 'echo' {
  const { valueDepthMax, opBytesMax } = rules.limits
  try {
    const envelope = decodeEnvelope(block)
    if (envelope.type === 'echo') return 'echo'
    decodeValue(envelope.body, { depthMax: valueDepthMax, bytesMax: opBytesMax })
    return new Uint8Array(envelope.body)
  } catch (error) {
    if (error instanceof VitraError) return 'undecodable'
    throw error
  }
}

async function runProcess(
  contract: Contract,
  op: Uint8Array,
  { processed }: StepInput,
): Promise<ProcessResult> {
  if (processed === 'run') return contract.hasProcess ? retried(() => contract.process(op)) : { ok: true }
  return processed ?? { ok: true }
}

async function runApply(
  contract: Contract,
  view: EntrySource,
  input: StepInput,
  op: Uint8Array,
  metadata: Uint8Array | undefined,
): Promise<Step> {
  const session = new ApplySession({ view, rules: input.rules, deriveOplog: input.deriveOplog })
  const ending = await contract.apply({
    op,
    ack: encodeAck(input, metadata),
    seed: opSeed(input),
    answer: (question) => session.answer(question),
  })
  const { reads } = session
  if (ending.kind !== 'ok') return { ...failedEnding(input, ending, metadata), reads }
  session.accept(ending.changes)
  const changes = await session.effectiveChanges()
  const source = newSource(changes)
  if (source !== undefined && !(await isContract(input, source))) {
    return { ...failed(input, 'source', '', metadata), reads }
  }
  const outcome: Outcome = {
    kind: 'ok',
    ts: input.ts,
    numChanges: changes.length,
    fuel: 0,
    ...(metadata === undefined ? {} : { metadata }),
    ...(ending.value === null ? {} : { value: ending.value }),
  }
  const participantsChanged = changes.some(({ path }) => path.startsWith(`${INPUTS_PREFIX}/`))
  return { outcome, changes, participantsChanged, reads, ...(source === undefined ? {} : { source }) }
}

function encodeAck({ signer, seq, ts, rules }: StepInput, metadata: Uint8Array | undefined): Uint8Array {
  const ack = { origin: toHex(signer), seq, ts }
  // The metadata may be a value as large and as deep as there is: the ack around it is larger.
  const limits = { bytesMax: Number.MAX_SAFE_INTEGER, depthMax: rules.limits.valueDepthMax + 1 }
  return encodeValue(
    metadata === undefined ? ack : { ...ack, metadata: decodeValue(metadata, limits) },
    limits,
  )
}

/** What `util` draws from in `apply` (spec/6-determinism §6): the same for everybody who replays the op. */
function opSeed({ oplog, seq, block }: StepInput): Uint8Array {
  return taggedHash(sodiumCrypto, 'vitra/op-seed/1', oplog, uint64(seq), block)
}

async function isContract({ loadSource }: StepInput, source: string): Promise<boolean> {
  try {
    await loadSource(source)
    return true
  } catch (error) {
    if (error instanceof ContractLoadError) return false
    throw error
  }
}

function newSource(changes: readonly Change[]): string | undefined {
  const newest = changes.findLast(({ path }) => path === SOURCE_PATH)
  return newest === undefined ? undefined : String(decodeValue(newest.value!))
}

function failedEnding(
  input: StepInput,
  ending: Exclude<Ending, { kind: 'ok' }>,
  metadata?: Uint8Array,
): Step {
  if (ending.kind === 'pending') return failed(input, 'never-settles', '', metadata)
  return failed(input, ending.code, ending.message, metadata)
}

function failed({ ts }: StepInput, code: FailureCode, message: string, metadata?: Uint8Array): Step {
  return withoutChanges({
    kind: 'failed',
    ts,
    code,
    message: MESSAGES[code] ?? message,
    ...(metadata === undefined ? {} : { metadata }),
  })
}

function withoutChanges(outcome: Omit<Outcome, 'numChanges' | 'fuel'>): Step {
  return {
    outcome: { ...outcome, numChanges: 0, fuel: 0 },
    changes: [],
    participantsChanged: false,
    reads: [],
  }
}

/** Tries again in a fresh guest where the first one failed. */
async function retried<T>(run: () => Promise<T>): Promise<T> {
  let cause: unknown
  for (let n = 0; n < ATTEMPTS; n++) {
    try {
      return await run()
    } catch (error) {
      if (!isResourceLimit(error)) throw error
      cause = error
    }
  }
  throw new UnexecutableError('UNEXECUTABLE', 'the op could not be run to its end on this machine', { cause })
}
