/**
 * The index log, read side (spec/2-index): the state at a batch end, listings, history, watches, and
 * the system entries that executor and verifier go by. Every version number here is a batch end.
 */
import { DECODED_ROOM } from './decoded-blocks.js'
import { LogError } from './errors.js'
import { BATCH_PATH, type BatchRecord, decodeBatch } from './formats/batch.js'
import { decodeGenesis, GENESIS_PATH, type GenesisRecord, SOURCE_PATH } from './formats/genesis.js'
import { toHex } from './formats/hex.js'
import { decodeIndexBlock } from './formats/index-block.js'
import { decodeRun, parseRunPath, runPath, runsPrefix } from './formats/run.js'
import { IndexSnapshot } from './index-snapshot.js'
import {
  changeBlocks,
  endOfRun,
  type FoundRun,
  findLastRun,
  type IndexEntry,
  readRun,
} from './index-state.js'
import { requestManyBlocks } from './internals/hypercore.js'
import type { Log, ReadOptions } from './log.js'
import { Mutex } from './mutex.js'
import { BeeReader, type BlockTable } from './proofs/bee-reader.js'
import { decodeValue } from './values/cbor-decode.js'
import type { KeyRange } from './values/listing.js'
import { childRange, pathToKey } from './values/path.js'

/** Runs that are kept in memory. */
const RUNS_MAX = 32

/** An index log, for reading. */
export class IndexLog {
  readonly log: Log
  #newest: IndexSnapshot | null = null
  readonly #opening = new Mutex()
  readonly #decoded = DECODED_ROOM.open()
  /** Runs that were read last, by their block: the ops of one are asked for one by one. */
  readonly #runs = new Map<number, FoundRun>()
  /** Of a version, by oplog. */
  #newestRuns: { readonly version: number; readonly runs: Map<string, Promise<FoundRun | null>> } = {
    version: 0,
    runs: new Map(),
  }
  /** What was read of a log that is closed or has left its history is not told any more. */
  readonly #blocks: BlockTable = {
    get: (seq) => (this.log.isSteady ? this.#decoded.get(seq) : undefined),
    set: (seq, block) => this.log.isSteady && this.#decoded.set(seq, block),
  }

  private constructor(log: Log) {
    this.log = log
  }

  /** Opens the index of a log, over the blocks that are here. */
  static async open(log: Log): Promise<IndexLog> {
    requestManyBlocks(log.core)
    return new IndexLog(log)
  }

  /** The database's public key. */
  get key(): Uint8Array {
    return this.log.key
  }

  /** Length of the log: the newest version. */
  get length(): number {
    return this.log.length
  }

  /**
   * Reads the state at the newest batch end; `work` sees that one state, whatever is published meanwhile. Where blocks
   * are missing and no peer is connected, it is the newest batch end up to which every block is here.
   *
   * @throws {LogError} `INDEX_EMPTY`, `NOT_A_BATCH_END`, `BLOCK_MISSING`
   */
  async read<T>(work: (snapshot: IndexSnapshot) => Promise<T>): Promise<T> {
    return work(await this.#snapshot())
  }

  /**
   * The state at a past version.
   *
   * @throws {LogError} `INDEX_EMPTY` where nothing has arrived, `NOT_A_BATCH_END` for a length inside a batch
   */
  async at(version: number): Promise<IndexSnapshot> {
    const record = await this.batchEnd(version)
    return new IndexSnapshot(
      version,
      record,
      new BeeReader((seq) => this.log.get(seq), version, this.#blocks),
    )
  }

  /**
   * The batch record that ends at `version`.
   *
   * @throws {LogError} `INDEX_EMPTY`, `LOG_FORKED`, `NOT_A_BATCH_END`, `BLOCK_MISSING`
   */
  async batchEnd(version: number, options: ReadOptions = {}): Promise<BatchRecord> {
    if (this.log.conflicts.length > 0) {
      // hypercore closes a log of which it has seen two histories.
      throw new LogError(
        'LOG_FORKED',
        `the executor of database ${toHex(this.key)} has signed two histories: load the copy again to read its own`,
      )
    }
    if (this.length === 0) {
      throw new LogError(
        'INDEX_EMPTY',
        `nothing of database ${toHex(this.key)} has arrived yet: connect to a peer that has it`,
      )
    }
    // Block 0 is Hyperbee's header.
    if (!Number.isSafeInteger(version) || version < 2 || version > this.length) {
      throw new LogError('NOT_A_BATCH_END', `version ${version} is not between 2 and ${this.length}`, {
        details: { version },
      })
    }
    const entry = await this.entry(version - 1, options)
    if (entry.path !== BATCH_PATH || entry.value === null) {
      throw new LogError(
        'NOT_A_BATCH_END',
        `version ${version} is not a batch end: read at a version that a batch record closes`,
        {
          details: { version },
        },
      )
    }
    return decodeBatch(entry.value)
  }

  /**
   * One block of the index. Block 0 is Hyperbee's header and no entry.
   *
   * @throws {LogError} `BLOCK_MISSING`, `INDEX_UNREADABLE`
   */
  async entry(seq: number, options: ReadOptions = {}): Promise<IndexEntry> {
    // Decoded from the bytes alone: what fails here is the block's fault, not the storage's.
    const block = await this.log.get(seq, options)
    try {
      return { seq, ...decodeIndexBlock(block) }
    } catch (cause) {
      throw new LogError('INDEX_UNREADABLE', `block ${seq} of the index is not an entry`, {
        cause,
        details: { seq },
      })
    }
  }

  /** The genesis record. */
  async genesis(): Promise<GenesisRecord> {
    const value = await this.read((snapshot) => snapshot.read(GENESIS_PATH))
    if (value === null) throw new LogError('INDEX_UNREADABLE', 'the index has no genesis record')
    return decodeGenesis(value)
  }

  /** The newest run of an oplog, by one reverse seek; null where it has none. */
  async lastRun(oplog: Uint8Array): Promise<FoundRun | null> {
    return this.read(({ source }) => findLastRun(source, oplog))
  }

  /** The run that holds the outcome of block `seq` of an oplog, or null where it is not executed yet. */
  async runOf(oplog: Uint8Array, seq: number): Promise<FoundRun | null> {
    return this.read(async (snapshot) => {
      const newest = await this.#newestRun(snapshot, oplog)
      if (newest === null || seq >= endOfRun(newest)) return null
      if (seq >= newest.place.firstSeq) return newest
      const { gte } = childRange(runsPrefix(oplog))
      const lt = pathToKey(runPath({ oplog, firstSeq: seq + 1 }))
      const found = await this.#findRun(snapshot, { gte, lt })
      return found === null || seq >= endOfRun(found) ? null : found
    })
  }

  /** Looked for once in each version: all that wait for an op of the oplog ask for it. */
  #newestRun(snapshot: IndexSnapshot, oplog: Uint8Array): Promise<FoundRun | null> {
    const find = () => this.#findRun(snapshot, childRange(runsPrefix(oplog)))
    if (!this.log.isSteady) return find()
    if (this.#newestRuns.version !== snapshot.version)
      this.#newestRuns = { version: snapshot.version, runs: new Map() }
    const { runs } = this.#newestRuns
    const name = toHex(oplog)
    const known = runs.get(name)
    if (known !== undefined) return known
    const found = find()
    runs.set(name, found)
    found.catch(() => runs.delete(name)) // it may be readable later
    return found
  }

  async #findRun({ source }: IndexSnapshot, range: KeyRange): Promise<FoundRun | null> {
    const entry = await source.firstBlock(range, true)
    if (entry === null) return null
    const known = this.#runs.get(entry.seq)
    if (known !== undefined) return known
    const run = readRun(entry)
    this.#runs.set(entry.seq, run)
    if (this.#runs.size > RUNS_MAX) this.#runs.delete(this.#runs.keys().next().value!)
    return run
  }

  /** The entries that one op wrote: the blocks after its run, the ops before it passed over. */
  async changesOf(found: FoundRun, seq: number): Promise<IndexEntry[]> {
    const entries: IndexEntry[] = []
    for (const block of changeBlocks(found, seq)) entries.push(await this.entry(block))
    return entries
  }

  async close(): Promise<void> {
    await this.#opening.run(async () => {})
    this.#decoded.close()
  }

  /** The state at the newest version, opened once however many ask for it. */
  #snapshot(): Promise<IndexSnapshot> {
    return this.#opening.run(async () => {
      const version = await this.#readableVersion()
      if (this.#newest?.version !== version) this.#newest = await this.at(version)
      return this.#newest
    })
  }

  /** The newest version that can be read: of blocks that no peer can give, none is waited for. */
  async #readableVersion(): Promise<number> {
    const { log } = this
    if (log.isComplete || log.core.peers.length > 0 || log.core.closing !== null) return log.length
    for (let version = await log.gaplessLength(); version >= 2; version--) {
      const { path } = await this.entry(version - 1, { wait: false })
      if (path === BATCH_PATH) return version
    }
    return log.length
  }
}

/** What an index value means to a person: system entries as records, everything else as a value. */
export function decodeEntryValue(path: string, value: Uint8Array): unknown {
  if (path === BATCH_PATH) return decodeBatch(value)
  if (path === GENESIS_PATH) return decodeGenesis(value)
  if (parseRunPath(path) !== null) return decodeRun(value)
  return decodeValue(value, path === SOURCE_PATH ? { bytesMax: Number.MAX_SAFE_INTEGER } : {})
}
