/**
 * Oplog blocks, executed (spec/4-execution): the one function that executor and verifier share, so that a
 * replay can differ only because somebody cheated.
 */
import {
  decodeEnvelope,
  INPUTS_PREFIX,
  type Outcome,
  SOURCE_PATH,
  sodiumCrypto,
  taggedHash,
  uint64,
} from '@vitra/log'
import { type Change, decodeValue, type EntrySource, VitraError } from '@vitra/log/values'
import { ApplyBatch, type ApplyOp } from './apply-batch.js'
import type { Contract, Failure, ProcessResult, RunsResult } from './contract.js'
import { cut, type Ending } from './ending.js'
import { ContractLoadError, isResourceLimit, type SandboxError } from './errors.js'
import { failed, failedEnding, notRun, unexecutable } from './outcomes.js'
import type { StateSession } from './state-session.js'
import type { Step, StepInput } from './step-types.js'

/**
 * Executes a block over a state.
 *
 * @param view state before the op: the index with everything the batch wrote so far
 * @throws {UnexecutableError} where two guests could not run it to its end
 * @throws {SandboxError} where this machine runs nothing now; there is no outcome then
 * @throws whatever `view` or `loadSource` rejects with, unchanged
 */
export async function step(contract: Contract, view: EntrySource, input: StepInput): Promise<Step> {
  const [only] = await steps(contract, view, [input])
  if (only!.unexecutable !== undefined) throw only!.unexecutable
  return only!
}

/**
 * Executes blocks one after the other, each over what those before it changed. Gives at least the first; fewer than
 * there are where the rest cannot or should not follow at once: after an op that changed the contract or the
 * participants, before one that a guest failed in, after one that cannot be executed, and after a while. Whoever
 * executes comes again with the rest.
 *
 * @param view state before the first op; it must not change meanwhile
 * @param session what lets the guest go on from what it knows of the state; it is reset where the caller does not get to
 *   know all that the guest wrote
 * @throws as {@link step}, but where two guests could not run an op the step says so
 */
export async function steps(
  contract: Contract,
  view: EntrySource,
  inputs: readonly StepInput[],
  session?: StateSession,
): Promise<Step[]> {
  try {
    return await stepAll(contract, view, inputs, session)
  } catch (error) {
    session?.reset()
    throw error
  }
}

async function stepAll(
  contract: Contract,
  view: EntrySource,
  inputs: readonly StepInput[],
  session: StateSession | undefined,
): Promise<Step[]> {
  const plans = await runProcess(contract, inputs.map(plan))
  const ops = plans.flatMap((planned) => ('op' in planned ? [applyOp(planned)] : []))
  let batch = new ApplyBatch(view, ops)
  const endings = await endingsOf(ops.length, (isCareful) => {
    batch = new ApplyBatch(view, ops)
    return batch.run(contract, session, isCareful)
  })
  const done: Step[] = []
  let nth = 0
  for (const planned of plans) {
    if ('outcome' in planned) {
      done.push(planned)
      continue
    }
    const ending = endings[nth]
    if (ending === undefined) break
    const result = await finish(planned, ending, batch, nth++)
    done.push(result)
    // The guest does not know that the host refused the new contract.
    if (result.outcome.code === 'source' || result.unexecutable !== undefined) session?.reset()
    if (result.source !== undefined || result.participantsChanged || result.unexecutable !== undefined) break
  }
  if (nth < endings.length) session?.reset()
  return done
}

/**
 * How an op fails that is executed as {@link step} does; null where it does not, or where `apply` is not reached.
 *
 * @throws {SandboxError} where no guest runs it to its end
 */
export async function explain(
  contract: Contract,
  view: EntrySource,
  input: StepInput,
): Promise<Failure | null> {
  const [planned] = await runProcess(contract, [plan(input)])
  if (planned === undefined || 'outcome' in planned) return null
  const op = applyOp(planned)
  const batch = new ApplyBatch(view, [op])
  return contract.explain(op, (question) => batch.answer(question))
}

/** An op that is to be executed. */
interface Planned {
  readonly input: StepInput
  readonly op: Uint8Array
  readonly metadata?: Uint8Array | undefined
}

/** What becomes of a block: an op to execute, or all that there is to say about it. */
function plan(input: StepInput): Planned | Step {
  const { block, rules, ts } = input
  if (block.length > rules.limits.opBytesMax) return notRun('too-large', ts)
  const { valueDepthMax, opBytesMax } = rules.limits
  try {
    const envelope = decodeEnvelope(block)
    if (envelope.type === 'echo') return notRun('echo', ts)
    decodeValue(envelope.body, { depthMax: valueDepthMax, bytesMax: opBytesMax })
    return { input, op: new Uint8Array(envelope.body) }
  } catch (error) {
    if (error instanceof VitraError) return notRun('undecodable', ts)
    throw error
  }
}

/** Runs `process` where that is to be done, or takes what was published. May give fewer plans than it was given. */
async function runProcess(
  contract: Contract,
  plans: readonly (Planned | Step)[],
): Promise<(Planned | Step)[]> {
  const isRun = ({ input }: Planned): boolean => input.processed === 'run' && contract.hasProcess
  const ops = plans.flatMap((planned) => ('op' in planned && isRun(planned) ? [planned.op] : []))
  const endings = await endingsOf(ops.length, (isCareful) => contract.process(ops, isCareful))
  const done: (Planned | Step)[] = []
  let nth = 0
  for (const planned of plans) {
    if (!('op' in planned)) {
      done.push(planned)
    } else if (isRun(planned)) {
      const ending = endings[nth++]
      if (ending === undefined) break
      const { ts } = planned.input
      done.push(isFailure(ending) ? unexecutable(ts, ending) : withResult(planned, processResult(ending)))
    } else {
      done.push(withResult(planned, published(planned.input)))
    }
  }
  return done
}

function published({ processed }: StepInput): ProcessResult {
  return processed === 'run' || processed === null ? { ok: true } : processed
}

function processResult(ending: Ending): ProcessResult {
  if (ending.kind === 'ok') return { ok: true, ...(ending.value === null ? {} : { metadata: ending.value }) }
  if (ending.kind !== 'failed') return { ok: false, message: 'process never settles' }
  return { ok: false, message: ending.message }
}

function withResult(planned: Planned, processed: ProcessResult): Planned | Step {
  if (processed.ok) return { ...planned, metadata: processed.metadata }
  const { ts, rules } = planned.input
  return failed({ ts, code: 'process', message: cut(processed.message, rules.limits.messageUnitsMax) })
}

function applyOp({ input, op, metadata }: Planned): ApplyOp {
  const { signer, seq, ts } = input
  return { input, op, metadata: metadata ?? null, signer, seq, ts, seed: () => opSeed(input) }
}

/** What `util` draws from in `apply` (spec/6-determinism §6): the same for everybody who replays the op. */
function opSeed({ oplog, seq, block }: StepInput): Uint8Array {
  return taggedHash(sodiumCrypto, 'vitra/op-seed/1', oplog, uint64(seq), block)
}

/** Most times that an op is tried; the sandbox gives a contract whose guest failed one of its own. */
const ATTEMPTS = 2
/** Guests that end together, as where the machine runs out of memory, are seen to be gone only after a moment, in ms. */
const CRASH_PAUSE_MS = 100

/**
 * Endings of the first items, at least of one. Where none is known of a batch in which a guest failed, all is tried again
 * with care; after that the failure stands for the ending of the very first.
 */
async function endingsOf(
  count: number,
  run: (isCareful: boolean) => Promise<RunsResult>,
): Promise<readonly (Ending | SandboxError)[]> {
  if (count === 0) return []
  let result = await run(false)
  for (let n = 1; n < ATTEMPTS && result.endings.length === 0; n++) {
    await pauseAfter(result.failure)
    result = await run(true)
  }
  return result.endings.length > 0 ? result.endings : [result.failure!]
}

/** The next attempt must not go to a guest that died with the one before. */
async function pauseAfter(failure: SandboxError | undefined): Promise<void> {
  if (failure?.code === 'GUEST_CRASHED') await new Promise((resolve) => setTimeout(resolve, CRASH_PAUSE_MS))
}

function isFailure(ending: Ending | SandboxError): ending is SandboxError {
  return ending instanceof Error
}

/** The step of an op that `apply` ran over. */
async function finish(
  { input, metadata }: Planned,
  ending: Ending | SandboxError,
  batch: ApplyBatch,
  nth: number,
): Promise<Step> {
  const { ts } = input
  if (isFailure(ending)) return unexecutable(ts, ending)
  const { fuel } = ending
  if (ending.kind !== 'ok') return { ...failedEnding(ending, { ts, metadata }), reads: batch.reads(nth) }
  const settled = await batch.settle(nth).catch((error) => {
    // What it deletes is looked up, which may be more than one op may read.
    if (isResourceLimit(error)) return error
    throw error
  })
  if (settled instanceof Error) return unexecutable(ts, settled)
  const { changes, reads } = settled
  const source = newSource(changes)
  if (source !== undefined) {
    const refused = await tryContract(input, source)
    if (isResourceLimit(refused)) return unexecutable(ts, refused)
    if (refused !== null) return { ...failed({ ts, metadata, fuel, code: 'source' }), reads }
  }
  const outcome: Outcome = {
    kind: 'ok',
    ts,
    numChanges: changes.length,
    fuel,
    ...(metadata === undefined ? {} : { metadata }),
    ...(ending.value === null ? {} : { value: ending.value }),
  }
  const participantsChanged = changes.some(({ path }) => path.startsWith(`${INPUTS_PREFIX}/`))
  return { outcome, changes, participantsChanged, reads, ...(source === undefined ? {} : { source }) }
}

/** Why a source is no contract, or could not be tried to the end; null where it is one. */
async function tryContract(
  { loadSource }: StepInput,
  source: string,
): Promise<ContractLoadError | SandboxError | null> {
  let cause: SandboxError | null = null
  for (let n = 0; n < ATTEMPTS; n++) {
    try {
      await loadSource(source)
      return null
    } catch (error) {
      if (error instanceof ContractLoadError) return error
      if (!isResourceLimit(error)) throw error
      cause = error
      await pauseAfter(error)
    }
  }
  return cause
}

function newSource(changes: readonly Change[]): string | undefined {
  const newest = changes.findLast(({ path }) => path === SOURCE_PATH)
  return newest === undefined ? undefined : String(decodeValue(newest.value!))
}
