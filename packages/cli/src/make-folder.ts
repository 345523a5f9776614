/** Makes folders. */
import { mkdirSync, statSync } from 'node:fs'
import path from 'node:path'

/**
 * Makes a folder, and those above it, one by one: Node's `recursive` never ends where the system takes none, as in /proc.
 *
 * @returns as `mkdir` does: the first folder that was made
 */
export function makeFolder(folder: string, mode = 0o777): string | undefined {
  try {
    mkdirSync(folder, { mode })
    return folder
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && isFolder(folder)) return undefined
    const parent = path.dirname(folder)
    if (code !== 'ENOENT' || isFolder(parent)) throw error
    const first = makeFolder(parent, mode)
    const last = makeFolder(folder, mode)
    return first ?? last
  }
}

function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false
}
