/**
 * Lays out index batches as Hyperbee blocks, without publishing them (spec/2-index §1). The executor
 * signs and appends what comes out; the verifier compares its hash with what was published.
 */
import Hyperbee from 'hyperbee'
import type Hypercore from 'hypercore'
import { BeeSource, type BlockSource } from './bee-source.js'
import { sodiumCrypto } from './crypto.js'
import { Roots, type TreeNode } from './proofs/merkle.js'
import { type BaseLog, BlockStack, StagedCore } from './staged-core.js'
import type { Change } from './values/overlay.js'
import { pathToKey } from './values/path.js'

/** The blocks of a batch, ready to be appended. */
export interface LaidOut {
  /** Index length before these blocks. */
  readonly start: number
  readonly blocks: readonly Uint8Array[]
  /** Tree hash after these blocks. */
  readonly treeHash: Uint8Array
}

/** What an index is built on: a log, or as much of one as a proof holds. */
export interface LayoutBase extends BaseLog {
  /** The roots of the tree of the first `length` blocks, left to right. */
  roots(length?: number): Promise<{ readonly length: number; readonly roots: readonly TreeNode[] }>
}

/** Lays batches out as index blocks, over the log or, for an audit, in memory. */
export class IndexWriter {
  readonly #stack: BlockStack
  readonly #bee: Hyperbee
  #roots: Roots

  private constructor(stack: BlockStack, roots: Roots) {
    this.#stack = stack
    this.#roots = roots
    this.#bee = new Hyperbee(new StagedCore(stack) as unknown as Hypercore, { extension: false })
  }

  /**
   * Over the first blocks of a log, or over nothing for a new index or an audit.
   *
   * @param at length of the log that is built on; default all of it
   */
  static async open(log: LayoutBase | null, at?: number): Promise<IndexWriter> {
    const { length, roots } = log === null ? { length: 0, roots: [] } : await log.roots(at)
    const writer = new IndexWriter(new BlockStack(log, length), new Roots(sodiumCrypto, length, roots))
    await writer.#bee.ready()
    return writer
  }

  /** Length of the index, staged blocks included. */
  get length(): number {
    return this.#stack.length
  }

  /** Tree hash at that length. */
  treeHash(): Uint8Array {
    return this.#roots.treeHash()
  }

  /** The state at that length. */
  get source(): BlockSource {
    return new BeeSource(this.#bee)
  }

  /**
   * Lays out one batch. Every put, and every delete of a present key, takes exactly one block; the
   * first batch of an index takes one more, Hyperbee's header.
   */
  async layOut(changes: Iterable<Change>): Promise<LaidOut> {
    const start = this.#stack.length
    const batch = this.#bee.batch()
    try {
      for (const { path, value } of changes) {
        const key = Buffer.from(pathToKey(path))
        if (value === null) await batch.del(key)
        else await batch.put(key, Buffer.from(value.buffer, value.byteOffset, value.byteLength))
      }
      await batch.flush()
    } catch (error) {
      await batch.close() // it holds a lock that the next batch waits for
      throw error
    }
    const blocks = this.#stack.since(start)
    const roots = this.#roots.clone()
    for (const block of blocks) roots.append(block)
    this.#roots = roots
    return { start, blocks, treeHash: roots.treeHash() }
  }

  /** Forgets staged blocks that the log holds by now. */
  settle(): void {
    this.#stack.settle()
  }
}
