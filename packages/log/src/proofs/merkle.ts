/**
 * hypercore's Merkle tree, recomputed from blocks alone (spec/7-proofs §3): leaf `H(0 ‖ size ‖ block)`,
 * parent `H(1 ‖ size ‖ left ‖ right)`, tree `H(2 ‖ (hash ‖ index ‖ size)*)` over the roots. Indexes
 * are flat-tree ones: block n is node 2n.
 */
import flat from 'flat-tree'
import { type Crypto, uint64 } from './crypto.js'

/** A node of hypercore's Merkle tree (spec/7-proofs §3). */
export interface TreeNode {
  /** Flat-tree index. */
  readonly index: number
  /** Bytes of all blocks below. */
  readonly size: number
  readonly hash: Uint8Array
}

const LEAF = Uint8Array.of(0)
const PARENT = Uint8Array.of(1)
const ROOT = Uint8Array.of(2)

/** The leaf of one block. */
export function leafNode(crypto: Crypto, seq: number, block: Uint8Array): TreeNode {
  return { index: 2 * seq, size: block.length, hash: crypto.hash(LEAF, uint64(block.length), block) }
}

/** The parent of two sibling nodes. */
export function parentNode(crypto: Crypto, left: TreeNode, right: TreeNode): TreeNode {
  const size = left.size + right.size
  return {
    index: flat.parent(left.index),
    size,
    hash: crypto.hash(PARENT, uint64(size), left.hash, right.hash),
  }
}

/** The hash that a head signs. */
export function treeHash(crypto: Crypto, roots: readonly TreeNode[]): Uint8Array {
  const parts: Uint8Array[] = [ROOT]
  for (const root of roots) parts.push(root.hash, uint64(root.index), uint64(root.size))
  return crypto.hash(...parts)
}

/** Flat-tree indexes of the roots of a log of `length` blocks, left to right. */
export function rootIndexes(length: number): number[] {
  return flat.fullRoots(2 * length)
}

/** The roots of a growing log: append blocks, read the tree hash. */
export class Roots {
  #roots: TreeNode[]
  #length: number
  readonly #crypto: Crypto

  /** @param roots the roots of the first `length` blocks, left to right */
  constructor(crypto: Crypto, length = 0, roots: readonly TreeNode[] = []) {
    this.#crypto = crypto
    this.#length = length
    this.#roots = [...roots]
  }

  get length(): number {
    return this.#length
  }

  /** Takes in the next block. */
  append(block: Uint8Array): void {
    let node = leafNode(this.#crypto, this.#length++, block)
    for (;;) {
      const left = this.#roots.at(-1)
      if (left === undefined || flat.sibling(node.index) !== left.index) break
      this.#roots.pop()
      node = parentNode(this.#crypto, left, node)
    }
    this.#roots.push(node)
  }

  /** The tree hash of the blocks so far. */
  treeHash(): Uint8Array {
    return treeHash(this.#crypto, this.#roots)
  }

  /** A copy that grows on its own. */
  clone(): Roots {
    return new Roots(this.#crypto, this.#length, this.#roots)
  }
}
