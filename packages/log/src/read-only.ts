/**
 * Looks at the logs of a folder without changing anything there, beside whoever has it open: their lengths and tree
 * hashes, as far as they have been handed to the file system.
 */
import path from 'node:path'
import Corestore from 'corestore'
import type Hypercore from 'hypercore'
import { LogError, VitraError } from './errors.js'
import { type FoundRun, findLastRun } from './index-state.js'
import { giveUpStore, hasLog, refuseForks } from './internals/hypercore.js'
import { type JournalEntry, readJournal } from './journal.js'
import { BeeReader } from './proofs/bee-reader.js'
import type { Storage } from './storage.js'

/** A log as it lies in a folder. */
export interface StoredLog {
  /** Blocks, as far as the signed head there says. */
  readonly length: number
  /** Blocks from the first on without a gap. */
  readonly gaplessLength: number
  /** The tree hash of the first `length` blocks. */
  treeHash(length: number): Promise<Uint8Array>
  /** A block, or null where it is not there. */
  get(seq: number): Promise<Uint8Array | null>
}

/** What the journal of a log holds, read only. */
export interface StoredJournal {
  /** Oldest first. */
  readonly entries: readonly JournalEntry[]
  /** Bytes at its end that are no whole record. */
  readonly tornBytes: number
}

/** The logs of a folder, for looking. */
export class StoredLogs implements AsyncDisposable {
  readonly #storage: Storage
  /** Null where the store has nothing in it, not even its own seed. */
  readonly #store: Corestore | null

  private constructor(storage: Storage, store: Corestore | null) {
    this.#storage = storage
    this.#store = store
  }

  /** @throws the store's error where its files cannot be read */
  static async open(storage: Storage): Promise<StoredLogs> {
    const store = new Corestore(path.join(storage.path, 'logs'), { readOnly: true })
    try {
      await store.ready()
    } catch (error) {
      await giveUpStore(store)
      if (isWrite(error)) return new StoredLogs(storage, null)
      throw error
    }
    return new StoredLogs(storage, store)
  }

  /** A log by its key; null where nothing of it is stored. */
  async log(key: Uint8Array): Promise<StoredLog | null> {
    if (this.#store === null || !(await hasLog(this.#store, key))) return null
    const core = this.#store.get({ key: Buffer.from(key), allowFork: false })
    await core.ready()
    refuseForks(core)
    return {
      length: core.length,
      gaplessLength: await gaplessLength(core),
      treeHash: async (length) => new Uint8Array(await core.treeHash(length)),
      get: async (seq) => core.get(seq, { wait: false }),
    }
  }

  /** The newest run of an oplog in an index; null where there is none, or where blocks on the way to it are missing. */
  async lastRun(indexKey: Uint8Array, oplog: Uint8Array): Promise<FoundRun | null> {
    const index = await this.log(indexKey)
    if (index === null || index.length === 0) return null
    const read = async (seq: number) => (await index.get(seq)) ?? missing(seq)
    try {
      return await findLastRun(new BeeReader(read, index.length), oplog)
    } catch (error) {
      if (error instanceof VitraError) return null
      throw error
    }
  }

  /** The journal of a log; null where there is none. @throws {LogError} `JOURNAL_VERSION` */
  journal(key: Uint8Array): Promise<StoredJournal | null> {
    return readJournal(this.#storage.journalPath(key))
  }

  /** `await using` closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store?.close()
  }
}

/** True where the store, empty as it is, would have written its seed. */
function isWrite(error: unknown): boolean {
  return (error as { cause?: { code?: unknown } }).cause?.code === 'ENOSYS'
}

function missing(seq: number): never {
  throw new LogError('BLOCK_MISSING', `block ${seq} of the index is not here`)
}

async function gaplessLength(core: Hypercore): Promise<number> {
  let length = core.contiguousLength
  while (length < core.length && (await core.has(length))) length++
  return length
}
