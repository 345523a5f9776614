/** Keeps calls in their order through what each has to look up first. */

export class CallTurns {
  #last: Promise<unknown> = Promise.resolve()

  /** Does what comes before a step. Promises settle in the order of the calls, however long each of them takes. */
  next<T>(prepare: () => Promise<T>): Promise<T> {
    const prepared = this.#last.then(prepare)
    this.#last = prepared.catch(ignore)
    return prepared
  }
}

function ignore(): void {}
