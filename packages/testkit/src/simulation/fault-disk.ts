/**
 * The disk of a simulated machine: real files, reached through Node's own `fs/promises` and, where they were opened by it,
 * `writeSync`, which are hooked for chosen folders.
 * It notes what was synced, makes writes fail, and takes the picture of a folder that a kill or a power cut leaves.
 *
 * RocksDB writes past Node. Of its files the newest write-ahead log (`logs/db/*.log`) is taken for unsynced as far as
 * nobody synced it through Node; its tables, which it syncs itself, are taken for durable. Removals count as durable at once.
 */
import fs, { type OpenMode, type PathLike } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import path from 'node:path'
import type { Random } from '../random.js'

type Promises = typeof fs.promises
/** The functions through which this project's code writes. */
const HOOKED = ['open', 'writeFile', 'appendFile', 'rename'] as const
const WRITES = ['appendFile', 'write', 'writeFile', 'writev', 'truncate'] as const
const SYNCS = ['datasync', 'sync'] as const

/** An error that the simulation made: whoever reports it has done nothing wrong. */
export class InjectedError extends Error {
  override name = 'InjectedError'
  readonly code: string

  constructor(code: string, what: string) {
    super(`${code}: ${what} fails in this simulation`)
    this.code = code
  }
}

/** True for an injected error, and for one that was caused by it. */
export function isInjected(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof InjectedError) return true
  }
  return false
}

/** How a disk fails: each write, sync and rename with this probability. */
export interface DiskFault {
  readonly code: 'EIO' | 'ENOSPC'
  readonly probability: number
  /** Only syncs fail. */
  readonly syncsOnly?: boolean
}

/** A change of a folder's entries that is not on disk until the folder is synced. */
interface EntryChange {
  readonly folder: string
  /** Gives the picture the entries of before. */
  undo(picture: (file: string) => string): void
}

/** One machine's folder. */
export class FaultFolder {
  readonly path: string
  readonly #random: Random
  /** False for a disk that says of what was synced that it is safe, and loses it. */
  readonly #isHonest: boolean
  /** Bytes of each file that are on disk. A file that is not here was there before, and is. */
  readonly #synced = new Map<string, number>()
  #entries: EntryChange[] = []
  #fault: DiskFault | null = null
  #isDead = false
  /** Injected so far. */
  failures = 0

  constructor(folder: string, random: Random, isHonest: boolean) {
    this.path = path.resolve(folder)
    this.#random = random
    this.#isHonest = isHonest
  }

  holds(file: string): boolean {
    return file === this.path || file.startsWith(this.path + path.sep)
  }

  /** Fails writes from now on; null mends the disk. */
  fail(fault: DiskFault | null): void {
    this.#fault = fault
  }

  /**
   * The folder as a killed process leaves it, and no write of that process gets through from here on. All in one
   * turn of the event loop; what RocksDB's own threads are writing may be cut short, as by a real kill.
   */
  kill(to: string): void {
    this.#isDead = true
    copyFolder(this.path, to)
  }

  /** The folder as a power cut leaves it: of what was not synced, a part. */
  cutPower(to: string): void {
    this.kill(to)
    const picture = (file: string) => path.join(to, path.relative(this.path, file))
    const kept = this.#random.below(this.#entries.length + 1)
    for (const change of this.#entries.slice(kept).reverse()) change.undo(picture)
    for (const [file, synced] of this.#synced) this.#cut(picture(file), synced)
    const wal = newestWal(path.join(to, 'logs', 'db'))
    if (wal !== null && !this.#synced.has(path.join(this.path, path.relative(to, wal)))) this.#cut(wal, 0)
  }

  /** @throws InjectedError where this write is to fail */
  assertWritable(what: string, isSync = false): void {
    if (this.#isDead) throw new InjectedError('EIO', `${what} on a machine that is gone`)
    if (this.#fault === null || (this.#fault.syncsOnly && !isSync)) return
    if (!this.#random.chance(this.#fault.probability)) return
    this.failures++
    throw new InjectedError(this.#fault.code, what)
  }

  /** A file was written without a sync. */
  written(file: string, sizeBefore: number): void {
    this.#synced.set(file, Math.min(this.#synced.get(file) ?? sizeBefore, sizeBefore))
  }

  synced(file: string, size: number): void {
    if (this.#isHonest) this.#synced.set(file, size)
  }

  /** Which files a folder holds is on disk. */
  syncedEntries(of: string): void {
    this.#entries = this.#entries.filter(({ folder }) => folder !== of)
  }

  created(file: string): void {
    this.#entries.push({
      folder: path.dirname(file),
      undo: (picture) => fs.rmSync(picture(file), { force: true }),
    })
  }

  renamed(from: string, to: string, replaced: Buffer | null): void {
    const synced = this.#synced.get(from)
    this.#synced.delete(from)
    if (synced === undefined) this.#synced.delete(to)
    else this.#synced.set(to, synced)
    const undo = (picture: (file: string) => string) => {
      if (fs.existsSync(picture(to))) fs.renameSync(picture(to), picture(from))
      if (replaced !== null) fs.writeFileSync(picture(to), replaced, { mode: 0o600 })
    }
    this.#entries.push({ folder: path.dirname(to), undo })
  }

  /** Cuts a file somewhere in what was not synced: nothing of it, all of it, or a torn part. */
  #cut(file: string, synced: number): void {
    const size = sizeOf(file)
    if (size <= synced) return
    const how = this.#random.below(3)
    const length = [synced, size, synced + this.#random.below(size - synced + 1)][how]!
    fs.truncateSync(file, length)
  }
}

/** A file that is open for writing. */
interface OpenFile {
  readonly folder: FaultFolder
  readonly file: string
}

/** Hooks `fs/promises` and `writeSync` of this process until it is disposed. */
export class FaultDisk implements Disposable {
  readonly #folders = new Set<FaultFolder>()
  readonly #originals = new Map<string, unknown>()
  readonly #writeSync = fs.writeSync
  /** By their descriptors. */
  readonly #writable = new Map<number, OpenFile>()

  constructor() {
    const promises = fs.promises as unknown as Record<string, unknown>
    for (const name of HOOKED) this.#originals.set(name, promises[name])
    const { open, writeFile, appendFile, rename } = fs.promises
    Object.assign(promises, {
      open: this.#open(open),
      writeFile: this.#writeWhole('writeFile', writeFile as never),
      appendFile: this.#writeWhole('appendFile', appendFile as never),
      rename: this.#rename(rename),
    })
    fs.writeSync = this.#writeAtOnce as typeof fs.writeSync
    syncBuiltinESMExports()
  }

  [Symbol.dispose](): void {
    Object.assign(fs.promises, Object.fromEntries(this.#originals))
    fs.writeSync = this.#writeSync
    syncBuiltinESMExports()
  }

  /** Watches a folder from now on. */
  watch(folder: string, random: Random, isHonest = true): FaultFolder {
    const watched = new FaultFolder(folder, random, isHonest)
    this.#folders.add(watched)
    return watched
  }

  #of(file: unknown): FaultFolder | null {
    if (typeof file !== 'string') return null
    const resolved = path.resolve(file)
    for (const folder of this.#folders) if (folder.holds(resolved)) return folder
    return null
  }

  #open(open: Promises['open']) {
    return async (file: PathLike, flags?: string | number, mode?: OpenMode): Promise<FileHandle> => {
      const folder = this.#of(file)
      if (folder === null || flags === undefined || flags === 'r') {
        const handle = await open(file, flags, mode as never)
        return folder === null ? handle : hookSyncs(handle, folder, file as string)
      }
      folder.assertWritable(`open ${file}`)
      const isNew = !fs.existsSync(file)
      const handle = await open(file, flags, mode as never)
      if (isNew) folder.created(file as string)
      this.#noteWritable(handle, { folder, file: file as string })
      return hookWrites(hookSyncs(handle, folder, file as string), folder, file as string)
    }
  }

  #noteWritable(handle: FileHandle, open: OpenFile): void {
    const { fd } = handle
    const close = handle.close.bind(handle)
    this.#writable.set(fd, open)
    handle.close = async () => {
      this.#writable.delete(fd)
      await close()
    }
  }

  readonly #writeAtOnce = (fd: number, ...rest: unknown[]): number => {
    const open = this.#writable.get(fd)
    if (open !== undefined) {
      const { folder, file } = open
      folder.assertWritable(`writeSync ${file}`)
      folder.written(file, sizeOf(file))
    }
    return (this.#writeSync as (fd: number, ...rest: unknown[]) => number)(fd, ...rest)
  }

  #writeWhole(name: string, write: (file: PathLike, ...rest: unknown[]) => Promise<void>) {
    return async (file: PathLike, data: unknown, options?: unknown): Promise<void> => {
      const folder = this.#of(file)
      if (folder === null) return write(file, data, options)
      const name_ = file as string
      folder.assertWritable(`${name} ${name_}`)
      const before = name === 'appendFile' ? sizeOf(name_) : 0
      if (!fs.existsSync(name_)) folder.created(name_)
      folder.written(name_, before)
      await write(file, data, options)
      folder.assertWritable(`the end of ${name} ${name_}`)
      if ((options as { flush?: boolean } | undefined)?.flush) folder.synced(name_, sizeOf(name_))
    }
  }

  #rename(rename: Promises['rename']) {
    return async (from: PathLike, to: PathLike): Promise<void> => {
      const folder = this.#of(to)
      if (folder === null) return rename(from, to)
      folder.assertWritable(`rename to ${to}`)
      const replaced = fs.existsSync(to) ? fs.readFileSync(to) : null
      fs.renameSync(from, to) // at once, so that no picture shows it half noted
      folder.renamed(from as string, to as string, replaced)
    }
  }
}

function hookWrites(handle: FileHandle, folder: FaultFolder, file: string): FileHandle {
  const target = handle as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>
  for (const name of WRITES) {
    const original = target[name]!.bind(handle)
    target[name] = async (...given) => {
      folder.assertWritable(`${name} ${file}`)
      folder.written(file, name === 'truncate' ? Number(given[0] ?? 0) : sizeOf(file))
      return original(...given)
    }
  }
  return handle
}

/** What was written when a sync began is on disk when it ends. */
function hookSyncs(handle: FileHandle, folder: FaultFolder, file: string): FileHandle {
  const target = handle as unknown as Record<string, () => Promise<void>>
  for (const name of SYNCS) {
    const original = target[name]!.bind(handle)
    target[name] = async () => {
      folder.assertWritable(`${name} ${file}`, true)
      const size = sizeOf(file)
      await original()
      folder.assertWritable(`the end of ${name} ${file}`)
      if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory()) folder.syncedEntries(file)
      else folder.synced(file, size)
    }
  }
  return handle
}

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

const ATTEMPTS = 20

/** A file that RocksDB removes meanwhile begins the picture anew. */
function copyFolder(from: string, to: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      fs.cpSync(from, to, { recursive: true })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === ATTEMPTS) throw error
      fs.rmSync(to, { recursive: true, force: true })
    }
  }
  fs.rmSync(path.join(to, 'logs', 'CORESTORE'), { force: true }) // by which a copy is known
}

function newestWal(folder: string): string | null {
  if (!fs.existsSync(folder)) return null
  const logs = fs.readdirSync(folder).filter((name) => /^\d+\.log$/.test(name))
  const newest = logs.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).at(-1)
  return newest === undefined ? null : path.join(folder, newest)
}
