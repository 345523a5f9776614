/**
 * Which command keeps a folder for long: `host` and `monitor` leave a file there while they run, so that others can
 * say who it is that has the folder open. The lock itself is the storage's.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export interface Holder {
  readonly command: string
  readonly pid: number
}

const FILE = 'command.json'

/** Says who keeps the folder; returns what takes it back. */
export function holdFolder(folder: string, command: string): () => void {
  const file = path.join(folder, FILE)
  writeFileSync(file, `${JSON.stringify({ command, pid: process.pid })}\n`)
  return () => rmSync(file, { force: true })
}

/** The command that keeps the folder, or null: a file that a killed one left says nothing. */
export function holderOf(folder: string): Holder | null {
  try {
    const { command, pid } = JSON.parse(readFileSync(path.join(folder, FILE), 'utf8')) as Partial<Holder>
    if (typeof command !== 'string' || !/^[a-z]+$/.test(command) || !Number.isSafeInteger(pid)) return null
    return isAlive(pid!) ? { command, pid: pid! } : null
  } catch {
    return null // no such file, or none that was written whole
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
