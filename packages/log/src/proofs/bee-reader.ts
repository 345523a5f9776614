/**
 * Reads Hyperbee's B-tree out of index blocks (spec/2-index §1), wherever they come from: a log, or a proof. Every
 * read is one descent from the root, comparing keys in the order of a binary search, so that prover and checker
 * touch the same blocks. Blocks may be hostile: a tree that is none ends in an error, never in a loop.
 */
import { LogError } from '../errors.js'
import { decodeCanonical } from '../formats/codec.js'
import { IndexBlock } from '../formats/messages.generated.js'
import type { KeyRange, OrderedSource, RawEntry } from '../values/listing.js'
import { compareKeys } from '../values/path.js'
import { BeeTree } from './proofs.generated.js'

/** Gives a block by its number, or throws where it does not have it. */
export type BlockReader = (seq: number) => Promise<Uint8Array>

/** An entry, and the block that wrote it. */
export interface BlockEntry extends RawEntry {
  readonly seq: number
}

interface Node {
  readonly seq: number
  readonly offset: number
  /** Blocks that wrote the keys, in the order of the keys. */
  readonly keys: readonly number[]
  /** Pairs of block and offset, one pair more than keys, or none in a leaf. */
  readonly children: readonly number[]
}

interface Block {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
  readonly tree: Uint8Array
  /** Nodes of `tree` that were read. */
  readonly nodes: Map<number, Node>
}

/**
 * Deepest tree that is read. With 5 children a node at least, it holds more keys than a log has blocks; and whatever
 * the blocks hold, a descent ends.
 */
const DEPTH_MAX = 32

/** The entries of an index at one version. */
export class BeeReader implements OrderedSource {
  readonly #read: BlockReader
  readonly #version: number
  readonly #blocks = new Map<number, Block>()

  /** @param version length of the index, a batch end: only there the last block has the root */
  constructor(read: BlockReader, version: number) {
    this.#read = read
    this.#version = version
  }

  /** The value of a key, or null. @throws {LogError} `INDEX_UNREADABLE` for blocks that are no tree */
  async get(key: Uint8Array): Promise<Uint8Array | null> {
    return (await this.#seek(key, false, true))?.value ?? null
  }

  async first(range: KeyRange, reverse: boolean): Promise<RawEntry | null> {
    return this.firstBlock(range, reverse)
  }

  /** Like `first`, with the index block that holds the entry. */
  async firstBlock({ gte, lt }: KeyRange, reverse: boolean): Promise<BlockEntry | null> {
    if (compareKeys(gte, lt) >= 0) return null
    const found = await this.#seek(reverse ? lt : gte, reverse, false)
    if (found === null || compareKeys(found.key, gte) < 0 || compareKeys(found.key, lt) >= 0) return null
    return found
  }

  /** The entry at or after `bound`, or with `reverse` the one before it; `exact`: the one at it. */
  async #seek(bound: Uint8Array, reverse: boolean, exact: boolean): Promise<BlockEntry | null> {
    if (this.#version < 2) return null
    let nearest: number | null = null
    let node = await this.#node(this.#version - 1, 0)
    for (let depth = 1; ; depth++) {
      if (depth > DEPTH_MAX) throw notATree(node.seq)
      const { at, isAtBound } = await this.#search(node, bound)
      if (isAtBound && !reverse) return this.#entry(node.keys[at]!)
      const beside = node.keys[reverse ? at - 1 : at]
      if (beside !== undefined) nearest = beside
      if (node.children.length === 0) break
      node = await this.#child(node, at)
    }
    return exact || nearest === null ? null : this.#entry(nearest)
  }

  /** How many keys of a node are below `bound`, and whether the next one is equal to it. */
  async #search(node: Node, bound: Uint8Array): Promise<{ at: number; isAtBound: boolean }> {
    let from = 0
    let to = node.keys.length
    while (from < to) {
      const middle = (from + to) >> 1
      const { key } = await this.#block(node.keys[middle]!)
      const order = compareKeys(bound, key)
      if (order === 0) return { at: middle, isAtBound: true }
      if (order < 0) to = middle
      else from = middle + 1
    }
    return { at: from, isAtBound: false }
  }

  async #child(parent: Node, at: number): Promise<Node> {
    const seq = parent.children[2 * at]!
    const offset = parent.children[2 * at + 1]!
    if (seq > parent.seq) throw notATree(parent.seq)
    return this.#node(seq, offset)
  }

  async #node(seq: number, offset: number): Promise<Node> {
    const { tree, nodes } = await this.#block(seq)
    if (nodes.size === 0) {
      for (const [n, { keys, children }] of readLevels(tree, seq).entries())
        nodes.set(n, { seq, offset: n, keys, children })
    }
    const node = nodes.get(offset)
    if (node === undefined) throw notATree(seq)
    const { keys, children } = node
    if (children.length !== 0 && children.length !== 2 * keys.length + 2) throw notATree(seq)
    return node
  }

  async #entry(seq: number): Promise<BlockEntry> {
    const { key, value } = await this.#block(seq)
    if (value === null) throw notATree(seq)
    return { seq, key: new Uint8Array(key), value: new Uint8Array(value) }
  }

  async #block(seq: number): Promise<Block> {
    const known = this.#blocks.get(seq)
    if (known !== undefined) return known
    const bytes = await this.#read(seq)
    let block: Block
    try {
      block = { ...decodeCanonical(IndexBlock, bytes, 'index block'), nodes: new Map() }
    } catch (cause) {
      throw notATree(seq, cause)
    }
    this.#blocks.set(seq, block)
    return block
  }
}

/**
 * Makes sure that the nodes of an index block point to earlier blocks, or to others in the same one and never round
 * in a circle. Whoever reads nothing but such blocks comes to an end; Hyperbee follows any pointer.
 *
 * @throws {LogError} `INDEX_UNREADABLE`
 */
export function assertAcyclic(seq: number, block: Uint8Array): void {
  if (seq === 0) return // Hyperbee's header
  let tree: Uint8Array
  try {
    tree = decodeCanonical(IndexBlock, block, 'index block').tree
  } catch (cause) {
    throw notATree(seq, cause)
  }
  const levels = readLevels(tree, seq)
  const ends = new Set<number>()
  const descend = (offset: number, depth: number): void => {
    if (ends.has(offset)) return
    const children = levels[offset]?.children
    if (children === undefined || depth > DEPTH_MAX) throw notATree(seq)
    for (let n = 0; n < children.length; n += 2) {
      if (children[n]! > seq) throw notATree(seq)
      if (children[n] === seq) descend(children[n + 1]!, depth + 1)
    }
    ends.add(offset)
  }
  for (const offset of levels.keys()) descend(offset, 1)
}

function readLevels(tree: Uint8Array, seq: number): BeeTree['levels'] {
  try {
    return decodeCanonical(BeeTree, tree, 'index tree').levels
  } catch (cause) {
    throw notATree(seq, cause)
  }
}

function notATree(seq: number, cause?: unknown): LogError {
  return new LogError('INDEX_UNREADABLE', `block ${seq} of the index is no node of its tree`, {
    details: { seq },
    ...(cause === undefined ? {} : { cause }),
  })
}
