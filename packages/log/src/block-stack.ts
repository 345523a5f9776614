/** Blocks of an index that are laid out and not published yet, over the log: an audit lays all of them out in memory. */

/** The log that blocks are laid over. */
export interface BaseLog {
  readonly length: number
  /** A block. @throws where it is not here */
  get(seq: number): Promise<Uint8Array>
  /** A block that is in memory; undefined where it is not. */
  loaded?(seq: number): Uint8Array | undefined
  /** Blocks in any order, in one read; null for one that is not here. */
  scattered?(seqs: readonly number[]): Promise<readonly (Uint8Array | null)[]>
}

/** A log's blocks up to a length, then blocks in memory. */
export class BlockStack {
  readonly #log: BaseLog | null
  #baseLength: number
  #blocks: Uint8Array[] = []

  constructor(log: BaseLog | null, baseLength: number) {
    this.#log = log
    this.#baseLength = baseLength
  }

  get length(): number {
    return this.#baseLength + this.#blocks.length
  }

  push(block: Uint8Array): void {
    this.#blocks.push(block)
  }

  /** A block that is in memory; undefined where it is not. */
  loaded(seq: number): Uint8Array | undefined {
    return this.#blocks[seq - this.#baseLength] ?? this.#log?.loaded?.(seq)
  }

  async get(seq: number): Promise<Uint8Array> {
    const staged = this.#blocks[seq - this.#baseLength]
    if (staged !== undefined) return staged
    if (this.#log === null) throw new RangeError(`block ${seq} is beyond the end`)
    return this.#log.get(seq)
  }

  /** Blocks in any order, in one read; undefined where the log gives none so. */
  get scattered(): BaseLog['scattered'] {
    const log = this.#log
    if (log?.scattered === undefined) return undefined
    return async (seqs) => {
      const blocks: (Uint8Array | null)[] = seqs.map((seq) => this.loaded(seq) ?? null)
      const places = [...seqs.keys()].filter((n) => blocks[n] === null)
      const read = await log.scattered!(places.map((n) => seqs[n]!))
      for (const [nth, n] of places.entries()) blocks[n] = read[nth]!
      return blocks
    }
  }

  /** Forgets staged blocks that the log holds by now. */
  settle(): void {
    const length = Math.min(this.#log?.length ?? this.#baseLength, this.length)
    if (length <= this.#baseLength) return // a log that is closed says 0
    this.#blocks = this.#blocks.slice(length - this.#baseLength)
    this.#baseLength = length
  }
}
