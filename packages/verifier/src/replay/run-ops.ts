/** Runs ops over the rebuilt state with what the executor calls: the sandbox's `steps`. */
import { type Outcome, type Overlay, oplogKey } from '@vitra/log'
import {
  type Contract,
  type ProcessResult,
  type Sandbox,
  type StateSession,
  type Step,
  type StepInput,
  steps,
} from '@vitra/sandbox'
import type { FormContext, RunnableOp } from '../batch/published-form.js'
import { isObstacle } from './recorded-engines.js'

/** What runs a contract. */
export interface Runner {
  /** Null where it does not load there. */
  readonly contract: Contract | null
  readonly sandbox: Sandbox
}

/** What ops are run over. */
export interface RunContext extends FormContext {
  /** State before the first op. */
  readonly view: Overlay
}

/** Why an op gave nothing here. */
export interface Obstacle {
  readonly code: 'unexecutable' | 'contract-refused'
  readonly message: string
  /**
   * Where another sandbox under the same engine may do better: the contract did not load in this one, or is refused by
   * it for a while, and not by one that is `fresh`.
   */
  readonly again?: 'elsewhere' | 'fresh'
}

export function isStep(result: Step | Obstacle): result is Step {
  return 'outcome' in result
}

/**
 * What ops give, one after the other: of the first at least, and of as many more as came along.
 *
 * @param session what lets the guest go on from what it knows of the state
 */
export async function runOps(
  context: RunContext,
  { contract, sandbox }: Runner,
  ops: readonly RunnableOp[],
  session?: StateSession,
): Promise<(Step | Obstacle)[]> {
  if (contract === null) return [{ ...REFUSED, again: 'elsewhere' }]
  const inputs = ops.map((op) => stepInput(context, { contract, sandbox }, op))
  try {
    const done = await steps(contract, context.view, inputs, session)
    return done.map((result) => (result.unexecutable === undefined ? result : UNRUN))
  } catch (error) {
    if (!isObstacle(error)) throw error
    // It may be another op than the first that met the obstacle.
    if (ops.length > 1) return runOps(context, { contract, sandbox }, ops.slice(0, 1), session)
    if (error.code === 'CONTRACT_REFUSED') return [{ ...UNRUN, again: 'fresh' }]
    return [error.code === 'ENGINE_REFUSED' ? REFUSED : UNRUN]
  }
}

/** What one op gives, by itself. */
export async function runOp(context: RunContext, runner: Runner, op: RunnableOp): Promise<Step | Obstacle> {
  const [only] = await runOps(context, runner, [op])
  return only!
}

function stepInput(
  { crypto, rules, indexKey }: RunContext,
  { contract, sandbox }: { contract: Contract; sandbox: Sandbox },
  op: RunnableOp,
): StepInput {
  return {
    block: op.block,
    signer: op.input.signer,
    oplog: op.input.oplog,
    seq: op.seq,
    ts: op.outcome.ts,
    rules,
    processed: contract.hasProcess ? publishedProcess(op.outcome) : null,
    deriveOplog: (signer) => oplogKey(crypto, signer, indexKey),
    loadSource: async (source) => void (await sandbox.load(source, rules)),
  }
}

/** Where two guests failed in it. */
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
