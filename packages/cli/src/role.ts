/** What a copy is in its database. */
import type { Database } from 'vitra'

/** `waiting` has a key pair that is not admitted; a `reader` has none. */
export type Role = 'executor' | 'participant' | 'waiting' | 'reader'

/** The public key that this copy takes part with, or would, in hex; null where it has none. */
export async function ownKey(db: Database): Promise<string | null> {
  if (db.localOplog !== null) return db.localOplog.publicKey.toString('hex')
  const [identity] = await db.identities()
  return identity?.toString() ?? null
}

/** @param own what {@link ownKey} says */
export function roleOf(db: Database, own: string | null): Role {
  if (db.executor !== null) return 'executor'
  if (db.localOplog?.active) return 'participant'
  return own === null ? 'reader' : 'waiting'
}
