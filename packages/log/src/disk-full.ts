/** A disk without room: what Node, RocksDB and the system say of it, told as one error. */
import { mkdir, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import { LogError } from './errors.js'

/** Where less than this is free, in bytes, RocksDB fails for lack of room. */
const ROOM_BYTES_MIN = 1024 * 1024

/** What of an error says that there is no room. */
const SAYS_FULL = /\b(ENOSPC|EDQUOT)\b|No space left on device|Disk quota exceeded/
/** What RocksDB says where it keeps the reason to itself. */
const SAYS_FAILED = /Batch was not applied|IO error/

/**
 * What an error is told as where the disk was full.
 *
 * @param folder of the database
 * @returns an error with code `STORAGE_FULL`; null where the disk was not the reason
 */
export async function diskFull(error: unknown, folder: string): Promise<LogError | null> {
  const said: string[] = []
  for (let cause = error; cause instanceof Error && said.length < CAUSES_MAX; cause = cause.cause) {
    if (cause instanceof LogError && cause.code === 'STORAGE_FULL') return cause
    said.push(`${(cause as NodeJS.ErrnoException).code ?? ''} ${cause.message}`)
  }
  const all = said.join('\n')
  if (!SAYS_FULL.test(all) && !(SAYS_FAILED.test(all) && (await hasNoRoom(folder)))) return null
  return new LogError(
    'STORAGE_FULL',
    `the disk of ${folder} is full: make room there, then do the same again`,
    { cause: error },
  )
}

const CAUSES_MAX = 10

async function hasNoRoom(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize, files, ffree } = await statfs(folder)
    return bavail * bsize < ROOM_BYTES_MIN || (files > 0 && ffree === 0)
  } catch {
    return false // it is not there
  }
}

/**
 * Makes a folder, and those above it, one by one: Node's `recursive` hides that there is no room, and never ends where the
 * system takes no folder, as in /proc.
 *
 * @returns as `mkdir` does: the first folder that was made
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<string | undefined> {
  try {
    await mkdir(folder, { mode })
    return folder
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await isFolder(folder))) return undefined
    const parent = path.dirname(folder)
    if (code !== 'ENOENT' || (await isFolder(parent))) throw error
    const first = await makeFolder(parent, mode)
    const last = await makeFolder(folder, mode)
    return first ?? last
  }
}

async function isFolder(name: string): Promise<boolean> {
  return stat(name).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
