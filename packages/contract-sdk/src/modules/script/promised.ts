/**
 * Promises of what a call has started (spec/10-scripts §3). What is asked for is done at once, in the order of the calls, and
 * the promise is settled when the script gets it; so nothing has to be awaited to take effect. A failure that nobody
 * waits for must not go unnoticed: the call fails with it.
 */

// The realm's own replace them before a script runs, at a price.
const { apply, defineProperty } = Reflect
const { then: attach } = Promise.prototype

export class Promises {
  readonly #unheard: { error: unknown }[] = []

  /** Does work now, and promises its result. */
  of<T>(work: () => T): Promise<T> {
    try {
      return Promise.resolve(work())
    } catch (error) {
      return this.#rejected(error)
    }
  }

  /** The first failure that nobody has waited for. */
  get unheard(): { readonly error: unknown } | undefined {
    return this.#unheard[0]
  }

  #rejected(error: unknown): Promise<never> {
    const entry = { error }
    const promise = Promise.reject(error)
    apply(attach, promise, [undefined, ignore])
    this.#unheard.push(entry)
    const unheard = this.#unheard
    // Without a class of its own a promise is awaited by its `then`: whoever waits is seen.
    defineProperty(promise, 'constructor', { value: undefined })
    defineProperty(promise, 'then', {
      value(onFulfilled: unknown, onRejected: unknown): unknown {
        const at = unheard.indexOf(entry)
        if (at >= 0) unheard.splice(at, 1)
        return apply(Promise.prototype.then, promise, [onFulfilled, onRejected])
      },
    })
    return promise as Promise<never>
  }
}

function ignore(): void {}
