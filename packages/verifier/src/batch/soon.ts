/**
 * What is mostly here at once: waiting for each op and each block that is in memory would take longer than checking it.
 * Browser-safe.
 */

/** A result, or the promise of one where something has to be waited for. */
export type Soon<T> = T | Promise<T>

export function isPromise<T>(soon: Soon<T>): soon is Promise<T> {
  return typeof (soon as { then?: unknown } | null)?.then === 'function'
}

/** Work that yields what it waits for, and gets the result back; what else it yields is what it gives. */
export type Steps<T, R = void> = Generator<T | Promise<unknown>, R, unknown>

/** In steps: a result, once it is here. */
export function* here<T>(soon: Soon<T>): Generator<Promise<T>, T, unknown> {
  return isPromise(soon) ? ((yield soon) as T) : soon
}

/** What steps give, one after the other. */
export class Turns<T> {
  readonly #steps: Steps<T>

  constructor(steps: Steps<T>) {
    this.#steps = steps
  }

  /** Null after the last. @throws what the steps throw */
  next(): Soon<T | null> {
    return this.#take(this.#steps.next())
  }

  #take(step: IteratorResult<T | Promise<unknown>, void>): Soon<T | null> {
    if (step.done) return null
    return isPromise(step.value) ? this.#wait(step.value) : (step.value as T)
  }

  async #wait(waited: Promise<unknown>): Promise<T | null> {
    let result: { value: unknown } | { error: unknown }
    try {
      result = { value: await waited }
    } catch (error) {
      result = { error }
    }
    return this.#take('error' in result ? this.#steps.throw(result.error) : this.#steps.next(result.value))
  }
}
