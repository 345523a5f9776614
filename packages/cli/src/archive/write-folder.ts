/**
 * Files of a script into a folder on disk. They are written to a folder of their own in it and moved when all of them are there, so
 * that a part is never taken for the whole; nothing is written outside.
 */
import { randomBytes } from 'node:crypto'
import { lstat, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CliError } from '../errors.js'
import { makeFolder } from '../make-folder.js'
import { assertName, unwritable } from './names.js'

/** A file or a folder to write. */
interface Written {
  /** Canonical, from the root of the archive. @example '/topics/1' */
  readonly path: string
  readonly isFolder: boolean
}

export interface WriteOptions {
  /** The folder to write into. */
  readonly folder: string
  /** The folder by the name that it was given with. */
  readonly name: string
  /** Each folder before what it holds. */
  readonly items: readonly Written[]
  read(path: string): Promise<string | Uint8Array>
  /** True where files that are there may be replaced. */
  readonly replaces: boolean
  /** A folder that is not written into: the database's own. */
  readonly spared: string
  readonly signal: AbortSignal
  onFile(bytes: number): void
}

const PARTIAL = /^\.vitra-partial-[0-9a-f]{16}$/
/** Files that are written at a time. */
const AT_ONCE = 16

/** @throws {CliError} `FILE_EXISTS`, `FILE_UNWRITABLE`; the system's errors. Nothing has been written then */
export async function writeFolder(options: WriteOptions): Promise<void> {
  const { folder, items, spared } = options
  for (const { path: from } of items) assertName(from)
  if (isWithin(folder, spared) || items.some((item) => isWithin(diskPath(folder, item), spared)))
    throw new CliError('FILE_EXISTS', 'the files would be written into the folder of the database', {
      hint: 'name another folder',
    })
  const made = makeInto(folder, options.name)
  const partial = path.join(folder, `.vitra-partial-${randomBytes(8).toString('hex')}`)
  try {
    await makeRoom(options)
    await mkdir(partial)
    await writeAll(options, partial)
    await moveInto(partial, folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    if (made !== undefined) await removeEmpty(folder, made)
    throw error
  }
  await rmdir(partial)
}

/** Takes away what a killed export has left, and sees that nothing else is in the way. */
async function makeRoom({ folder, name, items, replaces }: WriteOptions): Promise<void> {
  const found = await readdir(folder)
  for (const left of found.filter((one) => PARTIAL.test(one)))
    await rm(path.join(folder, left), { recursive: true, force: true })
  if (found.every((one) => PARTIAL.test(one))) return
  if (!replaces) throw taken(name, 'is not empty')
  for (const item of items) {
    const stats = await lstat(diskPath(folder, item)).catch(absent)
    const at = path.join(name, ...item.path.split('/'))
    if (item.isFolder && stats !== null && !stats.isDirectory()) throw taken(at, 'is no folder')
    if (!item.isFolder && stats?.isDirectory()) throw taken(at, 'is a folder')
  }
}

async function writeAll({ items, read, signal, onFile }: WriteOptions, partial: string): Promise<void> {
  for (const item of items) if (item.isFolder) await mkdir(diskPath(partial, item)).catch(refuse(item.path))
  const files = items.filter(({ isFolder }) => !isFolder)
  for (let n = 0; n < files.length; n += AT_ONCE) {
    const some = files.slice(n, n + AT_ONCE).map(async (item) => {
      signal.throwIfAborted()
      const content = await read(item.path)
      await writeFile(diskPath(partial, item), content, { flag: 'wx', flush: true }).catch(refuse(item.path))
      onFile(typeof content === 'string' ? Buffer.byteLength(content) : content.length)
    })
    // One that failed must not leave others writing.
    const failed = (await Promise.allSettled(some)).find(({ status }) => status === 'rejected')
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason
  }
  signal.throwIfAborted()
}

/** Moves what one folder holds into another; files take the place of files. */
async function moveInto(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)]
    const isThere = entry.isDirectory() && (await lstat(target).catch(absent)) !== null
    if (!isThere) await rename(source, target)
    else {
      await moveInto(source, target)
      await rmdir(source)
    }
  }
}

/** Null for what is not there. @throws anything else */
function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
  throw error
}

/** Removes a folder that was made, with those above it that were made for it; one that is not empty stays. */
async function removeEmpty(folder: string, made: string): Promise<void> {
  for (let at = folder; isWithin(at, made); at = path.dirname(at)) await rmdir(at).catch(() => {})
}

function isWithin(file: string, folder: string): boolean {
  const way = path.relative(folder, file)
  return way === '' || (way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way))
}

function diskPath(folder: string, item: Written): string {
  return path.join(folder, ...item.path.split('/'))
}

/** @param from the path in the archive */
function refuse(from: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw unwritable(from, error)
  }
}

/** @returns the first folder that was made */
function makeInto(folder: string, name: string): string | undefined {
  try {
    return makeFolder(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' || code === 'ENOTDIR') throw taken(name, 'is a file')
    throw error
  }
}

function taken(name: string, why: string): CliError {
  return new CliError('FILE_EXISTS', `${name} ${why}`, {
    hint: 'name a new or an empty folder; with --force files are written among what is there, and replace files of their names',
    details: { name },
  })
}
