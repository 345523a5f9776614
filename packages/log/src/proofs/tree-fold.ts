/**
 * Which nodes of a log's tree a proof needs, and in which order (spec/7-proofs §3): one walk from left to right,
 * that prover and checker share. Positions follow from it, so no proof writes them down.
 */
import type { Crypto } from './crypto.js'
import { parentNode, type TreeNode } from './merkle.js'

/** A node as a proof carries it: its place follows from the walk. */
export interface ProofNode {
  /** Bytes of all blocks below. */
  readonly size: number
  readonly hash: Uint8Array
}

/** Longest log that proofs are about: beyond it flat-tree indexes are no exact numbers. */
export const PROVED_LENGTH_MAX = 2 ** 52

/** What the walk does where it stops, and with what it comes back with. */
export interface TreeFold<T> {
  /** True where the walk goes below the subtree of the blocks from `start` up to, not including, `end`. */
  opens(start: number, end: number): boolean
  /** A block that the walk reached. */
  leaf(seq: number): T
  /** A subtree that it did not open, by its flat-tree index. */
  node(index: number): T
  join(left: T, right: T): T
}

/** Walks the tree of `length` blocks from left to right; what became of each root. */
export function foldTree<T>(length: number, fold: TreeFold<T>): T[] {
  const below = (start: number, blocks: number): T => {
    if (!fold.opens(start, start + blocks)) return fold.node(2 * start + blocks - 1)
    if (blocks === 1) return fold.leaf(start)
    const half = blocks / 2
    const left = below(start, half)
    return fold.join(left, below(start + half, half))
  }
  const roots: T[] = []
  let blocks = 2 ** Math.floor(Math.log2(length))
  for (let start = 0; start < length; blocks /= 2) {
    if (start + blocks > length) continue
    roots.push(below(start, blocks))
    start += blocks
  }
  return roots
}

/** Flat-tree indexes of the nodes that a proof of these blocks carries. `seqs` ascend. */
export function nodesBeside(length: number, seqs: readonly number[]): number[] {
  const indexes: number[] = []
  foldTree(length, {
    ...collector(indexes),
    opens: opensFor(seqs),
  })
  return indexes
}

/** Flat-tree indexes of the nodes that join the first `from` blocks to a tree of `length`. */
export function nodesBetween(from: number, length: number): number[] {
  const indexes: number[] = []
  foldTree(length, { ...collector(indexes), opens: opensAt(from) })
  return indexes
}

function collector(indexes: number[]): Omit<TreeFold<null>, 'opens'> {
  return {
    leaf: () => null,
    node: (index) => {
      indexes.push(index)
      return null
    },
    join: () => null,
  }
}

/** Opens the subtrees that hold one of `seqs`; a walk asks from left to right. */
export function opensFor(seqs: readonly number[]): (start: number, end: number) => boolean {
  let next = 0
  return (start, end) => {
    while (next < seqs.length && seqs[next]! < start) next++
    return next < seqs.length && seqs[next]! < end
  }
}

/** Opens the subtrees that a cut after the first `cut` blocks divides. */
export function opensAt(cut: number): (start: number, end: number) => boolean {
  return (start, end) => start < cut && cut < end
}

/** The nodes of a proof, handed out in the order of the walk. Throws where one is missing or no node. */
export class NodeQueue {
  readonly #nodes: readonly ProofNode[]
  #used = 0

  constructor(nodes: readonly ProofNode[]) {
    this.#nodes = nodes
  }

  next(index: number): TreeNode {
    const node = this.#nodes[this.#used++]
    if (node === undefined) throw new RangeError('a node is missing')
    const { size, hash } = node
    if (!Number.isSafeInteger(size) || size < 0 || !isHash(hash)) throw new RangeError('not a node')
    return { index, size, hash }
  }

  get isUsedUp(): boolean {
    return this.#used === this.#nodes.length
  }
}

function isHash(hash: Uint8Array): boolean {
  // By its form: bytes of another realm are bytes too.
  return ArrayBuffer.isView(hash) && hash.byteLength === 32 && hash.length === 32
}

/** Like `parentNode`, for sizes that somebody else gives. Throws where their sum is no exact number. */
export function joinNodes(crypto: Crypto, left: TreeNode, right: TreeNode): TreeNode {
  if (!Number.isSafeInteger(left.size + right.size)) throw new RangeError('a size is too large')
  return parentNode(crypto, left, right)
}
