/** The batches of an index, one after the other in either direction: which runs they hold, read many blocks at a time. */
import {
  BATCH_PATH,
  decodeBatch,
  decodeIndexBlock,
  decodeRun,
  type FoundRun,
  type IndexLog,
  parseRunPath,
} from '@vitra/log'

/** Blocks that are read at a time, and how often they are kept. */
const WINDOW_BLOCKS = 256
const WINDOWS_MAX = 8

/** A batch: the blocks from `start` up to, not including, `end`. */
export interface Batch {
  readonly start: number
  readonly end: number
  readonly runs: readonly FoundRun[]
}

export class Batches {
  readonly #index: IndexLog
  readonly #windows = new Map<number, readonly (Uint8Array | null)[]>()

  constructor(index: IndexLog) {
    this.#index = index
  }

  /** The batch that ends at an index length; its start is 0 for genesis. @throws {LogError} `BLOCK_MISSING`, `NOT_A_BATCH_END` */
  async endingAt(end: number): Promise<Batch> {
    const { prevEnd } = await this.#index.batchEnd(end)
    return prevEnd === 0 ? { start: 0, end, runs: [] } : (await this.#from(prevEnd, end))!
  }

  /** The batch that begins at an index length; null where none ends up to `limit`. */
  async startingAt(start: number, limit: number): Promise<Batch | null> {
    return this.#from(start, limit)
  }

  /** Goes from run to run: the changes of each are passed over. */
  async #from(start: number, limit: number): Promise<Batch | null> {
    const runs: FoundRun[] = []
    let seq = Math.max(1, start) // block 0 is Hyperbee's header
    while (seq < limit) {
      const { path, value } = await this.#entry(seq)
      if (path === BATCH_PATH && value !== null && decodeBatch(value).prevEnd === start)
        return { start, end: seq + 1, runs }
      const place = value === null || start === 0 ? null : parseRunPath(path)
      if (place !== null) {
        const run = decodeRun(value!)
        runs.push({ seq, place, run })
        for (const { numChanges } of run.outcomes) seq += numChanges
      }
      seq++
    }
    return null
  }

  async #entry(seq: number): Promise<{ path: string; value: Uint8Array | null }> {
    const first = seq - (seq % WINDOW_BLOCKS)
    const window = this.#windows.get(first) ?? (await this.#read(first))
    const block = window[seq - first]
    return block == null ? this.#index.entry(seq) : decodeIndexBlock(block)
  }

  async #read(first: number): Promise<readonly (Uint8Array | null)[]> {
    const { log } = this.#index
    const blocks = await log.stored(first, first + WINDOW_BLOCKS)
    if (blocks.length === WINDOW_BLOCKS) this.#windows.set(first, blocks) // the last one grows
    if (this.#windows.size > WINDOWS_MAX) this.#windows.delete(this.#windows.keys().next().value!)
    return blocks
  }
}
