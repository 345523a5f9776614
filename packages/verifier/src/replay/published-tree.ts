/**
 * The tree over the blocks of the index as they were published (spec/7-proofs §3): what an audit by hashes alone has
 * instead of an index that it rebuilds.
 */
import {
  type EntrySource,
  type LogReader,
  parseRunPath,
  type RawEntry,
  Roots,
  sodiumCrypto,
  toHex,
} from '@vitra/log'
import type { WholeBatch } from '../batch/published-batch.js'

export class PublishedTree {
  /** Nothing is run, so nothing is read. */
  readonly source: EntrySource = NO_STATE
  readonly #reader: LogReader
  readonly #roots: Roots

  private constructor(reader: LogReader, roots: Roots) {
    this.#reader = reader
    this.#roots = roots
  }

  /** @throws {LogError} `BLOCK_MISSING` */
  static async open(reader: LogReader, length: number): Promise<PublishedTree> {
    const { roots } = await reader.roots(length)
    return new PublishedTree(reader, new Roots(sodiumCrypto, length, roots))
  }

  get length(): number {
    return this.#roots.length
  }

  treeHash(): Uint8Array {
    return this.#roots.treeHash()
  }

  /** Takes the published blocks up to `end` into the tree. @throws {LogError} `BLOCK_MISSING` */
  async take(end: number): Promise<void> {
    while (this.#roots.length < end) this.#roots.append(await this.#reader.get(this.#roots.length))
  }
}

/** Index blocks of the newest run of each oplog in a batch that was checked, by oplog key in hex. */
export function runBlocksOf({ entries }: WholeBatch): Map<string, number> {
  const blocks = new Map<string, number>()
  for (const { path, seq } of entries) {
    const place = parseRunPath(path)
    if (place !== null) blocks.set(toHex(place.oplog), seq)
  }
  return blocks
}

const NO_STATE: EntrySource = {
  async get(): Promise<Uint8Array | null> {
    throw new Error('an audit by hashes reads no state')
  },
  async first(): Promise<RawEntry | null> {
    throw new Error('an audit by hashes reads no state')
  },
}
