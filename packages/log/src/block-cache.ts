/**
 * The blocks of one log that were read or written last. A block of a log that follows no fork never changes, so
 * what is kept here is what the log would give, without a way to the disk.
 */

export class BlockCache {
  readonly #bytesMax: number
  /** The one used longest ago first. */
  readonly #blocks = new Map<number, Uint8Array>()
  #bytes = 0

  /** @param bytesMax most bytes of blocks that are kept */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** A copy of a block, which the caller may change; undefined where it is not kept. */
  get(seq: number): Uint8Array | undefined {
    const block = this.#blocks.get(seq)
    if (block === undefined) return undefined
    this.#blocks.delete(seq)
    this.#blocks.set(seq, block)
    return new Uint8Array(block)
  }

  /** Keeps a copy, and lets go of what was used longest ago where room is needed. */
  set(seq: number, block: Uint8Array): void {
    this.delete(seq)
    if (block.length > this.#bytesMax) return
    this.#blocks.set(seq, new Uint8Array(block))
    this.#bytes += block.length
    for (const oldest of this.#blocks.keys()) {
      if (this.#bytes <= this.#bytesMax) return
      this.delete(oldest)
    }
  }

  delete(seq: number): void {
    this.#bytes -= this.#blocks.get(seq)?.length ?? 0
    this.#blocks.delete(seq)
  }
}
