/**
 * Where a database lives (spec/8-durability §1). One folder:
 *
 *     vitra.json     what the folder holds
 *     logs/          the corestore, alone in its folder since it moves foreign files
 *     journal/       one append journal per log that is written here
 *     keys/          secret keys, mode 0600, apart from the data
 *
 * Throw-away storage is a folder in memory where the system has a memory file system with room, else under
 * the system's temporary folder; it is removed on close.
 */
import { randomUUID } from 'node:crypto'
import { accessSync, constants, statfsSync } from 'node:fs'
import { chmod, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Corestore from 'corestore'
import Hypercore from 'hypercore'
import { KEY_BYTES } from './constants.js'
import type { LogStore } from './core.js'
import { diskFull, makeFolder } from './disk-full.js'
import { LogError } from './errors.js'
import { fromHex, toHex } from './formats/hex.js'
import { compactStorage, detachPeers, giveUpStore } from './internals/hypercore.js'
import { syncFolder } from './journal.js'
import { KeyStore } from './key-store.js'
import { Mutex } from './mutex.js'
import type { LogIdentity } from './proofs/manifest.js'

const DESCRIPTION = 'vitra.json'
const FORMAT = 1

/**
 * What RocksDB gathers in memory before it writes a table, in bytes. A database that is open sets aside as much on the disk,
 * and a tenth more, however little it has written; a journal is begun anew, and the table written with it, at half of it.
 */
const WRITE_BUFFER_BYTES = 16 * 1024 * 1024
/** The same for throw-away storage: a memory file system clears at once what is set aside. */
const TEMPORARY_BUFFER_BYTES = 4 * 1024 * 1024

/**
 * When an append returns (spec/8-durability §2): `batch`, once it would survive a power cut; `none`, once it would
 * survive the end of the process. After a power cut, acknowledged appends may then be missing, and where no peer
 * has them their numbers are signed a second time: for tests, and for data that can be made again.
 */
export type Durability = 'batch' | 'none'

/** How a folder is used; nothing of it is stored. */
export interface StorageOptions {
  /** Default `batch`. */
  readonly durability?: Durability
}

/** The folder of one database. One process at a time has it open. */
export class Storage implements AsyncDisposable {
  /** The database's folder. */
  readonly path: string
  /** True where the folder is removed on close. */
  readonly temporary: boolean
  readonly durability: Durability
  readonly keys: KeyStore
  readonly #writes = new Mutex()
  #store: Corestore | null = null
  /** What `create` found in the folder, which `abandon` leaves alone; null where nothing was created. */
  #found: readonly string[] | null = null

  private constructor(folder: string, temporary: boolean, durability: Durability) {
    this.path = folder
    this.temporary = temporary
    this.durability = durability
    this.keys = new KeyStore(path.join(folder, 'keys'))
  }

  /** Storage in a folder; nothing is read or written yet. */
  static at(folder: string, { durability = 'batch' }: StorageOptions = {}): Storage {
    return new Storage(path.resolve(folder), false, durability)
  }

  /**
   * Throw-away storage, in memory where the system has a memory file system; removed on close. It promises
   * nothing beyond the life of the process.
   *
   * @example await using db = await Database.create(Storage.temporary(), { contract: { source } })
   */
  static temporary(): Storage {
    return new Storage(path.join(throwAwayFolder(), `vitra-${randomUUID()}`), true, 'none')
  }

  /** The corestore. @throws {LogError} `STORAGE_CLOSED` before `create` or `load` */
  get store(): LogStore {
    if (this.#store === null)
      throw new LogError('STORAGE_CLOSED', 'the storage is not open: create or load the database first')
    return this.#store
  }

  /** True where the folder holds a database. */
  async holdsDatabase(): Promise<boolean> {
    return (await this.#list())?.includes(DESCRIPTION) ?? false
  }

  /**
   * Makes the folder and opens it.
   *
   * @throws {LogError} `DATABASE_EXISTS`, `FOLDER_NOT_EMPTY`, `DATABASE_LOCKED`, `STORAGE_FULL`
   */
  async create(): Promise<void> {
    const names = (await this.#list()) ?? []
    if (names.includes(DESCRIPTION)) {
      throw new LogError(
        'DATABASE_EXISTS',
        `${this.path} holds a database already: load it, or choose another folder`,
      )
    }
    const foreign = names.filter((name) => !OWN_NAMES.has(name))
    if (foreign.length > 0) {
      throw new LogError(
        'FOLDER_NOT_EMPTY',
        `${this.path} holds other files (${foreign.slice(0, 3).join(', ')}): choose an empty folder`,
      )
    }
    await this.#openStore()
    this.#found = names
  }

  /** Records which database the folder holds; the last step of creating one. */
  async describe(database: DescribedDatabase): Promise<void> {
    const { key, identity } = database
    const own =
      identity === null ? {} : { signer: toHex(identity.signer), userData: toHex(identity.userData) }
    await this.writeJson(DESCRIPTION, { format: FORMAT, key: toHex(key), ...own })
  }

  /** Replaces a file of the folder in one step; of two calls for one file, the later wins. */
  writeJson(name: string, value: unknown): Promise<void> {
    return this.writeBytes(name, `${JSON.stringify(value, null, 2)}\n`)
  }

  /** Replaces a file of the folder in one step, as {@link writeJson} does. */
  writeBytes(name: string, content: Uint8Array | string): Promise<void> {
    const file = path.join(this.path, name)
    return this.#writes.run(async () => {
      await writeFile(`${file}.next`, content, { flush: this.durability === 'batch' })
      await rename(`${file}.next`, file)
      if (this.durability === 'batch') await syncFolder(path.dirname(file))
    })
  }

  /** A file of the folder, or null where there is none. @throws {LogError} `DATABASE_DAMAGED` */
  async readJson(name: string): Promise<unknown> {
    const text = await readFile(path.join(this.path, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    return text === null ? null : parseJson(text, path.join(this.path, name))
  }

  /**
   * Which database the folder holds; nothing is opened.
   *
   * @throws {LogError} `DATABASE_DAMAGED`, `DATABASE_FORMAT`
   */
  async describedDatabase(): Promise<DescribedDatabase> {
    return parseDescription(await this.readJson(DESCRIPTION), this.path)
  }

  /**
   * Opens an existing folder.
   *
   * @returns which database it holds
   * @throws {LogError} `DATABASE_NOT_FOUND`, `DATABASE_DAMAGED`, `DATABASE_FORMAT`, `DATABASE_LOCKED`,
   *   `DATABASE_COPIED`, `STORAGE_FULL`, `STORAGE_FAILED`
   */
  async load({ readOnly = false }: LoadOptions = {}): Promise<DescribedDatabase> {
    const names = await this.#list()
    if (!names?.includes(DESCRIPTION)) throw this.#notFound()
    const database = await this.describedDatabase()
    if (this.#store === null) await this.#openStore(readOnly)
    return database
  }

  /** Path of the append journal of a log. */
  journalPath(key: Uint8Array): string {
    return path.join(this.path, 'journal', `${toHex(key)}.journal`)
  }

  async close(): Promise<void> {
    const store = this.#store
    this.#store = null
    if (store !== null) {
      await detachPeers(store)
      await store.close()
    }
    if (this.temporary) await rm(this.path, { recursive: true, force: true })
  }

  /** Has the storage free at once the room of what was written over; it does so by itself in time. */
  async compact(): Promise<void> {
    await compactStorage(this.store)
  }

  /**
   * Removes the database of the folder for good, its secret keys too, and the folder where nothing else is in it.
   *
   * @param names of files that others keep with the database, removed as well
   * @throws {LogError} `DATABASE_NOT_FOUND`, `DATABASE_LOCKED`
   */
  async destroy(names: readonly string[] = []): Promise<void> {
    if (!(await this.holdsDatabase())) throw this.#notFound()
    // The lock is what counts: files that are damaged are removed like others.
    await this.#openStore().catch((error: LogError) => {
      if (error.code === 'DATABASE_LOCKED') throw error
    })
    await this.close()
    // From the first step on it is no database any more, whatever comes between.
    for (const name of [DESCRIPTION, ...OWN_NAMES, ...names])
      await rm(path.join(this.path, name), { recursive: true, force: true })
    await rmdir(this.path).catch(ignoreNotEmpty)
  }

  /** Undoes `create` after a failure: removes what it made. */
  async abandon(): Promise<void> {
    const found = this.#found
    this.#found = null
    await this.close()
    if (found === null || this.temporary) return
    for (const name of OWN_NAMES) {
      if (!found.includes(name)) await rm(path.join(this.path, name), { recursive: true, force: true })
    }
  }

  /** `await using` closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #notFound(): LogError {
    return new LogError(
      'DATABASE_NOT_FOUND',
      `${this.path} holds no database: create one there, or give its public key to load a copy`,
    )
  }

  async #list(): Promise<string[] | null> {
    try {
      return await readdir(this.path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return null
      if (code === 'ENOTDIR')
        throw new LogError('FOLDER_NOT_EMPTY', `${this.path} is a file: choose a folder`, { cause: error })
      throw error
    }
  }

  async #openStore(readOnly = false): Promise<void> {
    if (!readOnly) {
      await makeFolder(path.join(this.path, 'journal'))
      await removeUnfinishedMark(path.join(this.path, 'logs', 'CORESTORE'))
    }
    const folder = path.join(this.path, 'logs')
    const writeBufferSize = this.temporary ? TEMPORARY_BUFFER_BYTES : WRITE_BUFFER_BYTES
    const store = new Corestore(Hypercore.defaultStorage(folder, { readOnly, writeBufferSize }), { readOnly })
    try {
      await store.ready()
    } catch (cause) {
      await giveUpStore(store)
      if (/\block(ed)?\b/i.test(String((cause as Error).message))) {
        throw new LogError(
          'DATABASE_LOCKED',
          `${this.path} is open already, here or in another process: close it there first`,
          { cause },
        )
      }
      if ((cause as { code?: unknown }).code === 'DEVICE_FILE') {
        throw new LogError(
          'DATABASE_COPIED',
          `${this.path} is a copy, and two copies that both write sign two histories: where the original is gone for good, remove logs/CORESTORE there and load again`,
          { cause },
        )
      }
      const { message } = cause as Error
      throw (
        (await diskFull(cause, this.path)) ??
        new LogError('STORAGE_FAILED', `${this.path} cannot be opened: ${message}`, { cause })
      )
    }
    if (!readOnly) await chmod(this.path, 0o700)
    this.#store = store
  }
}

/**
 * Removes the mark by which the store knows its folder where a crash has left it without a word in it: the store makes
 * a new one, and takes one that names no place for that of another. RocksDB has a lock of its own.
 */
async function removeUnfinishedMark(file: string): Promise<void> {
  const mark = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (mark !== null && !mark.includes('device/inode=')) await rm(file)
}

const MEMORY_FOLDER = '/dev/shm'
/** Containers often have a memory file system of 64 MB: less room than this is none, in bytes. */
const MEMORY_BYTES_MIN = 1024 * 1024 * 1024

function throwAwayFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER)
    if (bavail * bsize < MEMORY_BYTES_MIN) return tmpdir()
    accessSync(MEMORY_FOLDER, constants.W_OK)
    return MEMORY_FOLDER
  } catch {
    return tmpdir() // no such folder, or not for us
  }
}

/** What an unfinished creation may have left. */
const OWN_NAMES = new Set([
  'logs',
  'journal',
  'keys',
  'local.json',
  'local.json.next',
  DESCRIPTION,
  `${DESCRIPTION}.next`,
])

/** A folder that holds other files stays. */
function ignoreNotEmpty(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}

/** How a folder is opened. */
export interface LoadOptions {
  /** True reads the logs as they are now, and no newer, beside the process that has the folder open; nothing is written. */
  readonly readOnly?: boolean
}

/** Which database a folder holds; the index's identity where it was created here. */
export interface DescribedDatabase {
  readonly key: Uint8Array
  readonly identity: LogIdentity | null
}

function parseDescription(value: unknown, folder: string): DescribedDatabase {
  const { format, key, signer, userData } = (value ?? {}) as Record<string, unknown>
  if (typeof format !== 'number')
    throw new LogError('DATABASE_DAMAGED', `${folder}/${DESCRIPTION} has no format: restore it from a backup`)
  if (format !== FORMAT) {
    throw new LogError(
      'DATABASE_FORMAT',
      `${folder} has storage format ${format}, this version reads ${FORMAT}: use a newer version of Vitra`,
    )
  }
  if (!isHex(key) || key.length !== 2 * KEY_BYTES) {
    throw new LogError('DATABASE_DAMAGED', `${folder}/${DESCRIPTION} names no key: restore it from a backup`)
  }
  const identity =
    isHex(signer) && isHex(userData) ? { signer: fromHex(signer), userData: fromHex(userData) } : null
  return { key: fromHex(key), identity }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new LogError('DATABASE_DAMAGED', `${file} is not JSON: restore it from a backup`, { cause })
  }
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && value.length % 2 === 0 && /^[0-9a-f]+$/.test(value)
}
