/** Public keys as people hand them over. */
import { KEY_BYTES, toHex } from '@vitra/log'
import { DatabaseError } from './errors.js'

/** A public key: 32 bytes or 64 hex digits. */
export type PublicKeyLike = Uint8Array | string

/** @throws {DatabaseError} `KEY_INVALID` */
export function parseKey(key: PublicKeyLike, what: string): Buffer {
  const text = typeof key === 'string' ? key.trim().toLowerCase() : toHex(key)
  if (!/^[0-9a-f]+$/.test(text) || text.length !== 2 * KEY_BYTES) {
    throw new DatabaseError('KEY_INVALID', `${what} is not a public key: give 32 bytes or 64 hex digits`)
  }
  return Buffer.from(text, 'hex')
}
