/** Signed heads (spec/7-proofs §1): key K signed (length, tree hash), at fork 0. */
import { SIGNATURE_BYTES } from '../constants.js'
import { type Crypto, uint64 } from './crypto.js'
import { concat, hypercoreNamespace, type LogIdentity, logKey, NAMESPACE_TREE } from './manifest.js'

export interface SignedHead {
  /** Blocks in the log. */
  readonly length: number
  readonly treeHash: Uint8Array
  /** The bare ed25519 signature, 64 bytes. */
  readonly signature: Uint8Array
}

/** The bytes that a log's owner signs for a head: hypercore's, fork 0. */
export function headSignable(crypto: Crypto, key: Uint8Array, length: number, hash: Uint8Array): Uint8Array {
  return concat(hypercoreNamespace(crypto, NAMESPACE_TREE), key, hash, uint64(length), uint64(0))
}

/** True where the owner of the log with this identity signed this head. */
export function checkHead(crypto: Crypto, identity: LogIdentity, head: SignedHead): boolean {
  if (head.signature.length !== SIGNATURE_BYTES || head.treeHash.length !== 32) return false
  if (!Number.isSafeInteger(head.length) || head.length < 1) return false
  const message = headSignable(crypto, logKey(crypto, identity), head.length, head.treeHash)
  return crypto.verify(message, head.signature, identity.signer)
}

/**
 * hypercore's container for the signature of one signer without patches: count, signer index,
 * signature, patch length, node count.
 */
export function wrapSignature(signature: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(1, 0), signature, Uint8Array.of(0, 0))
}

/** The bare signature in such a container, or null for any other container. */
export function unwrapSignature(container: Uint8Array): Uint8Array | null {
  if (container.length !== SIGNATURE_BYTES + 4) return null
  if (container[0] !== 1 || container[1] !== 0) return null
  if (container[SIGNATURE_BYTES + 2] !== 0 || container[SIGNATURE_BYTES + 3] !== 0) return null
  return new Uint8Array(container.subarray(2, 2 + SIGNATURE_BYTES))
}
