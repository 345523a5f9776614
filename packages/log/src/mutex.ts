/** Runs tasks one after another, in the order asked for; a task that fails does not stop the next. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs work once all work given before has ended. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task, task)
    this.#last = result.catch(forget)
    return result
  }
}

/** The caller of `run` gets the error; the queue only needs to go on. */
function forget(): void {}
