/**
 * The tree over the blocks of the index as they were published (spec/7-proofs §3): what an audit by hashes alone has
 * instead of an index that it rebuilds.
 */
import { type EntrySource, type LogReader, type Lookup, type RawEntry, Roots, sodiumCrypto } from '@vitra/log'

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
    while (this.#roots.length < end) {
      const seq = this.#roots.length
      this.#roots.append(this.#reader.loaded(seq) ?? (await this.#reader.get(seq)))
    }
  }
}

const NO_STATE: EntrySource = {
  async get(): Promise<Uint8Array | null> {
    throw new Error('an audit by hashes reads no state')
  },
  async lookUp(): Promise<Lookup> {
    throw new Error('an audit by hashes reads no state')
  },
  async first(): Promise<RawEntry | null> {
    throw new Error('an audit by hashes reads no state')
  },
}
