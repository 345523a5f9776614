/**
 * What an operator lets one participant have of the executor (spec/4-execution §1, docs/executor.md). Nothing of it is
 * published: an op that has to wait is executed later, with the time that it then is.
 */

/** Limits of one participant. Without a field there is none of that kind. */
export interface ParticipantLimits {
  /** Ops a second, over time; as many may come at once after a pause. At least 1. */
  readonly opsPerSecond?: number
  /** Ops in one batch. At least 1. */
  readonly opsPerBatch?: number
}

/** Counts what one participant has had. */
export class Meter {
  readonly #limits: ParticipantLimits
  readonly #now: () => number
  #isHeldUp = false
  /** Ops that it may have now, whole and in part. */
  #credit: number
  #countedAt: number

  /** @param now a clock that never jumps, ms */
  constructor(limits: ParticipantLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
    this.#credit = limits.opsPerSecond ?? Number.POSITIVE_INFINITY
    this.#countedAt = now()
  }

  /** How many of the ops that wait it may have now. @param had in this batch so far */
  allowance(waiting: number, had: number): number {
    const { opsPerBatch = Number.POSITIVE_INFINITY } = this.#limits
    const allowed = Math.min(Math.floor(this.#refill()), opsPerBatch - had)
    this.#isHeldUp = waiting > allowed
    return Math.min(waiting, allowed)
  }

  /** True where it was allowed less than waited when it was asked last. */
  get isHeldUp(): boolean {
    return this.#isHeldUp
  }

  /** It has had some. */
  take(ops: number): void {
    this.#credit = this.#refill() - ops
  }

  /** When it may have the next one, in ms from now; 0 where it may have one. */
  get waitMs(): number {
    const { opsPerSecond } = this.#limits
    if (opsPerSecond === undefined) return 0
    return Math.max(0, Math.ceil(((1 - this.#refill()) / opsPerSecond) * 1000))
  }

  #refill(): number {
    const { opsPerSecond } = this.#limits
    if (opsPerSecond === undefined) return this.#credit
    const now = this.#now()
    this.#credit = Math.min(opsPerSecond, this.#credit + ((now - this.#countedAt) / 1000) * opsPerSecond)
    this.#countedAt = now
    return this.#credit
  }
}
