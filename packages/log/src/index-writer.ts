/**
 * Lays out index batches as Hyperbee blocks, without publishing them (spec/2-index §1). The executor
 * signs and appends what comes out; the verifier compares its hash with what was published.
 */

import { BeeWriter } from './bee-writer.js'
import type { BlockSource } from './block-source.js'
import { type BaseLog, BlockStack } from './block-stack.js'
import { sodiumCrypto } from './crypto.js'
import { DecodedRoom } from './decoded-blocks.js'
import { BeeReader, type BlockTable } from './proofs/bee-reader.js'
import { type Growth, Roots, type TreeNode } from './proofs/merkle.js'
import type { Change } from './values/overlay.js'

/** Room for decoded blocks of one index, in bytes. */
const DECODED_BYTES_MAX = 32 * 1024 * 1024

/** The blocks of a batch, ready to be appended. */
export interface LaidOut {
  /** Index length before these blocks. */
  readonly start: number
  readonly blocks: readonly Uint8Array[]
  /** Tree hash after these blocks. */
  readonly treeHash: Uint8Array
  /** What the blocks make of the tree. */
  readonly growth: Growth
}

/** What an index is built on: a log, or as much of one as a proof holds. */
export interface LayoutBase extends BaseLog {
  /** The roots of the tree of the first `length` blocks, left to right. */
  roots(length?: number): Promise<{ readonly length: number; readonly roots: readonly TreeNode[] }>
}

/** Lays batches out as index blocks, over the log or, for an audit, in memory. */
export class IndexWriter {
  readonly #stack: BlockStack
  readonly #decoded: BlockTable = new DecodedRoom(DECODED_BYTES_MAX).open()
  readonly #tree: BeeWriter
  #roots: Roots

  private constructor(stack: BlockStack, roots: Roots) {
    this.#stack = stack
    this.#roots = roots
    this.#tree = new BeeWriter(stack, stack.length, this.#decoded)
  }

  /**
   * Over the first blocks of a log, or over nothing for a new index or an audit.
   *
   * @param at length of the log that is built on; default all of it
   */
  static async open(log: LayoutBase | null, at?: number): Promise<IndexWriter> {
    const { length, roots } = log === null ? { length: 0, roots: [] } : await log.roots(at)
    return new IndexWriter(new BlockStack(log, length), new Roots(sodiumCrypto, length, roots))
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
    return new BeeReader((seq) => this.#stack.get(seq), this.length, this.#decoded)
  }

  /**
   * Lays out one batch. Every put, and every delete of a present key, takes exactly one block; the
   * first batch of an index takes one more, Hyperbee's header.
   */
  async layOut(changes: Iterable<Change>): Promise<LaidOut> {
    const start = this.#stack.length
    const blocks = await this.#tree.write(changes)
    for (const block of blocks) this.#stack.push(block)
    const before = this.#roots
    const nodes: TreeNode[] = []
    const roots = before.clone()
    for (const block of blocks) roots.append(block, nodes)
    this.#roots = roots
    return { start, blocks, treeHash: roots.treeHash(), growth: { before, nodes, after: roots } }
  }

  /** Forgets staged blocks that the log holds by now. */
  settle(): void {
    this.#stack.settle()
  }
}
