/**
 * One append-only log, read side (spec/1-identity §1, §5): opened by key, of the one template that
 * Vitra knows, never following a fork.
 */
import { EventEmitter } from 'node:events'
import flat from 'flat-tree'
import type Hypercore from 'hypercore'
import { BlockCache } from './block-cache.js'
import type { LogCore } from './core.js'
import { sodiumCrypto } from './crypto.js'
import { LogError } from './errors.js'
import { Exchange } from './exchange/exchange.js'
import { CoreHeadExchange, type HeadExchange } from './exchange/heads.js'
import { toHex } from './formats/hex.js'
import {
  assertPinned,
  corestoreOf,
  countBlocks,
  readBlocks,
  readTreeNodes,
  refuseForks,
} from './internals/hypercore.js'
import { NodeCache } from './node-cache.js'
import { type SignedHead, unwrapSignature } from './proofs/head.js'
import { type LogIdentity, logKey } from './proofs/manifest.js'
import { rootIndexes, type TreeNode, treeHash } from './proofs/merkle.js'
import type { Storage } from './storage.js'
import { manifestOf, readIdentity } from './template.js'

/** Events of {@link Log}. */
export interface LogEvents {
  /** The log has grown, by a local append or from a peer. */
  append: []
  /** A peer sent blocks of this log that do not hold, or too many; hypercore's own replication goes on with it. */
  refused: [string]
  /** A peer holds another history of this log under the owner's signature. */
  conflict: [Conflict]
}

/** Another history of a log that a peer has shown, under the owner's signature. */
export interface Conflict {
  readonly length: number
  readonly fork: number
  /** The head of that history; null where it goes on beyond `length`: hypercore tells too little of it then. */
  readonly head: SignedHead | null
}

/** How a block is read. */
export interface ReadOptions {
  /** Wait for a block that is not here; default true. */
  wait?: boolean
  /** How long to wait for a peer, in ms; default 30,000, and 5,000 where no peer is connected. */
  timeoutMs?: number
}

const READ_TIMEOUT_MS = 30_000
/** How long a read without a time of its own waits for a first peer, in ms. */
const ALONE_MS = 5000
/** Blocks of one log that are kept in memory, in bytes: the upper part of a large index, and what was just written. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024

/** An append of the owner's. */
export interface OwnAppend {
  readonly blocks: readonly Uint8Array[]
  /** Nodes of the tree that the blocks add, in the order in which they are made. */
  readonly nodes: readonly TreeNode[]
  /** After the blocks. */
  readonly head: SignedHead
}

/** One hypercore log, a replica or one's own, opened by its key. */
export class Log extends EventEmitter<LogEvents> {
  readonly key: Uint8Array
  readonly #core: Hypercore
  /** Histories that peers showed against the one here; hypercore forgets them, so they are kept. */
  readonly conflicts: Conflict[] = []
  #identity: LogIdentity | null = null
  #exchange: Exchange | null = null
  readonly #blocks = new BlockCache(KEPT_BYTES_MAX)
  readonly #nodes = new NodeCache()
  /** The newest head that was read or written here. */
  #head: SignedHead | null = null

  private constructor(key: Uint8Array, core: Hypercore) {
    super()
    for (const emitter of [this, core]) emitter.setMaxListeners(0) // one listener for each that waits
    this.key = key
    this.#core = core
    core.on('append', () => this.emit('append'))
    core.on('conflict', (length: number, fork: number, proof: Hypercore.Proof) => {
      const conflict = { length, fork, head: headOf(proof) }
      this.conflicts.push(conflict)
      this.emit('conflict', conflict)
    })
  }

  /**
   * Opens a log. A log of one's own is opened by its identity, so that it exists at once; a log of
   * others by its key, its manifest comes from peers.
   *
   * @throws {LogError} `LOG_FOREIGN` where the log on disk is not of Vitra's template; `HYPERCORE_VERSION` where
   *   corestore uses another hypercore than this package
   */
  static async open(storage: Storage, what: LogIdentity | Uint8Array): Promise<Log> {
    const identity = what instanceof Uint8Array ? null : what
    const key = what instanceof Uint8Array ? what : logKey(sodiumCrypto, what)
    const core = corestoreOf(storage.store).get({
      key: Buffer.from(key),
      ...(identity === null ? {} : { manifest: manifestOf(identity) }),
      // A fork would make hypercore delete the blocks of the history it leaves.
      allowFork: false,
    })
    await core.ready()
    assertPinned(core)
    refuseForks(core)
    const log = new Log(new Uint8Array(key), core)
    log.#identity = identity
    if (core.manifest !== null) log.identity
    return log
  }

  /**
   * What the key is derived from.
   *
   * @throws {LogError} `LOG_UNKNOWN` before the first block has arrived; `LOG_FOREIGN`
   */
  get identity(): LogIdentity {
    if (this.#identity !== null) return this.#identity
    const manifest = this.#core.manifest
    if (manifest === null) {
      throw new LogError(
        'LOG_UNKNOWN',
        `nothing of log ${toHex(this.key)} has arrived yet: connect to a peer that has it`,
      )
    }
    this.#identity = readIdentity(manifest, this.key)
    return this.#identity
  }

  /** Has all blocks fetched from peers, those to come too, and gives peers what they ask for, many at a time. */
  fill(): void {
    this.#exchange ??= new Exchange(this, this.#core, (reason) => this.emit('refused', reason))
  }

  /**
   * Asks peers for the owner's head at a length, and answers them.
   *
   * @param find the signed head at a length, as it is here; null where it is not
   */
  exchangeHeads(find: (length: number) => Promise<SignedHead | null>): HeadExchange {
    return new CoreHeadExchange(this.#core, find)
  }

  /** The hypercore under it. */
  get core(): LogCore {
    return this.#core
  }

  /** Blocks in the log, as far as this replica knows. */
  get length(): number {
    return this.#core.length
  }

  /** How many blocks are here. */
  get blocks(): number {
    return countBlocks(this.#core)
  }

  /** True where every block is here. */
  get isComplete(): boolean {
    return this.#core.contiguousLength >= this.#core.length
  }

  /** How many blocks are here without a gap, from the first on. */
  async gaplessLength(): Promise<number> {
    let length = this.#core.contiguousLength // what the disk holds may be ahead of it
    while (length < this.length && (await this.#core.has(length))) length++
    return length
  }

  /**
   * One block.
   *
   * @throws {LogError} `BLOCK_MISSING` where it is not here and no peer gives it in time; `LOG_FOREIGN`
   */
  async get(seq: number, options: ReadOptions = {}): Promise<Uint8Array> {
    if (this.#core.manifest !== null) this.identity
    const kept = this.isSteady && seq < this.length ? this.#blocks.get(seq) : undefined
    if (kept !== undefined) return kept
    let block: Uint8Array | null
    try {
      block = await this.#fetch(seq, options)
    } catch (cause) {
      throw new LogError('BLOCK_MISSING', this.#missing(seq), {
        cause,
        details: { key: toHex(this.key), seq },
      })
    }
    if (block === null)
      throw new LogError('BLOCK_MISSING', this.#missing(seq), { details: { key: toHex(this.key), seq } })
    this.#blocks.set(seq, new Uint8Array(block))
    return new Uint8Array(block)
  }

  /** Consecutive blocks from `start` on, before `end`, that are in memory. Others read them as well: they must not be changed. */
  kept(start: number, end: number): Uint8Array[] {
    const blocks: Uint8Array[] = []
    const until = this.isSteady ? Math.min(end, this.length) : start
    for (let seq = start; seq < until; seq++) {
      const block = this.#blocks.peek(seq)
      if (block === undefined) break
      blocks.push(block)
    }
    return blocks
  }

  /**
   * The blocks that are here from `start` up to, not including, `end`, in one read; null for one that is not. Many times
   * faster than one by one; nothing is kept in memory, and nothing is waited for.
   *
   * @throws {LogError} `LOG_FOREIGN`
   */
  async stored(start: number, end: number): Promise<(Uint8Array | null)[]> {
    if (this.#core.manifest !== null) this.identity
    const until = Math.min(end, this.length)
    if (!this.isSteady || start >= until) return []
    const kept = this.kept(start, until)
    if (kept.length === until - start) return kept
    const seqs = Array.from({ length: until - start }, (_, nth) => start + nth)
    return readBlocks(this.#core, seqs)
  }

  /** A block that is in memory; undefined where it is not. Others read it as well: it must not be changed. */
  loaded(seq: number): Uint8Array | undefined {
    return this.isSteady && seq < this.length ? this.#blocks.peek(seq) : undefined
  }

  /** Blocks in any order, as {@link stored} reads those of a range. @throws {LogError} `LOG_FOREIGN` */
  async scattered(seqs: readonly number[]): Promise<(Uint8Array | null)[]> {
    if (this.#core.manifest !== null) this.identity
    if (!this.isSteady || seqs.some((seq) => seq >= this.length)) return seqs.map(() => null)
    return readBlocks(this.#core, seqs)
  }

  /**
   * Does an append of the owner's, and keeps what it appends: that is read next, from the moment on that the log has
   * grown. Nobody may change the blocks any more.
   *
   * @param nodes of the tree, those that the blocks add
   */
  async keeping({ blocks, nodes, head }: OwnAppend, append: () => Promise<void>): Promise<void> {
    const start = head.length - blocks.length
    for (const [nth, block] of blocks.entries()) this.#blocks.set(start + nth, block)
    for (const node of nodes) this.#nodes.set(node)
    this.#head = head
    try {
      await append()
    } catch (error) {
      for (const nth of blocks.keys()) this.#blocks.delete(start + nth)
      this.#nodes.clear()
      this.#head = null
      throw error
    }
  }

  /** Waits until the log has `length` blocks. False where it has not in time, or is closed. */
  async waitForLength(length: number, timeoutMs: number): Promise<boolean> {
    if (this.length >= length) return true
    if (timeoutMs <= 0) return false
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer)
        this.off('append', look)
        this.#core.off('close', finish)
        resolve(this.length >= length)
      }
      const look = () => {
        if (this.length >= length) finish()
      }
      const timer = setTimeout(finish, timeoutMs)
      this.on('append', look)
      this.#core.on('close', finish)
    })
  }

  /** The newest signed head, or null for an empty log. */
  async head(): Promise<SignedHead | null> {
    if (this.isSteady && this.#head?.length === this.length) return this.#head
    const snapshot = this.#core.snapshot()
    try {
      await snapshot.ready()
      if (snapshot.length === 0) return null
      const { length } = snapshot
      const { roots, signature } = await readUpgrade(snapshot, length)
      this.#head = { length, treeHash: treeHash(sodiumCrypto, roots), signature: bareSignature(signature) }
      return this.#head
    } finally {
      await snapshot.close()
    }
  }

  /**
   * The roots of the tree of the first `length` blocks, left to right.
   *
   * @param length default that of the newest head
   * @throws {LogError} `BLOCK_MISSING` where the log is shorter
   */
  async roots(length?: number): Promise<{ length: number; roots: TreeNode[] }> {
    const snapshot = this.#core.snapshot()
    try {
      await snapshot.ready()
      const wanted = length ?? snapshot.length
      if (wanted > snapshot.length)
        throw new LogError('BLOCK_MISSING', this.#missing(wanted - 1), { details: { key: toHex(this.key) } })
      return { length: wanted, roots: wanted === 0 ? [] : (await readUpgrade(snapshot, wanted)).roots }
    } finally {
      await snapshot.close()
    }
  }

  /** The tree hash of the first `length` blocks. @throws {LogError} `BLOCK_MISSING` */
  async treeHashAt(length: number, options: ReadOptions = {}): Promise<Uint8Array> {
    if (length > this.length)
      throw new LogError('BLOCK_MISSING', this.#missing(length - 1), { details: { key: toHex(this.key) } })
    return treeHash(sodiumCrypto, await this.nodes(rootIndexes(length), options))
  }

  /**
   * Nodes of the tree by their flat-tree indexes, in that order. A sparse copy has those that its blocks came with;
   * with `wait` a block below a missing one is fetched, which brings it.
   *
   * @throws {LogError} `BLOCK_MISSING` where one is not here
   */
  async nodes(indexes: readonly number[], options: ReadOptions = {}): Promise<TreeNode[]> {
    const kept = indexes.map((index) => this.#keptNode(index))
    if (kept.every((node) => node !== undefined)) return kept
    const found = await readTreeNodes(this.#core, indexes)
    const missing = indexes.filter((_, n) => found[n] === null)
    if (missing.length > 0 && options.wait !== false) {
      for (const index of missing) await this.get(flat.leftSpan(index) / 2, options)
      return this.nodes(indexes, { wait: false })
    }
    return found.map((node, n) => {
      if (node !== null) {
        const plain = plainNode(node)
        this.#nodes.set(plain)
        return plain
      }
      const seq = flat.leftSpan(indexes[n]!) / 2
      throw new LogError('BLOCK_MISSING', this.#missing(seq), { details: { key: toHex(this.key), seq } })
    })
  }

  #keptNode(index: number): TreeNode | undefined {
    const isWithin = this.isSteady && flat.rightSpan(index) / 2 < this.length
    return isWithin ? this.#nodes.get(index) : undefined
  }

  async close(): Promise<void> {
    await this.#core.close()
  }

  /** Without a time of its own a read is over soon where no peer is there to wait for. */
  async #fetch(seq: number, { wait = true, timeoutMs }: ReadOptions): Promise<Uint8Array | null> {
    if (!wait) return this.#core.get(seq, { wait: false })
    if (timeoutMs !== undefined) return this.#core.get(seq, { timeout: timeoutMs })
    for (let leftMs = READ_TIMEOUT_MS; ; leftMs -= ALONE_MS) {
      try {
        return await this.#core.get(seq, { timeout: Math.min(ALONE_MS, leftMs) })
      } catch (error) {
        const isLate = (error as { code?: string }).code === 'REQUEST_TIMEOUT'
        if (!isLate || leftMs <= ALONE_MS || this.#core.peers.length === 0) throw error
      }
    }
  }

  /** False for a log that is closed or has left its history: what was kept of it is not told any more. */
  get isSteady(): boolean {
    return !this.core.closing && this.core.fork === 0
  }

  #missing(seq: number): string {
    return `block ${seq} of log ${toHex(this.key)} is not here: connect to a peer that has it`
  }
}

// hypercore's own `treeHash` fetches the last block first, for ever where no peer gives it.
async function readUpgrade(
  snapshot: Hypercore,
  length: number,
): Promise<{ roots: TreeNode[]; signature: Uint8Array }> {
  const { upgrade } = await snapshot.proof({ upgrade: { start: 0, length } })
  if (!upgrade) throw new LogError('LOG_DAMAGED', 'the log has no signed head')
  return { roots: upgrade.nodes.map(plainNode), signature: upgrade.signature }
}

/** The head that a peer's proof of a log is signed for; null where it is of a longer log than the proof's roots. */
function headOf({ upgrade, fork }: Hypercore.Proof): SignedHead | null {
  const signature = upgrade === null ? null : unwrapSignature(upgrade.signature)
  if (upgrade === null || signature === null || fork !== 0 || upgrade.additionalNodes.length > 0) return null
  const roots = upgrade.nodes.map(plainNode)
  return { length: upgrade.length, treeHash: treeHash(sodiumCrypto, roots), signature }
}

function bareSignature(container: Uint8Array): Uint8Array {
  const signature = unwrapSignature(container)
  if (signature === null) throw new LogError('LOG_DAMAGED', 'the head of the log carries no single signature')
  return signature
}

function plainNode(node: { index: number; size: number; hash: Uint8Array }): TreeNode {
  return { index: node.index, size: node.size, hash: new Uint8Array(node.hash) }
}
