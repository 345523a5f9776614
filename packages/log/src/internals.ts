/**
 * The only place that touches inner, non-public fields of the Holepunch packages. Each function says
 * which field it needs; `test/internals.test.ts` fails when an upgrade changes one.
 */
import type Corestore from 'corestore'
import type Hypercore from 'hypercore'

/**
 * Writes everything that hypercore has accepted to disk. `store.storage.flush()` syncs nothing;
 * `store.storage.db.flush()` makes RocksDB write its memory table into a synced file.
 */
export async function flushStorage(store: Corestore): Promise<void> {
  const { storage } = store as unknown as { storage: { db: { flush(): Promise<void> } } }
  await storage.db.flush()
}

/** The longest signed length that a connected peer has announced: `peer.remoteLength`, 0 without peers. */
export function remoteLengthMax(core: Hypercore): number {
  const peers = core.peers as unknown as { remoteLength: number }[]
  return peers.reduce((longest, peer) => Math.max(longest, peer.remoteLength), 0)
}
