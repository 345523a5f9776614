/**
 * Reads Hyperbee's B-tree out of index blocks (spec/2-index §1), wherever they come from: a log, or a proof. Every
 * read is one descent from the root, comparing keys in the order of a binary search, so that prover and checker
 * touch the same blocks. Blocks may be hostile: a tree that is none ends in an error, never in a loop.
 */
import { LogError } from '../errors.js'
import { type BeeBlock, type BeeLevel, readBeeBlock, readLevels } from '../formats/bee-block.js'
import type { KeyRange, RawEntry } from '../values/listing.js'
import type { EntrySource, Lookup } from '../values/overlay.js'
import { compareKeys } from '../values/path.js'

/** Gives a block by its number, or throws where it does not have it. */
export type BlockReader = (seq: number) => Promise<Uint8Array>

/** An entry, and the block that wrote it. */
export interface BlockEntry extends RawEntry {
  readonly seq: number
}

interface Node {
  readonly seq: number
  /** Blocks that wrote the keys, in the order of the keys. */
  readonly keys: readonly number[]
  /** Pairs of block and offset, one pair more than keys, or none in a leaf. */
  readonly children: readonly number[]
}

/** An index block, as it is read. */
export interface DecodedBlock extends BeeBlock {
  /** The nodes in `tree`, once one of them was asked for. */
  readonly nodes: Node[]
}

/** Where readers of one log keep decoded blocks, for each other too: a block never changes. */
export interface BlockTable {
  get(seq: number): DecodedBlock | undefined
  set(seq: number, block: DecodedBlock): unknown
}

/**
 * Deepest tree that is read. With 5 children a node at least, it holds more keys than a log has blocks; and whatever
 * the blocks hold, a descent ends.
 */
const DEPTH_MAX = 32

/** The entries of an index at one version. */
export class BeeReader implements EntrySource {
  readonly #read: BlockReader
  readonly #version: number
  readonly #blocks: BlockTable

  /**
   * @param version length of the index, a batch end: only there the last block has the root
   * @param blocks decoded blocks of the same log; what is in it is not read again
   */
  constructor(read: BlockReader, version: number, blocks: BlockTable = new Map()) {
    this.#read = read
    this.#version = version
    this.#blocks = blocks
  }

  /** The value of a key, or null. @throws {LogError} `INDEX_UNREADABLE` for blocks that are no tree */
  async get(key: Uint8Array): Promise<Uint8Array | null> {
    return (await this.#run(this.#seek(key, false, true)))?.value ?? null
  }

  /** @throws {LogError} `INDEX_UNREADABLE` for blocks that are no tree */
  async lookUp(key: Uint8Array): Promise<Lookup> {
    const next = await this.#run(this.#seek(key, false, false))
    if (next === null) return { value: null, until: null }
    return compareKeys(next.key, key) === 0 ? { value: next.value } : { value: null, until: next.key }
  }

  async first(range: KeyRange, reverse: boolean): Promise<RawEntry | null> {
    return this.firstBlock(range, reverse)
  }

  /** Like `first`, with the index block that holds the entry. */
  async firstBlock({ gte, lt }: KeyRange, reverse: boolean): Promise<BlockEntry | null> {
    if (compareKeys(gte, lt) >= 0) return null
    const found = await this.#run(this.#seek(reverse ? lt : gte, reverse, false))
    if (found === null || compareKeys(found.key, gte) < 0 || compareKeys(found.key, lt) >= 0) return null
    return found
  }

  /**
   * Runs a read to its end. Only for a block that is not decoded yet it waits: most reads find all of theirs, and
   * waiting for each would take longer than the read.
   */
  async #run<T>(reading: Reading<T>): Promise<T> {
    let step = reading.next()
    while (!step.done) step = reading.next(await this.#fetch(step.value))
    return step.value
  }

  /** The entry at or after `bound`, or with `reverse` the one before it; `exact`: the one at it. */
  *#seek(bound: Uint8Array, reverse: boolean, exact: boolean): Reading<BlockEntry | null> {
    if (this.#version < 2) return null
    let nearest: number | null = null
    const last = this.#version - 1
    let node = nodeOf(last, 0, this.#blocks.get(last) ?? (yield last))
    for (let depth = 1; ; depth++) {
      if (depth > DEPTH_MAX) throw notATree(node.seq)
      let at = 0
      let end = node.keys.length
      while (at < end) {
        const middle = (at + end) >> 1
        const seq = node.keys[middle]!
        const block = this.#blocks.get(seq) ?? (yield seq)
        const order = compareKeys(bound, block.key)
        if (order === 0 && !reverse) return entryOf(seq, block)
        if (order >= 0) at = order === 0 ? middle : middle + 1
        if (order <= 0) end = middle
      }
      nearest = node.keys[reverse ? at - 1 : at] ?? nearest
      if (node.children.length === 0) break
      const [seq, offset] = [node.children[2 * at]!, node.children[2 * at + 1]!]
      if (seq > node.seq) throw notATree(node.seq)
      node = nodeOf(seq, offset, this.#blocks.get(seq) ?? (yield seq))
    }
    if (exact || nearest === null) return null
    return entryOf(nearest, this.#blocks.get(nearest) ?? (yield nearest))
  }

  async #fetch(seq: number): Promise<DecodedBlock> {
    const block = decodeBlock(seq, await this.#read(seq))
    this.#blocks.set(seq, block)
    return block
  }
}

/** A read that asks for the blocks which it does not find decoded. */
type Reading<T> = Generator<number, T, DecodedBlock>

/** An index block that may be hostile. @throws {LogError} `INDEX_UNREADABLE` */
export function decodeBlock(seq: number, bytes: Uint8Array): DecodedBlock {
  try {
    const { key, value, tree } = readBeeBlock(bytes)
    return { key, value, tree, nodes: [] }
  } catch (cause) {
    throw notATree(seq, cause)
  }
}

/** A node that a block holds. @throws {LogError} `INDEX_UNREADABLE` */
export function nodeOf(seq: number, offset: number, block: DecodedBlock): Node {
  const { nodes } = block
  if (nodes.length === 0)
    for (const { keys, children } of levelsOf(block.tree, seq)) nodes.push({ seq, keys, children })
  const node = nodes[offset]
  if (node === undefined) throw notATree(seq)
  const { keys, children } = node
  if (children.length !== 0 && children.length !== 2 * keys.length + 2) throw notATree(seq)
  return node
}

function entryOf(seq: number, { key, value }: DecodedBlock): BlockEntry {
  if (value === null) throw notATree(seq)
  return { seq, key: new Uint8Array(key), value: new Uint8Array(value) }
}

function levelsOf(tree: Uint8Array, seq: number): BeeLevel[] {
  try {
    return readLevels(tree)
  } catch (cause) {
    throw notATree(seq, cause)
  }
}

/** What blocks that hold no tree are refused with. */
export function notATree(seq: number, cause?: unknown): LogError {
  return new LogError('INDEX_UNREADABLE', `block ${seq} of the index is no node of its tree`, {
    details: { seq },
    ...(cause === undefined ? {} : { cause }),
  })
}
