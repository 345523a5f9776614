/** Commands that go on until Ctrl-C: they keep the folder, say so, and end in order. */
import type { Context } from './context.js'
import { holdFolder } from './holder.js'

/** Does work while the folder is kept, and lets others know which command keeps it. */
export async function whileHolding<T>(folder: string, command: string, work: () => Promise<T>): Promise<T> {
  const release = holdFolder(folder, command)
  try {
    return await work()
  } finally {
    release()
  }
}

/** Resolves when the user wants the command to end. */
export function untilStopped({ signal }: Context): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Runs jobs one after another, so that lines come in the order of what they tell. */
export class Lane {
  #last: Promise<void> = Promise.resolve()

  add(job: () => Promise<void>): void {
    this.#last = this.#last.then(job)
  }

  /** Resolves once everything added so far is done. */
  end(): Promise<void> {
    return this.#last
  }
}
