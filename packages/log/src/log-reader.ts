/**
 * Reads a log as an audit does: nearly every block, mostly in order. Blocks come from the storage many at a time, the next
 * ones while those before are worked on, and those that were read last stay in memory.
 */
import type { Log, ReadOptions } from './log.js'
import type { TreeNode } from './proofs/merkle.js'

/** Blocks of one read; a multiple of them begins each. */
const CHUNK_BLOCKS = 128
/** What a block takes in memory besides its bytes. */
const BLOCK_EXTRA_BYTES = 150

interface Chunk {
  readonly blocks: (Uint8Array | null | undefined)[]
  /** The read that is under way. */
  reading: Promise<void> | null
  bytes: number
}

/** @example const reader = new LogReader(log, 16 * 1024 * 1024) */
export class LogReader {
  readonly #log: Log
  readonly #bytesMax: number
  /** The one used longest ago first. */
  readonly #chunks = new Map<number, Chunk>()
  #newest: Chunk | null = null
  #bytes = 0

  /** @param bytesMax most bytes of blocks that stay in memory */
  constructor(log: Log, bytesMax: number) {
    this.#log = log
    this.#bytesMax = bytesMax
  }

  /** Of the log. */
  get length(): number {
    return this.#log.length
  }

  /** As {@link Log.roots}. */
  roots(length?: number): Promise<{ length: number; roots: TreeNode[] }> {
    return length === 0 ? Promise.resolve({ length, roots: [] }) : this.#log.roots(length)
  }

  /**
   * One block, which others read as well: it must not be changed.
   *
   * @throws {LogError} `BLOCK_MISSING` where it is not here and no peer gives it in time; `LOG_FOREIGN`
   */
  async get(seq: number, options: ReadOptions = {}): Promise<Uint8Array> {
    const number = Math.floor(seq / CHUNK_BLOCKS)
    const chunk = this.#chunk(number)
    const nth = seq - number * CHUNK_BLOCKS
    // Where that fails, so does what comes next, and says why.
    if (chunk.blocks[nth] == null) await this.#read(number, chunk, nth).catch(ignore)
    const block = chunk.blocks[nth] ?? (await this.#log.get(seq, options))
    chunk.blocks[nth] = block
    return block
  }

  /**
   * One block, out of order. Those around it are read with it only where all of the log has room in memory.
   *
   * @throws as {@link get}
   */
  async single(seq: number): Promise<Uint8Array> {
    const loaded = this.loaded(seq)
    if (loaded !== undefined) return loaded
    const { byteLength, length } = this.#log.core
    if (byteLength + BLOCK_EXTRA_BYTES * length <= this.#bytesMax) return this.get(seq)
    const [block] = await this.#log.stored(seq, seq + 1)
    return block ?? this.#log.get(seq)
  }

  /** A block that is in memory; undefined where it is not. It must not be changed. */
  loaded(seq: number): Uint8Array | undefined {
    const number = Math.floor(seq / CHUNK_BLOCKS)
    if (!this.#chunks.has(number)) return undefined
    return this.#chunk(number).blocks[seq - number * CHUNK_BLOCKS] ?? undefined
  }

  /** Begins to read what follows a block that is read in order, unless that is here already. */
  ahead(seq: number): void {
    const number = Math.floor(seq / CHUNK_BLOCKS) + 1
    if (this.#chunks.has(number) || number * CHUNK_BLOCKS >= this.#log.length) return
    this.#read(number, this.#chunk(number), 0).catch(ignore)
  }

  #chunk(number: number): Chunk {
    const known = this.#chunks.get(number)
    if (known !== undefined) {
      if (known === this.#newest) return known
      this.#chunks.delete(number)
      this.#chunks.set(number, known)
      this.#newest = known
      return known
    }
    const chunk: Chunk = { blocks: [], reading: null, bytes: 0 }
    this.#chunks.set(number, chunk)
    this.#newest = chunk
    return chunk
  }

  /** Reads a chunk, or what is not here of it yet from a block on. */
  async #read(number: number, chunk: Chunk, from: number): Promise<void> {
    if (chunk.reading !== null) {
      await chunk.reading
      if (chunk.blocks[from] != null) return
    }
    const start = chunk.blocks.length === 0 ? 0 : from
    const first = number * CHUNK_BLOCKS
    chunk.reading = this.#log.stored(first + start, first + CHUNK_BLOCKS).then((blocks) => {
      for (const [nth, block] of blocks.entries()) chunk.blocks[start + nth] ??= block
    })
    try {
      await chunk.reading
    } finally {
      chunk.reading = null
    }
    this.#weigh(number, chunk)
  }

  /** Lets go of what was used longest ago where room is needed. */
  #weigh(number: number, chunk: Chunk): void {
    if (this.#chunks.get(number) !== chunk) return // it was let go of meanwhile
    this.#bytes -= chunk.bytes
    chunk.bytes = chunk.blocks.reduce((sum, block) => sum + (block?.length ?? 0) + BLOCK_EXTRA_BYTES, 0)
    this.#bytes += chunk.bytes
    for (const [oldest, { bytes, reading }] of this.#chunks) {
      if (this.#bytes <= this.#bytesMax || this.#chunks.size === 1) return
      if (reading !== null) continue
      this.#chunks.delete(oldest)
      this.#bytes -= bytes
    }
  }
}

/** Whoever needs the block reads it by itself, and is told. */
function ignore(): void {}
