/**
 * The time of a simulation. Wall time is what its plan says, so that outcomes carry the same timestamps in every run of a
 * seed; ticks drive the network, and go on by themselves while the simulation waits.
 */
import type { TimeSource } from '@vitra/executor'

/** After every genesis, whose time is the real one. */
const START = Date.UTC(2040, 0, 1)

interface Timer {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

export class SimClock implements TimeSource {
  #wall = START
  #steady = 0
  #ticks = 0
  #order = 0
  #timers: Timer[] = []

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#steady
  }

  get ticks(): number {
    return this.#ticks
  }

  /** Time passes, in ms. */
  pass(ms: number): void {
    this.#wall += ms
    this.#steady += ms
  }

  /** The wall clock is set, forth or back, in ms. */
  jump(ms: number): void {
    this.#wall += ms
  }

  /** Runs something so many ticks from now; those of one tick in the order asked for. */
  after(ticks: number, run: () => void): void {
    this.#timers.push({ at: this.#ticks + ticks, order: this.#order++, run })
  }

  /** One tick goes by. */
  tick(): void {
    this.#ticks++
    const due = this.#timers.filter(({ at }) => at <= this.#ticks)
    this.#timers = this.#timers.filter(({ at }) => at > this.#ticks)
    due.sort((a, b) => a.at - b.at || a.order - b.order)
    for (const { run } of due) run()
  }
}
