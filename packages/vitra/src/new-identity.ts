/** A key pair before there is a database that keeps it. */
import { type ExportedIdentity, newKeyPair, toHex } from '@vitra/log'

/**
 * Makes a key pair to take part with. It holds the secret key: `db.importIdentity` keeps it with a database.
 *
 * @example const db = await Database.create('./db', { contract: { source }, identity: newIdentity() })
 */
export function newIdentity(): ExportedIdentity {
  const { publicKey, secretKey } = newKeyPair()
  return { format: 1, publicKey: toHex(publicKey), secretKey: toHex(secretKey) }
}
