/**
 * Runs the ops of a batch some ahead of their check, so that many go to the guest in one message (spec/4-execution §6).
 * What was run ahead counts only where every op before it gave what was published: else it is thrown away.
 */
import type { StateSession, Step } from '@vitra/sandbox'
import type { OpsInTurn } from '../batch/batch-check.js'
import type { CheckedOp, RunnableOp } from '../batch/published-form.js'
import type { OpInTurn } from '../batch/published-ops.js'
import { checkOp, type ExecutionContext } from './execution.js'
import { type Obstacle, runOps } from './run-ops.js'

/** Most ops that are run at a time, and most bytes that they come with. */
const AHEAD_OPS_MAX = 512
const AHEAD_BYTES_MAX = 4 * 1024 * 1024

export class Ahead implements OpsInTurn {
  readonly #context: ExecutionContext
  readonly #session: StateSession
  readonly #ops: AsyncGenerator<OpInTurn, void>
  /** Read, and not in turn yet. */
  readonly #read: OpInTurn[] = []
  /** Why no more can be read; told once those that were read had their turn. */
  #failure: { readonly error: unknown } | null = null
  #isAtEnd = false
  /** Of the ops in turn. */
  #results: (Step | Obstacle)[] = []

  constructor(context: ExecutionContext, session: StateSession, ops: AsyncGenerator<OpInTurn, void>) {
    this.#context = context
    this.#session = session
    this.#ops = ops
  }

  /** The op whose turn it is; null after the last. @throws what reading it throws */
  async next(): Promise<OpInTurn | null> {
    if (this.#read.length === 0) await this.#readOne()
    const next = this.#read.shift()
    if (next !== undefined) return next
    if (this.#failure !== null) throw this.#failure.error
    return null
  }

  async check(op: RunnableOp): Promise<CheckedOp> {
    const own = await this.#run(op)
    const checked = await checkOp(this.#context, op, own)
    if (checked !== own) this.restart()
    return checked
  }

  /** What the op whose turn it is gives here. */
  async #run(op: RunnableOp): Promise<Step | Obstacle> {
    if (this.#results.length === 0) {
      const ops = [op, ...(await this.#following(op))]
      this.#results = await runOps(this.#context, this.#context, ops, this.#session)
    }
    return this.#results.shift()!
  }

  /** The op in turn gave something else in the end than it gave here: what follows is run anew, over that. */
  restart(): void {
    this.#results = []
    this.#session.reset()
  }

  /** Ops that can be run after one, without a gap. */
  async #following(first: RunnableOp): Promise<RunnableOp[]> {
    const ops: RunnableOp[] = []
    let bytes = bytesOf(first)
    while (ops.length < AHEAD_OPS_MAX - 1 && bytes < AHEAD_BYTES_MAX) {
      if (this.#read.length <= ops.length) await this.#readOne()
      const next = this.#read[ops.length]
      const op = next === undefined ? null : asRunnable(next)
      if (op === null) break
      bytes += bytesOf(op)
      ops.push(op)
    }
    return ops
  }

  async #readOne(): Promise<void> {
    if (this.#isAtEnd) return
    try {
      const { value } = await this.#ops.next()
      if (value === undefined) this.#isAtEnd = true
      else this.#read.push(value)
    } catch (error) {
      this.#failure = { error }
      this.#isAtEnd = true
    }
  }
}

/** The op with its block; null where it cannot be run. */
function asRunnable({ runnable, isLegal }: OpInTurn): RunnableOp | null {
  return isLegal && 'block' in runnable ? runnable : null
}

function bytesOf({ block, outcome }: RunnableOp): number {
  return block.length + (outcome.metadata?.length ?? 0)
}
