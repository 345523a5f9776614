/** What a folder is, from its files alone: a database or not, readable or not, in use, copied, and the room around it. */
import { constants } from 'node:fs'
import { access, readdir, readFile, readlink, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import { type DescribedDatabase, LogError, type Storage } from '@vitra/log'
import type { Diagnoses } from './diagnosis.js'

/** Names that a creation makes before it names the database. */
const BEGUN = ['logs', 'journal', 'keys', 'local.json', 'local.json.next', 'vitra.json.next']
/** Less room than this is none: one batch and a new journal take that much, in bytes. */
const FREE_BYTES_MIN = 32 * 1024 * 1024
/** The store takes its own mark for another file's beyond this difference of times, in ms. */
const MARK_SLACK_MS = 5000

/** Which database the folder holds; null where nothing more can be looked at. */
export async function examineFolder(storage: Storage, found: Diagnoses): Promise<DescribedDatabase | null> {
  const folder = storage.path
  const names = await list(folder, found)
  if (names === null) return null
  if (!names.includes('vitra.json')) {
    tellNoDatabase(folder, names, found)
    return null
  }
  try {
    return await storage.describedDatabase()
  } catch (error) {
    tellUnread(path.join(folder, 'vitra.json'), error, found)
    return null
  }
}

async function list(folder: string, found: Diagnoses): Promise<string[] | null> {
  try {
    return await readdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const what = code === 'ENOENT' ? 'there is nothing' : 'it is a file'
      found.problem('not-a-database', `${folder} holds no database: ${what}`, MAKE)
    } else tellUnread(folder, error, found)
    return null
  }
}

function tellNoDatabase(folder: string, names: readonly string[], found: Diagnoses): void {
  const foreign = names.filter((name) => !BEGUN.includes(name))
  if (names.length > 0 && foreign.length === 0) {
    const advice = 'create it again in the same folder: what is there is written over'
    found.problem('half-created', `a creation in ${folder} was not finished`, advice, { names })
    return
  }
  const what = names.length === 0 ? 'it is empty' : `it holds other files (${names.slice(0, 3).join(', ')})`
  found.problem('not-a-database', `${folder} holds no database: ${what}`, MAKE, { names: names.slice(0, 10) })
}

const MAKE = 'create a database there, load a copy of one, or name the folder that holds it'

/** A file that could not be read, whatever the reason. */
export function tellUnread(file: string, error: unknown, found: Diagnoses): void {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof LogError && error.code === 'DATABASE_FORMAT') {
    found.problem('format-unknown', message, 'install a newer version of Vitra', error.details)
  } else if (error instanceof LogError && error.code === 'JOURNAL_VERSION') {
    found.problem('format-unknown', `${file}: ${message}`, 'install a newer version of Vitra', { file })
  } else if (code === 'EACCES' || code === 'EPERM') {
    const advice = 'run this as the user that owns the folder, or give that user the files back'
    found.problem('file-unreadable', `${file} cannot be read: permission denied`, advice, { file })
  } else if (error instanceof LogError || code === 'ENOENT') {
    found.problem('file-damaged', message, 'restore this file from a backup of the same folder', { file })
  } else {
    const advice = 'see that the disk is whole, then restore the folder from a backup if it stays so'
    found.problem('file-unreadable', `${file} cannot be read: ${message}`, advice, { file })
  }
}

/** Files that a database needs to read and write; the first that cannot be is enough. */
export async function examineAccess(storage: Storage, found: Diagnoses): Promise<void> {
  const files = ['.', 'logs', 'logs/db', 'journal', 'keys']
  for (const name of files) {
    const file = path.join(storage.path, name)
    try {
      await access(file, constants.R_OK | constants.W_OK | constants.X_OK)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') continue
      const [message, advice] =
        code === 'EROFS'
          ? ['is on a file system that is mounted for reading only', 'mount it for writing']
          : [
              'cannot be read and written by this user',
              'run this as the user that owns the folder, or give that user the files back',
            ]
      found.problem('file-unreadable', `${file} ${message}`, advice, { file })
      return
    }
  }
}

/** How much room is left where the folder is. */
export async function examineRoom(storage: Storage, found: Diagnoses): Promise<void> {
  const { bavail, bsize } = await statfs(storage.path)
  const bytes = bavail * bsize
  if (bytes >= FREE_BYTES_MIN) return
  const message = `the disk of ${storage.path} has ${Math.floor(bytes / 1024)} kB left`
  found.problem('disk-full', message, 'make room: until then calls fail, and nothing is lost', { bytes })
}

/** A process that has the folder open. */
interface Holder {
  readonly pid: number | null
  /** How it was started; null where the system does not say. */
  readonly command: string | null
}

/** Who has the folder open, from what the system knows of its lock; null where nobody, or where it does not say. */
export async function examineHolder(storage: Storage, found: Diagnoses): Promise<boolean> {
  const mark = path.join(storage.path, 'logs', 'CORESTORE')
  const holder = await holderOf(mark).catch(() => null) // no such system files here: nobody knows
  if (holder === null) return false
  const by = holder.pid === null ? 'another process' : `process ${holder.pid} (${holder.command})`
  const message = `${storage.path} is open in ${by}`
  found.note('in-use', message, 'one process at a time can have it: end that one first', { ...holder })
  return true
}

async function holderOf(mark: string): Promise<Holder | null> {
  const { ino } = await stat(mark)
  const locks = await readFile('/proc/locks', 'utf8')
  if (!new RegExp(` WRITE .*:${ino} `).test(locks)) return null
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []) // it has ended, or is not ours to look at
    for (const fd of files) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')
      if (target !== mark) continue
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return { pid: Number(pid), command: command.replaceAll('\0', ' ').trim() || null }
    }
  }
  return { pid: null, command: null }
}

/** True where the store will refuse the folder, since its mark is that of another place. */
export async function examineCopy(storage: Storage, found: Diagnoses): Promise<void> {
  const mark = path.join(storage.path, 'logs', 'CORESTORE')
  const text = await readFile(mark, 'utf8').catch(() => null) // none, or none that was finished: the store makes a new one
  if (text === null || !text.includes('device/inode=')) return
  const field = (name: string) => new RegExp(`^device/${name}=(.*)$`, 'm').exec(text)?.[1]?.trim()
  const { ino, mtimeMs, birthtimeMs } = await stat(mark)
  const created = Number(field('created') ?? 0)
  const isMoved =
    Number(field('inode')) !== ino ||
    (field('platform') ?? process.platform) !== process.platform ||
    (created > 0 && Math.abs(Math.max(mtimeMs, birthtimeMs) - created) >= MARK_SLACK_MS)
  if (!isMoved) return
  found.problem(
    'copied',
    `${storage.path} is a copy, or was restored from a backup: two copies that both write sign two histories`,
    `where the original is gone for good, remove ${mark}, and have a peer connected at the first call: it knows whether more was signed`,
    { file: mark },
  )
}
