/**
 * The only place, with `append-internals.ts`, that touches inner, non-public fields of the Holepunch packages. Each function
 * says which field it needs; `test/internals.test.ts` fails when an upgrade changes one.
 */
import type Corestore from 'corestore'
import Hypercore from 'hypercore'
import type { LogCore, LogPeer, LogStore } from './core.js'
import { LogError } from './errors.js'

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

/** A core that is closed already takes in nothing. */
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
export function readBlocks(core: Hypercore, start: number, end: number): Promise<(Uint8Array | null)[]> {
  const reads = core.state.storage.read()
  const blocks = Array.from({ length: end - start }, (_, nth) => reads.getBlock(start + nth).then(plainBytes))
  reads.tryFlush()
  return Promise.all(blocks)
}

/** A buffer's `slice` is no copy, unlike that of other bytes. */
function plainBytes(block: Uint8Array | null): Uint8Array | null {
  return block === null ? null : new Uint8Array(block.buffer, block.byteOffset, block.byteLength)
}
