/** Opens the database of a folder, waiting for another command that is about to be done with it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ContractLogEntry, Database, Durability, EngineBinaries, ParticipantLimits } from 'vitra'
import { CliError } from './errors.js'
import { type Holder, holderOf } from './holder/mark.js'

export interface OpenDatabaseOptions {
  readonly signal: AbortSignal
  readonly onLog: (entry: ContractLogEntry) => void
  /** Key of the database, for a new copy. */
  readonly key?: string
  /** Other engines that audits may use. */
  readonly engines?: EngineBinaries
  readonly durability?: Durability
  /** Limits of every participant, where this copy executes. */
  readonly participantLimits?: ParticipantLimits
}

/** How long to wait for a command that has the folder open, in ms, and how often to look. */
const LOCK_WAIT_MS = 5000
const LOCK_LOOK_MS = 100

/** @throws {CliError} `DATABASE_LOCKED` where somebody keeps the folder; the library's errors */
export async function openDatabase(folder: string, options: OpenDatabaseOptions): Promise<Database> {
  const { Database } = await import('vitra')
  const deadline = performance.now() + LOCK_WAIT_MS
  for (;;) {
    try {
      const { key, onLog, engines, durability, participantLimits } = options
      return await Database.load(folder, key, {
        onLog,
        ...(engines === undefined ? {} : { sandbox: { engines } }),
        ...(durability === undefined ? {} : { durability }),
        ...(participantLimits === undefined ? {} : { participantLimits }),
      })
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'DATABASE_LOCKED') throw error
      const holder = holderOf(folder)
      if (holder !== null) throw keptBy(folder, holder, error)
      if (performance.now() > deadline) throw error
      await sleep(LOCK_LOOK_MS, undefined, { signal: options.signal })
    }
  }
}

/** The error of a command that needs a folder for itself which another one keeps. */
export function keptBy(folder: string, { command, pid }: Holder, cause?: unknown): CliError {
  return new CliError('DATABASE_LOCKED', `${folder} is open in \`vitra ${command}\` (process ${pid})`, {
    hint: `stop it with \`vitra ${command === 'monitor' ? 'monitor' : 'serve'} stop\`, or with Ctrl-C where it runs, and run this again`,
    details: { folder, command, pid },
    cause,
  })
}
