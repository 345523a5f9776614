/** Restores a database from a backup, of which nothing is believed (spec/8-durability §4). */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  CopyIn,
  diskFull,
  flushStorage,
  fromHex,
  Log,
  type LogIdentity,
  oplogIdentity,
  oplogKey,
  Storage,
  sodiumCrypto,
  toHex,
  VitraError,
} from '@vitra/log'
import tar from 'tar-stream'
import { FRAUD_FOLDER, isKept } from '../fraud-store.js'
import { type PublicKeyLike, parseKey } from '../keys.js'
import { LocalState } from '../local-state.js'
import { SUSPECTS_FILE } from '../suspect-store.js'
import { TRANSACTIONS_FILE } from '../transaction-store.js'
import {
  type BackupManifest,
  FILES,
  invalid,
  KEYS,
  LOGS,
  MANIFEST,
  parseJson,
  parseManifest,
} from './format.js'

/** What was restored. */
export interface Imported {
  /** Key of the database. */
  readonly key: Buffer
  /** When the backup was begun. */
  readonly madeAt: Date
  /** Blocks of the index. */
  readonly version: number
  /** True where the backup holds the secret key of the executor. */
  readonly executes: boolean
}

/** Parts of a log are far shorter; files of this copy may be long. */
const ENTRY_BYTES_MAX = 1024 * 1024 * 1024

/** How a backup is restored. */
export interface ImportOptions {
  /** Key of the database, where it is known: a backup of another one is refused. */
  readonly pubkey?: PublicKeyLike
}

/**
 * Restores a database from a backup. Every block is checked under its owner's signature. What the backup holds may be old:
 * nothing is signed here before a peer has said how far the logs are, or somebody states that nobody has more
 * ({@link declareAlone}).
 *
 * @param folder one without a database
 * @param source the bytes that `db.export()` gave
 * @throws {BackupError} `BACKUP_INVALID`; {@link LogError} `COPY_INVALID`, `DATABASE_EXISTS`, `FOLDER_NOT_EMPTY`,
 *   `STORAGE_FULL`. Nothing is left in the folder then
 * @example await importDatabase('./restored', createReadStream('backup.tar'))
 */
export async function importDatabase(
  folder: string,
  source: AsyncIterable<Uint8Array>,
  { pubkey }: ImportOptions = {},
): Promise<Imported> {
  const expected = pubkey === undefined ? null : parseKey(pubkey, 'the database key')
  await using storage = Storage.at(folder)
  await storage.create()
  try {
    return await restore(storage, source, expected)
  } catch (error) {
    await storage.abandon().catch(() => {}) // the first failure is the one to report
    throw (await diskFull(error, storage.path)) ?? error
  }
}

async function restore(
  storage: Storage,
  source: AsyncIterable<Uint8Array>,
  expected: Uint8Array | null,
): Promise<Imported> {
  let restored: Restored | null = null
  for await (const { name, bytes } of entriesOf(source)) {
    if (restored === null) restored = await Restored.begin(storage, manifestIn(name, bytes, expected))
    else await restored.take(name, bytes)
  }
  if (restored === null) throw invalid('it is empty')
  const { identity, manifest } = restored
  const key = fromHex(manifest.key)
  const version = await restored.finish()
  await flushStorage(storage.store)
  await storage.describe({ key, identity })
  return {
    key: Buffer.from(key),
    madeAt: new Date(manifest.madeAt),
    version,
    executes: identity !== null && (await storage.keys.get(identity.signer)) !== null,
  }
}

/** The manifest, which is the first file. @throws {BackupError} `BACKUP_INVALID` */
function manifestIn(name: string, bytes: Buffer, expected: Uint8Array | null): BackupManifest {
  if (name !== MANIFEST) throw invalid(`it does not begin with ${MANIFEST}`)
  const manifest = parseManifest(bytes)
  if (expected === null || toHex(expected) === manifest.key) return manifest
  throw invalid(`it is of database ${manifest.key}, not of ${toHex(expected)}`)
}

class Restored {
  readonly manifest: BackupManifest
  readonly identity: LogIdentity | null
  readonly #storage: Storage
  /** By their keys, hex. */
  readonly #logs = new Map<string, CopyIn>()
  #index: Log | null = null

  private constructor(storage: Storage, manifest: BackupManifest) {
    this.#storage = storage
    this.manifest = manifest
    const { identity } = manifest
    this.identity =
      identity === null ? null : { signer: fromHex(identity.signer), userData: fromHex(identity.userData) }
  }

  /** @throws {BackupError} `BACKUP_INVALID` where it names logs of something else */
  static async begin(storage: Storage, manifest: BackupManifest): Promise<Restored> {
    const restored = new Restored(storage, manifest)
    const indexKey = fromHex(manifest.key)
    for (const { key, signer } of manifest.logs) {
      const own = signer === null ? indexKey : oplogKey(sodiumCrypto, fromHex(signer), indexKey)
      if (restored.#logs.has(key)) throw invalid(`it names log ${key} twice`)
      if (toHex(own) !== key) throw invalid(`log ${key} is none of this database`)
      const log = await Log.open(
        storage,
        signer === null ? (restored.identity ?? indexKey) : oplogIdentity(fromHex(signer), indexKey),
      )
      if (toHex(log.key) !== key) throw invalid(`log ${key} is not of the owner that is named`)
      if (signer === null) restored.#index = log
      restored.#logs.set(key, await CopyIn.into(log))
    }
    return restored
  }

  async take(name: string, bytes: Buffer): Promise<void> {
    const [, folder, rest] = /^([a-z]+\/)(.+)$/.exec(name) ?? []
    if (folder === LOGS) await this.#takePart(rest!, bytes)
    else if (folder === KEYS) await this.#takeKey(name, bytes)
    else if (folder === FILES) await this.#takeFile(rest!, bytes)
    else throw invalid(`it holds ${JSON.stringify(name)}, which is no part of one`)
  }

  /** @returns blocks of the index @throws {LogError} `COPY_INVALID`; {@link BackupError} `BACKUP_INVALID` */
  async finish(): Promise<number> {
    for (const copy of this.#logs.values()) copy.end()
    if (this.#index === null || this.#index.length === 0) throw invalid('it holds no index')
    const { participant, logs } = this.manifest
    const local = await LocalState.open(this.#storage)
    if (participant !== null) await local.setParticipant(fromHex(participant))
    await local.rememberOplogs(logs.flatMap(({ signer }) => (signer === null ? [] : [fromHex(signer)])))
    await local.setRestored(await this.#storage.keys.list())
    return this.#index.length
  }

  async #takePart(name: string, bytes: Buffer): Promise<void> {
    const [key = ''] = name.split('/')
    const copy = this.#logs.get(key)
    if (copy === undefined) throw invalid(`it holds parts of log ${key}, which it does not name`)
    await copy.take(bytes)
  }

  async #takeKey(name: string, bytes: Buffer): Promise<void> {
    await this.#storage.keys.import(parseJson(name, bytes)).catch((error) => {
      if (error instanceof VitraError && error.code === 'KEY_INVALID')
        throw invalid(`${name} is no key`, error)
      throw error
    })
  }

  async #takeFile(name: string, bytes: Buffer): Promise<void> {
    const isEvidence = /^fraud\/[0-9a-f]{1,64}\.(json|proof)$/.test(name)
    if (!isEvidence && name !== SUSPECTS_FILE && name !== TRANSACTIONS_FILE)
      throw invalid(`it holds a file ${JSON.stringify(name)}, which a database does not have`)
    if (isEvidence && name.endsWith('.json') && !isKept(parseJson(name, bytes)))
      throw invalid(`${name} tells of no violation`)
    if (isEvidence) await mkdir(path.join(this.#storage.path, FRAUD_FOLDER), { recursive: true })
    await this.#storage.writeBytes(name, bytes)
  }
}

interface Entry {
  readonly name: string
  readonly bytes: Buffer
}

/** The files of an archive, one after the other. @throws {BackupError} `BACKUP_INVALID`; what the source throws */
async function* entriesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  const extract = tar.extract()
  const given = new Given(source)
  const fed = pipeline(Readable.from(given.bytes()), extract).catch((error: Error) => error)
  const entries = extract[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { done, value: entry } = await given.whole(entries.next())
      if (done) break
      const { name, size = 0, type } = entry.header
      if (type !== 'file') throw invalid(`it holds ${JSON.stringify(name)}, which is no file`)
      if (size > ENTRY_BYTES_MAX) throw invalid(`${JSON.stringify(name)} is too long`)
      yield { name, bytes: Buffer.concat(await given.whole(chunksOf(entry))) }
    }
    const failure = await fed
    if (failure instanceof Error) throw given.why(failure)
  } finally {
    extract.destroy()
  }
}

async function chunksOf(entry: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of entry) chunks.push(chunk)
  return chunks
}

/** The bytes that were given: what is wrong with them is told apart from what kept them from coming. */
class Given {
  readonly #source: AsyncIterable<Uint8Array>
  #failure: { readonly error: unknown } | null = null

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#source
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }

  /** What the archive's reader gives. @throws as {@link why} says */
  whole<T>(work: Promise<T>): Promise<T> {
    return work.catch((error) => {
      throw this.why(error)
    })
  }

  /** @param error of the archive's reader */
  why(error: unknown): unknown {
    const cause = this.#failure === null ? error : this.#failure.error
    const isOfBytes = this.#failure === null || isOfZip(cause)
    return isOfBytes ? invalid('it is no whole tar archive', cause) : cause
  }
}

/** What `node:zlib` says of bytes that it cannot read. */
function isOfZip(error: unknown): boolean {
  return error instanceof Error && /^Z_/.test(String((error as NodeJS.ErrnoException).code))
}
