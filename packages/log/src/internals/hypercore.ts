/**
 * This folder is the only place that touches inner, non-public fields of the Holepunch packages. Each function says which field
 * it needs; `test/internals.test.ts` and `test/append-internals.test.ts` fail when an upgrade changes one.
 */
import type Corestore from 'corestore'
import Hypercore from 'hypercore'
import BitInterlude from 'hypercore/lib/bit-interlude.js'
import type { LogCore, LogPeer, LogStore } from '../core.js'
import { LogError } from '../errors.js'

/** The hypercore behind what is public of it. */
export function hypercoreOf(core: LogCore): Hypercore {
  return core as Hypercore
}

/** As in package.json. */
export const HYPERCORE_VERSION = '11.37.1'

/**
 * Makes sure that the store's logs come from the hypercore that this package pins, and not from another copy that the
 * project has: its inner fields, and what it promises about the disk, may differ.
 *
 * @throws {LogError} `HYPERCORE_VERSION`
 */
export function assertPinned(core: LogCore): void {
  if (core instanceof Hypercore) return
  throw new LogError(
    'HYPERCORE_VERSION',
    `two copies of hypercore are installed, and corestore uses the wrong one: put "overrides": {"hypercore": "${HYPERCORE_VERSION}"} into the package.json of your project and install again`,
  )
}

/** The corestore behind what is public of it. */
export function corestoreOf(store: LogStore): Corestore {
  return store as Corestore
}

/**
 * Writes everything that hypercore has accepted to disk. `store.storage.flush()` syncs nothing;
 * `store.storage.db.flush()` makes RocksDB write its memory table into a synced file.
 */
export async function flushStorage(store: LogStore): Promise<void> {
  const { storage } = store as unknown as { storage: { db: { flush(): Promise<void> } } }
  await storage.db.flush()
}

/**
 * Has RocksDB drop what was written over, besides writing everything out: `store.storage.db.compactRange()`. It goes on by
 * itself at its own time, so this changes only when the room is free.
 */
export async function compactStorage(store: LogStore): Promise<void> {
  const { storage } = store as unknown as { storage: { db: { compactRange(): Promise<void> } } }
  await flushStorage(store)
  await storage.db.compactRange()
}

/**
 * Makes a log follow no fork: `core.core.replicator.allowFork`. The option of the same name has no effect on a log
 * that something else, such as a peer asking for it, has opened before.
 */
export function refuseForks(core: Hypercore): void {
  const { replicator } = core.core as unknown as { replicator: { allowFork: boolean } }
  replicator.allowFork = false
}

/** Requests in flight to each peer, at least and at most, as Hyperbee has them for its small blocks. */
const INFLIGHT_RANGE = [256, 512] as const

/** Has many blocks of a log on their way at a time: `core.core.replicator.setInflightRange`. */
export function requestManyBlocks(core: LogCore): void {
  const { replicator } = hypercoreOf(core).core as unknown as {
    replicator: { setInflightRange(min: number, max: number): void }
  }
  replicator.setInflightRange(...INFLIGHT_RANGE)
}

interface Closable {
  close(): Promise<unknown>
}

/**
 * Lets go of a store that did not open: `store.storage`, `storage.deviceFile`, `deviceFile.lock`. Each of them closes only
 * where it has opened, so that a store which failed late would keep the folder locked as long as this process lives.
 */
export async function giveUpStore(store: Corestore): Promise<void> {
  const { storage } = store as unknown as {
    storage: Closable & { readonly deviceFile: (Closable & { readonly lock: Closable | null }) | null }
  }
  const { deviceFile } = storage
  // Why it did not open is what is told.
  for (const part of [store, storage, deviceFile, deviceFile?.lock]) await part?.close().catch(ignoreClosed)
}

interface InnerCore {
  readonly replicator: { destroy(): void } | null
  readonly state: { readonly mutex: { lock(): Promise<void>; unlock(): void } } | null
}

/**
 * Lets go of all peers and waits until what they sent is stored: `core.replicator`, `core.state.mutex`. Where the
 * storage closes while hypercore takes in a block, it rejects where nobody can hear it, which ends the process.
 */
export async function detachPeers(store: Corestore): Promise<void> {
  const cores = [...store.cores] as unknown as InnerCore[]
  for (const { replicator } of cores) replicator?.destroy()
  await new Promise(setImmediate)
  for (const { state } of cores) {
    if (state === null) continue
    await state.mutex.lock().then(() => state.mutex.unlock(), ignoreClosed)
  }
}

/** What is closed already takes in nothing. */
function ignoreClosed(): void {}

/** The longest signed length that a connected peer has announced: `peer.remoteLength`, 0 without peers. */
export function remoteLengthMax(core: LogCore): number {
  return core.peers.reduce((longest, peer) => Math.max(longest, peer.remoteLength), 0)
}

interface InnerPeer {
  /** Takes in what the peer says of its copy; the fields of the peer hold it once this has returned. */
  onsync(message: unknown): Promise<void>
}

type PeerListener = (peer: LogPeer) => void

/** Who is told what a peer says; each peer is hooked once. */
const heardBy = new WeakMap<LogPeer, Set<PeerListener>>()

/**
 * Tells when a peer of a log has said what it holds, and when it has gone: `peer.onsync`. hypercore has an event
 * for a peer that comes, which is before anything is known of it, and none for what it says.
 *
 * @returns ends it
 */
export function watchPeers(
  log: LogCore,
  { heard, gone }: { heard: PeerListener; gone: PeerListener },
): () => void {
  const core = hypercoreOf(log)
  const watch = (peer: LogPeer) => {
    listenersOf(peer).add(heard)
    if (peer.remoteSynced) heard(peer)
  }
  const leave = (peer: LogPeer) => {
    heardBy.get(peer)?.delete(heard)
    gone(peer)
  }
  core.peers.forEach(watch)
  core.on('peer-add', watch)
  core.on('peer-remove', leave)
  return () => {
    for (const peer of core.peers) heardBy.get(peer)?.delete(heard)
    core.off('peer-add', watch)
    core.off('peer-remove', leave)
  }
}

function listenersOf(peer: LogPeer): Set<PeerListener> {
  const known = heardBy.get(peer)
  if (known !== undefined) return known
  const listeners = new Set<PeerListener>()
  heardBy.set(peer, listeners)
  const inner = peer as unknown as InnerPeer
  const { onsync } = inner
  inner.onsync = (message) => {
    const taken = onsync.call(peer, message)
    for (const listener of [...listeners]) listener(peer)
    return taken
  }
  return listeners
}

/** Blocks of a log that are here: `core.core.bitfield`. */
export function countBlocks(core: Hypercore): number {
  const { bitfield } = core.core as unknown as {
    bitfield: { countSet(start: number, length: number): number }
  }
  return bitfield.countSet(0, core.length)
}

/** True where something of a log is stored: `store.storage.hasCore`. Opening one that is not would write it. */
export function hasLog(store: LogStore, key: Uint8Array): Promise<boolean> {
  const { storage } = store as unknown as { storage: { hasCore(discoveryKey: Buffer): Promise<boolean> } }
  return storage.hasCore(Hypercore.discoveryKey(Buffer.from(key)))
}

interface InnerNode {
  readonly index: number
  readonly size: number
  readonly hash: Uint8Array
}

interface InnerReads {
  getTreeNode(index: number): Promise<InnerNode | null>
  tryFlush(): void
}

/** Nodes of a log's tree, null for one that is not here: `core.state.storage.read()`. */
export function readTreeNodes(core: Hypercore, indexes: readonly number[]): Promise<(InnerNode | null)[]> {
  const { storage } = core.state as unknown as { storage: { read(): InnerReads } }
  const reads = storage.read()
  const nodes = indexes.map((index) => reads.getTreeNode(index))
  reads.tryFlush()
  return Promise.all(nodes)
}

/**
 * Blocks of a log in one read of the storage, null for one that is not here: `core.state.storage.read()`. hypercore
 * itself goes to the storage for each block.
 */
export function readBlocks(core: Hypercore, seqs: readonly number[]): Promise<(Uint8Array | null)[]> {
  const reads = core.state.storage.read()
  const blocks = seqs.map((seq) => reads.getBlock(seq).then(plainBytes))
  reads.tryFlush()
  return Promise.all(blocks)
}

/** A buffer's `slice` is no copy, unlike that of other bytes. */
function plainBytes(block: Uint8Array | null): Uint8Array | null {
  return block === null ? null : new Uint8Array(block.buffer, block.byteOffset, block.byteLength)
}

/** What a copy knows of the head of a log, all of one moment. */
export interface HeldHead {
  readonly length: number
  readonly fork: number
  /** Of the tree of `length` blocks, left to right. */
  readonly roots: readonly InnerNode[]
  /** In hypercore's container; null for an empty log. */
  readonly signature: Uint8Array | null
}

/** `core.core.state`. */
export function heldHead(core: Hypercore): HeldHead {
  const { length, fork, roots, signature } = core.core.state as unknown as HeldHead
  return { length, fork, roots, signature }
}

/** Has the log ask peers for a newer head whenever one announces it, or not: `core.core.replicator.eagerUpgrade`. */
export function upgradeEagerly(core: Hypercore, isEager: boolean): void {
  const { replicator } = core.core as unknown as { replicator: { eagerUpgrade: boolean } }
  replicator.eagerUpgrade = isEager
}

/** A way to send bytes to the same part of a peer's copy of a log, beside hypercore's own messages. */
export interface Extension {
  send(message: Uint8Array, peer: LogPeer): void
}

/** hypercore's extension messages: a peer that does not know the name passes over them. */
export function openExtension(
  core: Hypercore,
  name: string,
  onmessage: (message: Uint8Array, peer: LogPeer) => void,
): Extension {
  const extensible = core as unknown as {
    registerExtension(name: string, handlers: { onmessage: typeof onmessage }): Extension
  }
  return extensible.registerExtension(name, { onmessage })
}

/** Bytes that have come over the connection of a peer: `peer.stream.rawBytesRead`. */
export function bytesRead(peer: LogPeer): number {
  const { stream } = peer as unknown as { stream: { rawBytesRead: number } }
  return stream.rawBytesRead
}

/** Bytes that wait to go out over the connection of a peer, of all logs: `peer.stream._writableState.buffered`. */
export function bytesWaiting(peer: LogPeer): number {
  const { stream } = peer as unknown as { stream: { _writableState: { buffered: number } } }
  return stream._writableState.buffered
}

interface Flow {
  pause(): unknown
  resume(): unknown
}

interface Encrypted {
  /** The end that goes to the other side: the connection, or one end of a bridge to be piped. */
  rawStream: Flow
  /** The end that is read from and written to. */
  readonly _rawStream: Flow | null
  _read(done: (error: null) => void): void
  _incoming(): void
}

const mended = new WeakSet<Encrypted>()

/**
 * Has a connection that is piped wait for whoever reads it: `peer.stream`. Where there is a bridge between the two, the
 * encrypted stream pauses and resumes its wrong end (`rawStream` for `_rawStream`), and so lets go, with each message that
 * comes in, of what the connection has no room for.
 */
export function waitForReader(peer: LogPeer): void {
  const { stream } = peer as unknown as { stream: Encrypted }
  const { rawStream: outer, _rawStream: inner, _incoming: take } = stream
  if (inner === null || inner === outer || mended.has(stream)) return
  mended.add(stream)
  stream._read = (done) => {
    inner.resume()
    done(null)
  }
  stream._incoming = () => {
    stream.rawStream = inner
    try {
      take.call(stream)
    } finally {
      stream.rawStream = outer
    }
  }
}

/** Tells when nothing waits any more to go out over the connection of a peer: `peer.ondrain`. */
export function onDrain(peer: LogPeer, listener: () => void): void {
  const inner = peer as unknown as { ondrain(): unknown }
  const { ondrain } = inner
  inner.ondrain = () => {
    listener()
    return ondrain.call(peer)
  }
}

/** Ends the connection that a peer came by: `peer.stream`. */
export function cutPeer(peer: LogPeer, reason: Error): void {
  const { stream } = peer as unknown as { stream: { destroy(error: Error): void } }
  stream.destroy(reason)
}

/** Tells a log what its key is the hash of: `core.core.setManifest`, which checks that it is. */
export async function setManifest(core: Hypercore, manifest: Hypercore.ManifestInput): Promise<void> {
  const inner = core.core as unknown as { setManifest(manifest: Hypercore.ManifestInput): Promise<void> }
  await inner.setManifest(manifest)
}

/** Blocks of a log, and the nodes over them, that are proven to be under a signed head. */
export interface ProvenBlocks {
  readonly start: number
  readonly blocks: readonly Uint8Array[]
  readonly nodes: readonly InnerNode[]
  /** Length of the log that the proof was made for. */
  readonly base: number
  /** The head that they are under, where it is not the one that is here. */
  readonly upgrade: (Omit<HeldHead, 'fork' | 'signature'> & InnerSignature) | null
}

interface InnerSignature {
  readonly treeHash: Uint8Array
  /** In hypercore's container. */
  readonly signature: Uint8Array
}

interface InnerTransaction {
  putBlock(seq: number, block: Buffer): void
  putTreeNode(node: InnerNode): void
  setHead(head: object): void
  setHints(hints: object): void
}

interface InnerState {
  readonly fork: number
  length: number
  byteLength: number
  roots: readonly InnerNode[]
  signature: Buffer | null
  readonly mutex: { lock(): Promise<void> }
  createWriteBatch(): InnerTransaction
  flush(): Promise<boolean>
  onappend(head: object, blocks: InnerRange, isFlushed: boolean): void
  _unlock(): void
}

interface InnerRange {
  readonly start: number
  readonly length: number
  readonly drop: false
}

interface StoringCore {
  readonly state: InnerState
  readonly bitfield: object
  readonly header: { readonly hints: { contiguousLength: number; remoteContiguousLength: number } }
  readonly replicator: {
    onhave(start: number, length: number): void
    _ondownload(seq: number, bytes: number, from: LogPeer, request: null): void
  }
  hintsChanged: boolean
  _setBitfieldRanges(start: number, end: number, value: boolean): void
  updateContiguousLength(blocks: InnerRange): void
  flushHints(): Promise<void>
}

/**
 * Stores proven blocks of a log in one step, as hypercore's `_verifyBlock` and `_verifyShared` do with one block and its
 * proof: `core.core.state`, `bitfield`, `header.hints`, `replicator`.
 *
 * @returns false where the log has another length by now than the proof was made for: nothing is stored
 */
export async function storeBlocks(core: Hypercore, proven: ProvenBlocks, from: LogPeer): Promise<boolean> {
  const inner = core.core as unknown as StoringCore
  const { state } = inner
  const { start, blocks, nodes, base, upgrade } = proven
  const range = { start, length: blocks.length, drop: false } as const
  const end = start + blocks.length
  await state.mutex.lock()
  try {
    if (state.fork !== 0 || (upgrade === null ? state.length < base : state.length !== base)) return false
    const transaction = state.createWriteBatch()
    for (const [nth, block] of blocks.entries()) transaction.putBlock(start + nth, bufferOf(block))
    for (const node of nodes) transaction.putTreeNode(bufferNode(node))
    const bits = new BitInterlude()
    bits.setRange(start, end, true)
    bits.flush(transaction, inner.bitfield)
    const head = upgrade === null ? null : headOf(upgrade)
    if (head !== null) transaction.setHead(head)
    const { hints } = inner.header
    const isGapless = hints.contiguousLength >= start && hints.contiguousLength < end
    if (isGapless) transaction.setHints({ ...hints, contiguousLength: end })
    await state.flush()
    if (isGapless) hints.contiguousLength = end // hypercore would write it once more
    if (upgrade === null || head === null) {
      inner._setBitfieldRanges(start, end, true)
      inner.updateContiguousLength(range)
      inner.replicator.onhave(start, blocks.length)
    } else {
      state.roots = upgrade.roots.map(bufferNode)
      state.length = upgrade.length
      state.byteLength = upgrade.roots.reduce((sum, { size }) => sum + size, 0)
      state.signature = head.signature
      state.onappend(head, range, true)
    }
    inner.replicator._ondownload(end - 1, blocks.at(-1)!.length, from, null)
    if (inner.hintsChanged) await inner.flushHints()
  } finally {
    state._unlock()
  }
  return true
}

function headOf({ length, treeHash, signature }: NonNullable<ProvenBlocks['upgrade']>) {
  return {
    fork: 0,
    length,
    rootHash: bufferOf(treeHash),
    signature: Buffer.from(signature),
    timestamp: Date.now(),
  }
}

function bufferNode({ index, size, hash }: InnerNode): InnerNode {
  return { index, size, hash: bufferOf(hash) }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
