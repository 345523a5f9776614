/**
 * `apply` over the ops of a batch, as the host sees it (spec/4-execution §2, §3): one session per op, over a state that the
 * ops before it brought forward.
 */
import { type Change, type EntrySource, Overlay, type Value } from '@vitra/log/values'
import { ApplySession, type Read } from './apply-session.js'
import type { ApplyItem, Contract, RunsResult } from './contract.js'
import type { Ending } from './ending.js'
import type { StateSession } from './state-session.js'
import type { StepInput } from './step-types.js'

/** An op that is ready for `apply`. */
export interface ApplyOp extends ApplyItem {
  readonly input: StepInput
}

export class ApplyBatch {
  readonly #ops: readonly ApplyOp[]
  /** What the guest was told or told: every write so far, whether it becomes a block or not. */
  readonly #live: Overlay
  /** The same by blocks, as far as {@link settle} got. */
  readonly #settled: Overlay
  readonly #sessions: ApplySession[] = []
  #isLasting = false
  #ended = 0

  /** @param view state before the first op; it stays as it is meanwhile */
  constructor(view: EntrySource, ops: readonly ApplyOp[]) {
    this.#ops = ops
    this.#live = new Overlay(view)
    this.#settled = new Overlay(view)
  }

  /** @throws what the view rejects with */
  run(contract: Contract, state: StateSession | undefined, isCareful: boolean): Promise<RunsResult> {
    this.#isLasting = state !== undefined
    return contract.apply({
      isCareful,
      items: this.#ops,
      answer: (nth, question) => this.#session(nth).answer(question),
      onEndings: (endings) => this.#take(endings),
      ...(state === undefined ? {} : { state }),
    })
  }

  /** Answers what the first op asks, where it is run by itself. */
  answer(question: Value): Promise<Uint8Array> {
    return this.#session(0).answer(question)
  }

  /** What an op that went well changes and read. In order, each once. */
  async settle(nth: number): Promise<{ changes: Change[]; reads: Read[] }> {
    const session = this.#session(nth)
    const changes = await session.effectiveChanges(this.#settled)
    for (const change of changes) this.#settled.write(change)
    return { changes, reads: session.reads }
  }

  /** What an op read. */
  reads(nth: number): Read[] {
    return this.#session(nth).reads
  }

  #take(endings: readonly Ending[]): void {
    for (const ending of endings) {
      const session = this.#session(this.#ended++)
      if (ending.kind !== 'ok') continue
      session.accept(ending.changes)
      for (const change of session.queue) this.#live.write(change)
    }
  }

  #session(nth: number): ApplySession {
    const { rules, deriveOplog } = this.#ops[nth]!.input
    this.#sessions[nth] ??= new ApplySession({
      view: this.#live,
      rules,
      deriveOplog,
      isLasting: this.#isLasting,
    })
    return this.#sessions[nth]
  }
}
