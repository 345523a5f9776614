/** Does a piece of work at once, and again at most once each period, however often it is asked for. */

export class Throttle {
  readonly #work: () => void
  readonly #periodMs: number
  #timer: NodeJS.Timeout | null = null
  #isAsked = false
  #isOver = false

  constructor(periodMs: number, work: () => void) {
    this.#periodMs = periodMs
    this.#work = work
  }

  /** Asks for the work; what was asked for last is always followed by it. */
  readonly ask = (): void => {
    if (this.#isOver) return
    this.#isAsked = true
    if (this.#timer === null) this.#run()
  }

  /** Ends it; what was asked for and not done is left undone. */
  end(): void {
    this.#isOver = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #run(): void {
    this.#timer = null
    if (!this.#isAsked || this.#isOver) return
    this.#isAsked = false
    this.#timer = setTimeout(() => this.#run(), this.#periodMs)
    this.#timer.unref()
    this.#work()
  }
}
