/**
 * Who keeps a folder: a command that stays leaves a file there while it runs, with the socket at which it takes other
 * commands. The lock itself is the storage's.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export interface Holder {
  readonly command: string
  readonly pid: number
  /** Path of its socket. */
  readonly socket: string
  /** When it began, as an ISO date. */
  readonly since: string
}

const FILE = 'command.json'

/** Says who keeps the folder; returns what takes it back. */
export function markFolder(folder: string, holder: Holder): () => void {
  const file = path.join(folder, FILE)
  writeFileSync(`${file}.next`, `${JSON.stringify(holder)}\n`)
  renameSync(`${file}.next`, file)
  return () => rmSync(file, { force: true })
}

/** The command that keeps the folder, or null: a file that a killed one left says nothing. */
export function holderOf(folder: string): Holder | null {
  try {
    const { command, pid, socket, since } = JSON.parse(
      readFileSync(path.join(folder, FILE), 'utf8'),
    ) as Partial<Holder>
    if (typeof command !== 'string' || !/^[a-z]+$/.test(command) || !Number.isSafeInteger(pid)) return null
    if (typeof socket !== 'string' || typeof since !== 'string') return null
    return isAlive(pid!) ? { command, pid: pid!, socket, since } : null
  } catch {
    return null // no such file, or none that was written whole
  }
}

/** True where a process of this number runs, whoever's it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !hasEnded(pid)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A process that has ended keeps its number until its parent has heard of it; Linux says so. */
function hasEnded(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'Z'
  } catch {
    return false // no such system files here
  }
}
