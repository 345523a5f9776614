/** Commands that go on until Ctrl-C: they keep the folder, say so, and end in order. */
import type { Context } from './context.js'
import { holdFolder } from './holder.js'

/**
 * Does work while the folder is kept, and lets others know which command keeps it. Without a network nothing else
 * would keep the process running.
 */
export async function whileHolding<T>(folder: string, command: string, work: () => Promise<T>): Promise<T> {
  const release = holdFolder(folder, command)
  const alive = setInterval(() => {}, ALIVE_MS)
  try {
    return await work()
  } finally {
    clearInterval(alive)
    release()
  }
}

/** Any time would do; the longest that a timer can hold. */
const ALIVE_MS = 2 ** 31 - 1

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
