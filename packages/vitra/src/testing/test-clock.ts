/** The clock of a test: it stands still until the test moves it, and is what contracts find in `ack.ts`. */
import type { TimeSource } from '../index.js'

/** Where a clock begins unless told otherwise: a moment that is easy to read. */
const START = Date.UTC(2030, 0, 1)

/** A clock that only the test moves. */
export class TestClock implements TimeSource {
  #now: number

  /** @param start where it stands at first; default 2030-01-01 in UTC */
  constructor(start: number | Date = START) {
    this.#now = Number(start)
  }

  /** Where it stands, ms since 1970. */
  now(): number {
    return this.#now
  }

  /** The same: nothing passes but what the test lets pass. */
  monotonic(): number {
    return this.#now
  }

  /** Lets time pass. @example clock.advance(24 * 60 * 60 * 1000) */
  advance(ms: number): void {
    this.#now += ms
  }

  /** Sets it. An outcome is never dated before the one ahead of it, wherever the clock stands. */
  set(time: number | Date): void {
    this.#now = Number(time)
  }
}
