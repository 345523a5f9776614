/**
 * Bounds the calls that are under way at once: a caller that makes them without waiting must not fill the memory with
 * what it has not been answered.
 */
import { DatabaseError } from './errors.js'

/** Most calls under way at once. */
const CALLS_MAX = 65_536
/** Most bytes of their encoded parameters. */
const PARAMS_BYTES_MAX = 512 * 1024 * 1024

export class CallGate {
  readonly #callsMax: number
  readonly #bytesMax: number
  #calls = 0
  #bytes = 0

  constructor(callsMax = CALLS_MAX, bytesMax = PARAMS_BYTES_MAX) {
    this.#callsMax = callsMax
    this.#bytesMax = bytesMax
  }

  /**
   * Does a call.
   *
   * @param bytes of its parameters
   * @throws {DatabaseError} `TOO_MANY_CALLS`; it was not begun then
   */
  async run<T>(bytes: number, call: () => Promise<T>): Promise<T> {
    const isFull = this.#calls >= this.#callsMax || (this.#calls > 0 && this.#bytes + bytes > this.#bytesMax)
    if (isFull) {
      throw new DatabaseError(
        'TOO_MANY_CALLS',
        `${this.#calls} calls are under way: wait for some of them before you make more`,
        { details: { calls: this.#calls, bytes: this.#bytes } },
      )
    }
    this.#calls++
    this.#bytes += bytes
    try {
      return await call()
    } finally {
      this.#calls--
      this.#bytes -= bytes
    }
  }
}
