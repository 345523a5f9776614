/**
 * Writes Hyperbee's B-tree (spec/2-index §1), block for block what Hyperbee itself writes for the same batches: a test
 * holds it against that one. Hyperbee waits for each key and each node that it looks at, whether or not it has it; here
 * nothing is waited for but blocks that are not in memory.
 */
import {
  type Child,
  childOf,
  collect,
  dropRewritten,
  FOUND,
  find,
  type Key,
  keepUsed,
  levelOf,
  merge,
  type Node,
} from './bee-nodes.js'
import { LogError } from './errors.js'
import { BeeBlockWriter, beeHeader } from './formats/bee-block.js'
import { type BlockTable, type DecodedBlock, decodeBlock, nodeOf, notATree } from './proofs/bee-reader.js'
import type { Change } from './values/overlay.js'
import { pathToKey } from './values/path.js'

/** Fewest and most keys of a node: one with more is split. */
const KEYS_MIN = 4
const KEYS_MAX = 8
/** Deepest tree that is written: see `BeeReader`. */
const DEPTH_MAX = 32
/** Nodes that come into memory before those that were not used meanwhile are let go of: about as many stay. */
const FRESH_MAX = 12_000

/** A block that is written when the batch ends. */
interface Staged {
  readonly seq: number
  readonly key: Uint8Array
  readonly value: Uint8Array | null
  /** The nodes that it holds, the root first, as far as no later block of the batch holds them. */
  readonly nodes: (Child | null)[]
}

/** Where the blocks of earlier batches are. */
export interface BlockPlace {
  /** A block that is in memory; undefined where it is not. */
  loaded(seq: number): Uint8Array | undefined
  get(seq: number): Promise<Uint8Array>
  /** Blocks in any order, in one read; null for one that is not here. Left out where each read has to be needed. */
  scattered?: ((seqs: readonly number[]) => Promise<readonly (Uint8Array | null)[]>) | undefined
}

/** A change of the tree: it asks for the blocks that it needs and that are not decoded. */
type Work<T> = Generator<number, T, DecodedBlock>

/** One index that grows, batch by batch. */
export class BeeWriter {
  readonly #log: BlockPlace
  readonly #blocks: BlockTable
  readonly #encoder = new BeeBlockWriter()
  /** Length of the index before the batch. */
  #length: number
  #root: Node | null = null
  #staged: Staged[] = []
  /** Nodes that came into memory in this age. */
  #fresh = 0
  #age = 0
  /** True where the last batch met blocks that were not in memory. */
  #isCold = true

  /**
   * @param log the blocks of the index, those of earlier batches included
   * @param length of the index, a batch end
   * @param blocks decoded blocks of the same index
   */
  constructor(log: BlockPlace, length: number, blocks: BlockTable) {
    this.#log = log
    this.#length = length
    this.#blocks = blocks
  }

  /**
   * The blocks of a batch: one for each put, and for each delete of a key that is there; one more at the beginning of an
   * index.
   *
   * @throws {LogError} `INDEX_UNREADABLE` where the blocks before are no tree; what reading them throws
   */
  async write(changes: Iterable<Change>): Promise<Uint8Array[]> {
    const before = this.#length
    const fetched = this.#isCold && before > 1 ? await this.#prepare([...changes]) : 0
    this.#isCold = fetched > 0
    try {
      for (const { path, value } of changes) {
        if (this.#length === 0) this.#length++ // for the header
        const key = pathToKey(path)
        const work = value === null ? this.#delete(key) : this.#put(key, value)
        let step = work.next()
        while (!step.done) {
          const seq = step.value
          let bytes = this.#log.loaded(seq)
          this.#isCold ||= bytes === undefined
          bytes ??= await this.#log.get(seq)
          step = work.next(this.#decode(seq, bytes))
        }
      }
    } catch (error) {
      // Half a batch is in the nodes.
      this.#length = before
      this.#root = null
      this.#staged = []
      throw error
    }
    const blocks = this.#finish()
    return before === 0 && this.#length > 0 ? [beeHeader(), ...blocks] : blocks
  }

  /**
   * Brings into memory what the changes will look at, many blocks a read: one by one, each would wait for the disk. What is
   * not here, or no tree, is left for the change itself to tell.
   *
   * @returns how many blocks it fetched
   */
  async #prepare(changes: readonly Change[]): Promise<number> {
    let fetched = 0
    if (this.#log.scattered === undefined) return fetched
    try {
      let walks = changes.map(({ path }) => new Walk(this.#walk(pathToKey(path))))
      for (;;) {
        walks = walks.filter(({ wanted }) => wanted !== null)
        const wanted = [...new Set(walks.map(({ wanted }) => wanted!))]
        if (wanted.length === 0) return fetched
        fetched += wanted.length
        const blocks = await this.#log.scattered(wanted)
        const found = new Map<number, DecodedBlock>()
        for (const [n, bytes] of blocks.entries())
          if (bytes !== null) found.set(wanted[n]!, this.#decode(wanted[n]!, bytes))
        for (const walk of walks) walk.goOn(found)
      }
    } catch (error) {
      if (error instanceof LogError) return fetched
      throw error
    }
  }

  /** Down to the place of a key. */
  *#walk(key: Uint8Array): Work<void> {
    let node = yield* this.#openRoot()
    for (let depth = 1; ; depth++) {
      let place = find(node, key)
      while (typeof place === 'object') place = yield* this.#loadKey(place, node, key)
      if (place & FOUND || node.children.length === 0) return
      const at = place >> 1
      node = this.#loaded(node, at, depth) ?? (yield* this.#open(node, at, depth))
    }
  }

  #decode(seq: number, bytes: Uint8Array): DecodedBlock {
    const block = decodeBlock(seq, bytes)
    this.#blocks.set(seq, block)
    return block
  }

  *#put(key: Uint8Array, value: Uint8Array): Work<void> {
    const target: Key = { seq: this.#next, bytes: key }
    let root = this.#root ?? (yield* this.#openRoot())
    let node = root
    const path: Node[] = []
    for (;;) {
      let place = find(node, key)
      while (typeof place === 'object') place = yield* this.#loadKey(place, node, key)
      const at = place >> 1
      if (node.children.length > 0) node.hasChanged = true
      if (place & FOUND) {
        node.keys[at] = target
        node.hasChanged = true
        return this.#stage(root, key, value)
      }
      if (node.children.length === 0) {
        node.keys.splice(at, 0, target)
        node.hasChanged = true
        break
      }
      path.push(node)
      node = this.#loaded(node, at, path.length) ?? (yield* this.#open(node, at, path.length))
    }
    while (node.keys.length > KEYS_MAX) {
      const { median, right } = this.#split(node)
      const medianBytes = median.bytes ?? (yield* this.#keyBytes(median))
      const parent = path.pop()
      if (parent === undefined) {
        root = this.#newNode([median], [childOf(node), childOf(right)])
        break
      }
      let place = find(parent, medianBytes)
      while (typeof place === 'object') place = yield* this.#loadKey(place, parent, medianBytes)
      if (place & FOUND) throw notATree(this.#length)
      const at = place >> 1
      parent.keys.splice(at, 0, median)
      parent.children.splice(at + 1, 0, childOf(right))
      parent.hasChanged = true
      node = parent
    }
    this.#stage(root, key, value)
  }

  *#delete(key: Uint8Array): Work<void> {
    const root = yield* this.#openRoot()
    const path: Node[] = []
    for (let node = root; ; ) {
      path.push(node)
      let place = find(node, key)
      while (typeof place === 'object') place = yield* this.#loadKey(place, node, key)
      const at = place >> 1
      if (place & FOUND) {
        if (node.children.length > 0) yield* this.#replaceByNearest(node, at, path)
        else node.keys.splice(at, 1)
        for (const changed of path) changed.hasChanged = true
        return this.#stage(yield* this.#rebalance(path), key, null)
      }
      if (node.children.length === 0) return // a key that is not there takes no block
      node = yield* this.#open(node, at, path.length)
    }
  }

  /** Puts the key before or after it, from the leaf that has more of them, in the place of a key of an inner node. */
  *#replaceByNearest(node: Node, at: number, path: Node[]): Work<void> {
    const depth = path.length
    const before = yield* this.#open(node, at, depth)
    const after = yield* this.#open(node, at + 1, depth)
    const beforePath = yield* this.#edge(before, false, depth)
    const afterPath = yield* this.#edge(after, true, depth)
    const isAfter = beforePath.at(-1)!.keys.length < afterPath.at(-1)!.keys.length
    const taken = isAfter ? afterPath : beforePath
    path.push(...taken)
    const { keys } = taken.at(-1)!
    const nearest = isAfter ? keys.shift() : keys.pop()
    if (nearest === undefined) throw notATree(this.#length)
    node.keys[at] = nearest
  }

  /** From a node down to its first leaf, or to its last. */
  *#edge(from: Node, isFirst: boolean, depth: number): Work<Node[]> {
    const path = [from]
    for (let node = from; node.children.length > 0; path.push(node))
      node = yield* this.#open(node, isFirst ? 0 : node.children.length - 1, depth + path.length)
    return path
  }

  /** Fills up nodes that have too few keys, from the leaf on upwards; the root after that. */
  *#rebalance(path: Node[]): Work<Node> {
    const root = path[0]!
    for (let depth = path.length - 1; depth > 0; depth--) {
      const node = path[depth]!
      const parent = path[depth - 1]!
      if (node.keys.length >= KEYS_MIN) return root
      const at = parent.children.findIndex((child) => child.node === node)
      const left = at > 0 ? yield* this.#open(parent, at - 1, depth) : null
      const right = at + 1 < parent.children.length ? yield* this.#open(parent, at + 1, depth) : null
      if (left !== null && left.keys.length > KEYS_MIN) {
        left.hasChanged = true
        node.keys.unshift(parent.keys[at - 1]!)
        if (left.children.length > 0) node.children.unshift(left.children.pop()!)
        parent.keys[at - 1] = left.keys.pop()!
        return root
      }
      if (right !== null && right.keys.length > KEYS_MIN) {
        right.hasChanged = true
        node.keys.push(parent.keys[at]!)
        if (right.children.length > 0) node.children.push(right.children.shift()!)
        parent.keys[at] = right.keys.shift()!
        return root
      }
      if (left === null && right === null) throw notATree(this.#length)
      merge(parent, left === null ? at : at - 1, left ?? node, left === null ? right! : node)
    }
    return root.keys.length === 0 && root.children.length > 0 ? yield* this.#open(root, 0, 1) : root
  }

  /** Goes on with a search in a node once a key is in memory. */
  *#loadKey(missing: Key, node: Node, key: Uint8Array): Work<number | Key> {
    yield* this.#keyBytes(missing)
    return find(node, key)
  }

  *#keyBytes(key: Key): Work<Uint8Array> {
    const block = this.#blocks.get(key.seq) ?? (yield key.seq)
    key.bytes = block.key
    return block.key
  }

  *#openRoot(): Work<Node> {
    if (this.#root !== null) return this.#root
    const last = this.#length - 1
    if (last === 0) this.#root = this.#newNode([], [])
    else {
      const block = this.#blocks.get(last) ?? (yield last)
      this.#root ??= this.#load(last, 0, block) // another walk may have been here meanwhile
    }
    return this.#root
  }

  /** A node below another that is in memory; null where it is not. */
  #loaded(parent: Node, nth: number, depth: number): Node | null {
    const { node } = parent.children[nth]!
    if (node === null || depth > DEPTH_MAX) return null
    node.age = this.#age
    return node
  }

  *#open(parent: Node, nth: number, depth: number): Work<Node> {
    const child = parent.children[nth]!
    if (depth > DEPTH_MAX) throw notATree(child.seq)
    if (child.node === null) {
      const block = this.#blocks.get(child.seq) ?? (yield child.seq)
      child.node ??= this.#load(child.seq, child.offset, block)
    }
    child.node.age = this.#age
    return child.node
  }

  #load(seq: number, offset: number, block: DecodedBlock): Node {
    const { keys, children } = nodeOf(seq, offset, block)
    const below: Child[] = []
    for (let n = 0; n < children.length; n += 2) {
      // A hostile index may point anywhere; in a circle it is deeper than any tree.
      if (children[n]! > seq) throw notATree(seq)
      below.push({ seq: children[n]!, offset: children[n + 1]!, node: null })
    }
    this.#fresh++
    return {
      keys: keys.map((from) => ({ seq: from, bytes: from === seq ? block.key : null })),
      children: below,
      hasChanged: false,
      age: this.#age,
    }
  }

  #newNode(keys: Key[], children: Child[]): Node {
    this.#fresh++
    return { keys, children, hasChanged: true, age: this.#age }
  }

  /** Takes the upper half of a node and the key in its middle out of it. */
  #split(node: Node): { median: Key; right: Node } {
    const half = node.keys.length >> 1
    const keys = node.keys.splice(node.keys.length - half)
    const median = node.keys.pop()!
    const isLeaf = node.children.length === 0
    const right = this.#newNode(keys, isLeaf ? [] : node.children.splice(node.children.length - half - 1))
    node.hasChanged = true
    return { median, right }
  }

  /** Number of the next block. */
  get #next(): number {
    return this.#length + this.#staged.length
  }

  /** A block for a change: it holds every node that the change has touched. */
  #stage(root: Node, key: Uint8Array, value: Uint8Array | null): void {
    const seq = this.#next
    const nodes: (Child | null)[] = []
    collect(root, seq, nodes)
    nodes[0] = { seq, offset: 0, node: root }
    this.#root = root
    this.#staged.push({ seq, key, value, nodes })
  }

  #finish(): Uint8Array[] {
    const blocks: Uint8Array[] = []
    const last = this.#staged.length - 1
    for (const [n, { seq, key, value, nodes }] of this.#staged.entries()) {
      if (n < last) dropRewritten(seq, nodes)
      blocks.push(this.#encoder.block(key, value, nodes.map(levelOf)))
    }
    this.#length += this.#staged.length
    this.#staged = []
    this.#letGo()
    return blocks
  }

  /** Lets go of nodes that were not used since the last time, where many more have come. */
  #letGo(): void {
    if (this.#fresh <= FRESH_MAX || this.#root === null) return
    keepUsed(this.#root, this.#age++)
    this.#fresh = 0
  }
}

/** One of many ways down the tree that are gone together. */
class Walk {
  readonly #work: Work<void>
  /** The block that it waits for; null once it is over. */
  wanted: number | null = null

  constructor(work: Work<void>) {
    this.#work = work
    this.#take(work.next())
  }

  /** Ends where its block is not among those. */
  goOn(found: ReadonlyMap<number, DecodedBlock>): void {
    const block = found.get(this.wanted!)
    if (block === undefined) this.wanted = null
    else this.#take(this.#work.next(block))
  }

  #take(step: IteratorResult<number, void>): void {
    this.wanted = step.done ? null : step.value
  }
}
