/**
 * Holds one published outcome against the contract (spec/4-execution): runs the op as the executor does, over the rebuilt
 * state, and compares bytes.
 */
import type { Outcome } from '@vitra/log'
import { ENGINE_TABLE, type Step } from '@vitra/sandbox'
import { compare, isSame } from '../batch/comparison.js'
import { asPublished, type CheckedOp, checkForm, type RunnableOp } from '../batch/published-form.js'
import type { Soon } from '../batch/soon.js'
import type { Court } from './recorded-engines.js'
import { isStep, type Obstacle, type RunContext, type Runner, runOp } from './run-ops.js'

export interface ExecutionContext extends RunContext, Runner {
  /** Engine that the batch record names. */
  readonly engine: string
  /** The contract in a guest of its own under an engine; null where that is not installed here. */
  readonly court: (engine: string, isFresh?: boolean) => Promise<Court | null>
}

/**
 * Compares what an op gave here with what was published. A doubt is looked at once more in a guest of its own, by itself,
 * under the engine that was recorded; only what that one confirms is fraud.
 *
 * @param own what the op gave here
 * @returns `own` where that was published
 * @throws {Caught} `wrong-outcome` or `wrong-changes`
 */
export function checkOp(context: ExecutionContext, op: RunnableOp, own: Step | Obstacle): Soon<CheckedOp> {
  const difference = isStep(own) ? compare(own, op) : null
  // What the sandbox gave is of a form that a contract can give; so is what equals it.
  if (isStep(own) && difference === null) return own
  checkForm(context, op)
  if (isStep(own) && difference !== null) {
    if (isDecidedByBytes(own.outcome) || isDecidedByBytes(op.outcome)) throw difference
    if (op.outcome.code === 'unexecutable') return disputed(context, op)
  }
  return settle(context, op, own)
}

/** What an op that gave something else here, or nothing, gives under the engine that was recorded. */
async function settle(context: ExecutionContext, op: RunnableOp, own: Step | Obstacle): Promise<CheckedOp> {
  const { engine, sandbox } = context
  const isOther = engine !== sandbox.engine
  if (!isStep(own) && !isOther && own.again === undefined) return unrun(context, op, own)
  let court = await context.court(engine)
  if (court === null) return isStep(own) ? otherEngine(context, op) : unrun(context, op, own)
  let second = await runOp(context, court, op)
  if (!isStep(second) && second.again === 'fresh') {
    // A sandbox that has never met the contract refuses nothing: a hostile one must not make an audit blind.
    court = (await context.court(engine, true)) ?? court
    second = await runOp(context, court, op)
  }
  if (!isStep(second)) return unrun(context, op, second)
  const difference = compare(second, op)
  if (difference === null) return isOther || !isStep(own) ? second : unstable(context, op)
  if (op.outcome.code === 'unexecutable') return disputed(context, op)
  const witness = isStep(own) && isSame(own, second) ? own : await runOp(context, court, op)
  if (isStep(witness) && isSame(witness, second)) throw difference
  return unstable(context, op)
}

function disputed(context: ExecutionContext, op: RunnableOp): CheckedOp {
  return asPublished(context, op, {
    code: 'disputed',
    message: 'the executor could not run an op that runs here',
  })
}

function otherEngine(context: ExecutionContext, op: RunnableOp): CheckedOp {
  const { engine: recorded, sandbox } = context
  const engines = { recorded, here: sandbox.engine }
  const node = ENGINE_TABLE.find(({ name }) => name === recorded)?.node
  const known = node === undefined ? ', which this version does not know' : `, the engine of Node ${node}`
  const message = `an op gives another result under ${engines.here} than was recorded under ${recorded}${known}`
  return asPublished(context, op, { code: 'other-engine', message, engines })
}

function unstable(context: ExecutionContext, op: RunnableOp): CheckedOp {
  return asPublished(context, op, {
    code: 'unstable',
    message: 'an op gives different results here from one run to the next',
  })
}

function unrun(context: ExecutionContext, op: RunnableOp, { code, message }: Obstacle): CheckedOp {
  // Where nobody can run it there is nothing to hide: the published outcome has one form.
  const suspect = op.outcome.code !== 'unexecutable'
  return asPublished(context, op, { code, message, suspect })
}

/** What no engine has a say in: the block's bytes alone give these outcomes. */
function isDecidedByBytes({ kind }: Outcome): boolean {
  return kind === 'undecodable' || kind === 'too-large' || kind === 'echo'
}
