/**
 * The blocks of one log that were read or written last. A block of a log that follows no fork never changes, so
 * what is kept here is what the log would give, without a way to the disk.
 */

/** What a block takes in memory besides its bytes. */
const BLOCK_EXTRA_BYTES = 200

export class BlockCache {
  readonly #bytesMax: number
  /** The one used longest ago first. */
  readonly #blocks = new Map<number, Uint8Array>()
  #bytes = 0

  /** @param bytesMax most bytes that the kept blocks take */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** A copy of a block, which the caller may change; undefined where it is not kept. */
  get(seq: number): Uint8Array | undefined {
    const block = this.#blocks.get(seq)
    if (block === undefined) return undefined
    this.#blocks.delete(seq)
    // Memory that it came in with others is not kept for its sake.
    const isAlone = block.buffer.byteLength < 2 * block.length
    this.#blocks.set(seq, isAlone ? block : new Uint8Array(block))
    return new Uint8Array(block)
  }

  /** A block itself, which nobody may change; undefined where it is not kept. It counts as no use. */
  peek(seq: number): Uint8Array | undefined {
    return this.#blocks.get(seq)
  }

  /** Keeps a block, which nobody may change any more, and lets go of what was used longest ago where room is needed. */
  set(seq: number, block: Uint8Array): void {
    this.delete(seq)
    if (weightOf(block) > this.#bytesMax) return
    this.#blocks.set(seq, block)
    this.#bytes += weightOf(block)
    for (const oldest of this.#blocks.keys()) {
      if (this.#bytes <= this.#bytesMax) return
      this.delete(oldest)
    }
  }

  delete(seq: number): void {
    const block = this.#blocks.get(seq)
    if (block === undefined) return
    this.#bytes -= weightOf(block)
    this.#blocks.delete(seq)
  }
}

function weightOf({ length }: Uint8Array): number {
  return length + BLOCK_EXTRA_BYTES
}
