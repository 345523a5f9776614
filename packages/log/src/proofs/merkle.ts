/**
 * hypercore's Merkle tree, recomputed from blocks alone (spec/7-proofs §3): leaf `H(0 ‖ size ‖ block)`,
 * parent `H(1 ‖ size ‖ left ‖ right)`, tree `H(2 ‖ (hash ‖ index ‖ size)*)` over the roots. Indexes
 * are flat-tree ones: block n is node 2n.
 */
import flat from 'flat-tree'
import { sameBytes } from '../values/value.js'
import { type Crypto, writeUint64 } from './crypto.js'

/** A node of hypercore's Merkle tree (spec/7-proofs §3). */
export interface TreeNode {
  /** Flat-tree index. */
  readonly index: number
  /** Bytes of all blocks below. */
  readonly size: number
  readonly hash: Uint8Array
}

const HASH_BYTES = 32
const ROOT = 2
// What is hashed of a node, in memory that is used again for the next one: 0 or 1, the size, then the hashes below.
const leaf = new Uint8Array(9)
const parent = new Uint8Array(9 + 2 * HASH_BYTES).fill(1, 0, 1)

/** The leaf of one block. */
export function leafNode(crypto: Crypto, seq: number, block: Uint8Array): TreeNode {
  writeUint64(leaf, 1, block.length)
  return { index: 2 * seq, size: block.length, hash: crypto.hash(leaf, block) }
}

/** The parent of two sibling nodes. */
export function parentNode(crypto: Crypto, left: TreeNode, right: TreeNode): TreeNode {
  if (left.hash.length !== HASH_BYTES || right.hash.length !== HASH_BYTES) throw new RangeError('not a hash')
  const size = left.size + right.size
  writeUint64(parent, 1, size)
  parent.set(left.hash, 9)
  parent.set(right.hash, 9 + HASH_BYTES)
  return { index: (left.index + right.index) / 2, size, hash: crypto.hash(parent) }
}

/** The hash that a head signs. */
export function treeHash(crypto: Crypto, roots: readonly TreeNode[]): Uint8Array {
  const bytes = new Uint8Array(1 + roots.length * (HASH_BYTES + 16))
  bytes[0] = ROOT
  for (const [n, { hash, index, size }] of roots.entries()) {
    const at = 1 + n * (HASH_BYTES + 16)
    bytes.set(hash, at)
    writeUint64(bytes, at + HASH_BYTES, index)
    writeUint64(bytes, at + HASH_BYTES + 8, size)
  }
  return crypto.hash(bytes)
}

/** Flat-tree indexes of the roots of a log of `length` blocks, left to right. */
export function rootIndexes(length: number): number[] {
  return flat.fullRoots(2 * length)
}

/** What blocks make of a log's tree. */
export interface Growth {
  readonly before: Roots
  /** The nodes that the blocks add, in the order in which they are made. */
  readonly nodes: readonly TreeNode[]
  readonly after: Roots
}

/** Flat-tree indexes of the fewest nodes over the blocks from `start` up to, not including, `end`, left to right. */
export function coverIndexes(start: number, end: number): number[] {
  const indexes: number[] = []
  for (let at = start; at < end; ) {
    let count = 1
    while (at % (2 * count) === 0 && at + 2 * count <= end) count *= 2
    indexes.push(2 * at + count - 1)
    at += count
  }
  return indexes
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

  /** The roots so far, left to right. */
  get roots(): readonly TreeNode[] {
    return this.#roots
  }

  /** Takes in the next block. @param made is given the nodes that come with it */
  append(block: Uint8Array, made?: TreeNode[]): void {
    this.#push(leafNode(this.#crypto, this.#length++, block), made)
  }

  /** Takes in the next blocks by the node over them. @param made as for {@link append} */
  appendNode(node: TreeNode, made?: TreeNode[]): void {
    if (flat.leftSpan(node.index) !== 2 * this.#length) throw new RangeError('not the next node')
    this.#length = flat.rightSpan(node.index) / 2 + 1
    this.#push(node, made)
  }

  #push(last: TreeNode, made?: TreeNode[]): void {
    let node = last
    for (;;) {
      made?.push(node)
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

  /** True where both are of the same blocks. */
  equals(other: Roots): boolean {
    const pairs = this.#roots.map((root, n) => [root, other.#roots[n]] as const)
    return (
      this.#length === other.#length &&
      pairs.every(([a, b]) => b !== undefined && a.size === b.size && sameBytes(a.hash, b.hash))
    )
  }

  /** A copy that grows on its own. */
  clone(): Roots {
    return new Roots(this.#crypto, this.#length, this.#roots)
  }
}
