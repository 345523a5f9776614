/** What a `vitra dev` that was killed has left: the next one finds it, and removes what nobody wanted to keep. */
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { isAlive } from '../holder/mark.js'

const MARK = 'dev.json'

/** Says in its folder whose it is. */
export function markBench(folder: string): void {
  writeFileSync(path.join(folder, MARK), `${JSON.stringify({ pid: process.pid })}\n`)
}

/** Folders of this user whose process is gone. @param beginning of their paths, which `mkdtemp` has completed */
export function leftovers(beginning: string): string[] {
  const parent = path.dirname(beginning)
  const prefix = path.basename(beginning)
  return namesIn(parent)
    .filter((name) => name.startsWith(prefix) && name.length === prefix.length + RANDOM_CHARACTERS)
    .map((name) => path.join(parent, name))
    .filter(isOfDead)
}

/** What `mkdtemp` adds. */
const RANDOM_CHARACTERS = 6

/** Removes them, but for those with a database that is open: a process of another container has a number of its own. */
export async function removeLeftovers(beginning: string): Promise<void> {
  const { destroyDatabase } = await import('vitra')
  for (const folder of leftovers(beginning)) {
    try {
      for (const name of namesIn(folder).filter((name) => name !== MARK))
        await destroyDatabase(path.join(folder, name)).catch(ignoreOthers)
      await rm(folder, { recursive: true, force: true })
    } catch {
      // it is open, or cannot be removed: it stays
    }
  }
}

/** What was half made is no database; whether one is open counts. */
function ignoreOthers(error: Error & { code?: string }): void {
  if (error.code !== 'DATABASE_NOT_FOUND') throw error
}

function isOfDead(folder: string): boolean {
  try {
    const stat = lstatSync(folder)
    if (!stat.isDirectory() || stat.uid !== process.getuid?.()) return false
    const { pid } = JSON.parse(readFileSync(path.join(folder, MARK), 'utf8')) as { pid?: unknown }
    return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 && !isAlive(pid)
  } catch {
    return false // no mark: another program's
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
