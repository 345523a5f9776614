/** Commands that go on until Ctrl-C: they keep the folder, say so, and end in order. */
import type { Database } from 'vitra'
import type { Context } from './context.js'
import { socketPath } from './holder/address.js'
import { Listening } from './holder/listen.js'
import { markFolder } from './holder/mark.js'
import { keptMonitor } from './monitor/kept.js'

/**
 * Does work while the folder is kept: other command lines of its user find that out, and are run here, on the same
 * database. Where the command runs in such a process itself, it only does the work.
 */
export async function whileHolding<T>(
  context: Context,
  db: Database,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  if (context.isServed) return work()
  const socket = socketPath(db.path)
  let isOver = false
  await using _listening = await Listening.at({
    socket,
    version: context.version,
    run: (argv, io) => context.runOn(db, argv, io),
    isEnding: () => isOver || context.signal.aborted,
    onStop: () => context.stop(),
  })
  const release = markFolder(db.path, { command, pid: process.pid, socket, since: new Date().toISOString() })
  KEEPERS.set(db, { context, command })
  const alive = setInterval(() => {}, ALIVE_MS) // without a network nothing else keeps the process running
  try {
    return await work()
  } finally {
    isOver = true
    await keptMonitor(db)?.close()
    KEEPERS.delete(db)
    clearInterval(alive)
    release()
  }
}

/** The command whose process keeps a folder. */
interface Keeper {
  readonly context: Context
  readonly command: string
}

const KEEPERS = new WeakMap<Database, Keeper>()

/** The command that keeps the folder of a database of this process; null where none does. */
export function keeperOf(db: Database): Keeper | null {
  return KEEPERS.get(db) ?? null
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
