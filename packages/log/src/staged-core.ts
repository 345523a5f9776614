/**
 * Blocks laid over a log, or over nothing, in the shape Hyperbee wants of a hypercore. Hyperbee
 * writes here; the blocks are taken out, signed and appended by others. An audit uses it alone to
 * rebuild an index in memory (decision 4 of the architecture).
 */
import { EventEmitter } from 'node:events'

interface BlockCodec {
  decode(bytes: Uint8Array): unknown
}

/** The log that blocks are laid over. */
export interface BaseLog {
  readonly length: number
  /** A block. @throws where it is not here */
  get(seq: number): Promise<Uint8Array>
}

export class StagedCore extends EventEmitter {
  readonly opened = true
  readonly closing = null
  readonly closed = false
  readonly writable = true
  readonly readable = true
  readonly fork = 0
  readonly globalCache = null
  readonly replicator = {}
  readonly #blocks: BlockStack
  readonly #fixedLength: number | null

  constructor(blocks: BlockStack, fixedLength: number | null = null) {
    super()
    this.#blocks = blocks
    this.#fixedLength = fixedLength
    this.setMaxListeners(0)
  }

  get length(): number {
    return this.#fixedLength ?? this.#blocks.length
  }

  async ready(): Promise<void> {}

  async close(): Promise<void> {}

  async update(): Promise<boolean> {
    return false
  }

  snapshot(): StagedCore {
    return new StagedCore(this.#blocks, this.length)
  }

  session(): StagedCore {
    return new StagedCore(this.#blocks, this.#fixedLength)
  }

  async get(seq: number, options: { valueEncoding?: BlockCodec } = {}): Promise<unknown> {
    const block = await this.#blocks.get(seq)
    return options.valueEncoding ? options.valueEncoding.decode(block) : block
  }

  async append(blocks: Buffer | Buffer[]): Promise<void> {
    for (const block of Array.isArray(blocks) ? blocks : [blocks]) this.#blocks.push(block)
    this.emit('append')
  }
}

/** A log's blocks up to a length, then blocks in memory. */
export class BlockStack {
  readonly #log: BaseLog | null
  #baseLength: number
  #blocks: Buffer[] = []

  constructor(log: BaseLog | null, baseLength: number) {
    this.#log = log
    this.#baseLength = baseLength
  }

  get length(): number {
    return this.#baseLength + this.#blocks.length
  }

  push(block: Buffer): void {
    this.#blocks.push(block)
  }

  async get(seq: number): Promise<Buffer> {
    const staged = this.#blocks[seq - this.#baseLength]
    if (staged !== undefined) return staged
    if (this.#log === null) throw new RangeError(`block ${seq} is beyond the end`)
    const block = await this.#log.get(seq)
    return Buffer.from(block.buffer, block.byteOffset, block.byteLength)
  }

  /** Blocks staged from `start` on. */
  since(start: number): Uint8Array[] {
    return this.#blocks.slice(start - this.#baseLength).map((block) => new Uint8Array(block))
  }

  /** Drops the staged blocks from `length` on: a batch that was not published. */
  truncate(length: number): void {
    this.#blocks.length = length - this.#baseLength
  }

  /** Forgets staged blocks that the log holds by now. */
  settle(): void {
    const length = Math.min(this.#log?.length ?? this.#baseLength, this.length)
    if (length <= this.#baseLength) return // a log that is closed says 0
    this.#blocks = this.#blocks.slice(length - this.#baseLength)
    this.#baseLength = length
  }
}
