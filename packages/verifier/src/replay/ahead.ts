/**
 * Runs the ops of a batch some ahead of their check, so that many go to the guest in one message (spec/4-execution §6).
 * What was run ahead counts only where every op before it gave what was published: else it is thrown away.
 */
import type { StateSession, Step } from '@vitra/sandbox'
import type { OpsInTurn } from '../batch/batch-check.js'
import type { CheckedOp, RunnableOp } from '../batch/published-form.js'
import type { OpInTurn } from '../batch/published-ops.js'
import { isPromise, type Soon, type Turns } from '../batch/soon.js'
import { checkOp, type ExecutionContext } from './execution.js'
import { type Obstacle, runOps } from './run-ops.js'

/** Most ops that are run at a time, and most bytes that they come with. */
const AHEAD_OPS_MAX = 512
const AHEAD_BYTES_MAX = 4 * 1024 * 1024

export class Ahead implements OpsInTurn {
  readonly #context: ExecutionContext
  readonly #session: StateSession
  readonly #ops: Turns<OpInTurn>
  /** Read: those that had their turn, up to the last one that did, and those after it. */
  #read: OpInTurn[] = []
  /** How many of them had their turn. */
  #nth = 0
  /** Why no more can be read; told once those that were read had their turn. */
  #failure: { readonly error: unknown } | null = null
  #isAtEnd = false
  /** Of the ops in turn, the last one first. */
  #results: (Step | Obstacle)[] = []

  constructor(context: ExecutionContext, session: StateSession, ops: Turns<OpInTurn>) {
    this.#context = context
    this.#session = session
    this.#ops = ops
  }

  /** The op whose turn it is; null after the last. @throws what reading it throws */
  next(): Soon<OpInTurn | null> {
    if (this.#nth < this.#read.length) return this.#read[this.#nth++]!
    const reading = this.#readOne()
    return isPromise(reading) ? reading.then(() => this.#nextRead()) : this.#nextRead()
  }

  check(op: RunnableOp): Soon<CheckedOp> {
    const own = this.#results.pop()
    return own === undefined ? this.#runAndCheck(op) : this.#checkOne(op, own)
  }

  async #runAndCheck(op: RunnableOp): Promise<CheckedOp> {
    const ops = [op, ...(await this.#following(op))]
    const results = await runOps(this.#context, this.#context, ops, this.#session)
    this.#results = results.reverse()
    return this.#checkOne(op, this.#results.pop()!)
  }

  #checkOne(op: RunnableOp, own: Step | Obstacle): Soon<CheckedOp> {
    const checked = checkOp(this.#context, op, own)
    if (checked === own) return checked
    return Promise.resolve(checked).then((settled) => {
      if (settled !== own) this.restart()
      return settled
    })
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
      if (this.#read.length <= this.#nth + ops.length) await this.#readOne()
      const next = this.#read[this.#nth + ops.length]
      const op = next === undefined ? null : asRunnable(next)
      if (op === null) break
      bytes += bytesOf(op)
      ops.push(op)
    }
    return ops
  }

  #nextRead(): OpInTurn | null {
    if (this.#nth < this.#read.length) return this.#read[this.#nth++]!
    if (this.#failure !== null) throw this.#failure.error
    return null
  }

  #readOne(): Soon<void> {
    if (this.#isAtEnd) return
    if (this.#nth === this.#read.length) {
      this.#read = []
      this.#nth = 0
    }
    try {
      const soon = this.#ops.next()
      if (isPromise(soon)) return soon.then(this.#take, this.#fail)
      this.#take(soon)
    } catch (error) {
      this.#fail(error)
    }
  }

  readonly #take = (op: OpInTurn | null): void => {
    if (op === null) this.#isAtEnd = true
    else this.#read.push(op)
  }

  readonly #fail = (error: unknown): void => {
    this.#failure = { error }
    this.#isAtEnd = true
  }
}

/** The op with its block; null where it cannot be run. */
function asRunnable({ runnable, isLegal }: OpInTurn): RunnableOp | null {
  return isLegal && 'block' in runnable ? runnable : null
}

function bytesOf({ block, outcome }: RunnableOp): number {
  return block.length + (outcome.metadata?.length ?? 0)
}
