/**
 * The time that outcomes carry (spec/2-index §8): integer ms, never before the outcome ahead, and
 * never after a jump that no operator has confirmed.
 */
import { ExecutorError } from './errors.js'

/** The two clocks that the executor reads. */
export interface TimeSource {
  /** Wall clock, ms since 1970. */
  now(): number
  /** A clock that never jumps, ms. */
  monotonic(): number
}

/** The system's. */
export const systemTime: TimeSource = { now: () => Date.now(), monotonic: () => performance.now() }

/** Gives the timestamps of outcomes. */
export class Clock {
  readonly #time: TimeSource
  readonly #jumpMsMax: number
  #wall: number
  #steady: number
  #last: number

  constructor(lastTs: number, jumpMsMax: number, time: TimeSource = systemTime) {
    this.#time = time
    this.#jumpMsMax = jumpMsMax
    this.#last = lastTs
    this.#wall = time.now()
    this.#steady = time.monotonic()
  }

  /** The next timestamp. @throws {ExecutorError} `CLOCK_JUMP` */
  next(): number {
    const wall = this.#time.now()
    const steady = this.#time.monotonic()
    const jump = wall - this.#wall - (steady - this.#steady)
    if (jump > this.#jumpMsMax) {
      throw new ExecutorError(
        'CLOCK_JUMP',
        `the system clock moved ahead by ${Math.round(jump / 1000)} s: confirm it, or set it right`,
        {
          details: { jumpMs: Math.round(jump) },
        },
      )
    }
    this.#wall = wall
    this.#steady = steady
    this.#last = Math.max(this.#last, Math.trunc(wall))
    return this.#last
  }

  /** Outcomes up to this time were published before. */
  notBefore(ts: number): void {
    this.#last = Math.max(this.#last, ts)
  }

  /** Accepts the system clock as it is. */
  confirm(): void {
    this.#wall = this.#time.now()
    this.#steady = this.#time.monotonic()
  }
}
