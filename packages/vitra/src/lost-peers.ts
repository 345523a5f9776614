/**
 * Looks for peers again after a connection was lost. Hyperswarm itself tries three times in about 25 seconds, at one of the
 * two ends only, and then looks again after ten minutes: an outage of a minute would cost as much.
 */

/**
 * The next look comes after this part of the time that the connection has been lost: an outage costs little more than it
 * takes, and one that goes on costs the network, of which each look asks some dozens of nodes, less and less.
 */
const PART = 1 / 8
const LEAST_MS = 1000
const MOST_MS = 60_000
/** Where other peers are connected it is given up after this long, in ms. */
const OTHERS_MS = 30_000

export class LostPeers {
  readonly #look: () => Promise<unknown>
  readonly #connections: () => number
  #timer: NodeJS.Timeout | undefined
  #since = 0
  #isClosed = false

  /**
   * @param look asks the network who is there
   * @param connections how many there are
   */
  constructor(look: () => Promise<unknown>, connections: () => number) {
    this.#look = look
    this.#connections = connections
  }

  /** A connection has ended. */
  lost(): void {
    this.found()
    this.#since = performance.now()
    this.#wait()
  }

  /** A connection has come. */
  found(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  close(): void {
    this.#isClosed = true
    this.found()
  }

  #wait(): void {
    const lostMs = performance.now() - this.#since
    if (this.#isClosed || (lostMs > OTHERS_MS && this.#connections() > 0)) return
    const ms = Math.min(MOST_MS, Math.max(LEAST_MS, lostMs * PART))
    // Many lose the same peer at once.
    this.#timer = setTimeout(() => void this.#again(), ms * (0.75 + Math.random() / 2))
    this.#timer.unref()
  }

  async #again(): Promise<void> {
    const timer = this.#timer
    await this.#look().catch(ignore)
    if (timer === this.#timer) this.#wait()
  }
}

/** A network that does not answer is asked again. */
function ignore(): void {}
