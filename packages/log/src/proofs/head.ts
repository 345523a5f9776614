/** Signed heads (spec/7-proofs §1): key K signed (length, tree hash), at fork 0. */
import { SIGNATURE_BYTES } from '../constants.js'
import { type Crypto, uint64 } from './crypto.js'
import { concat, hypercoreNamespace, type LogIdentity, logKey, NAMESPACE_TREE } from './manifest.js'

/** The state of a log as its owner signed it (spec/7-proofs §1). */
export interface SignedHead {
  /** Blocks in the log. */
  readonly length: number
  readonly treeHash: Uint8Array
  /** The bare ed25519 signature, 64 bytes. */
  readonly signature: Uint8Array
}

/** The bytes that a log's owner signs for a head: hypercore's. `fork` is 0 in every log that is believed. */
export function headSignable(
  crypto: Crypto,
  key: Uint8Array,
  length: number,
  hash: Uint8Array,
  fork = 0,
): Uint8Array {
  return concat(hypercoreNamespace(crypto, NAMESPACE_TREE), key, hash, uint64(length), uint64(fork))
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

/**
 * The bare signature in a container that hypercore has accepted for a log of one signer, or null for one
 * that it cannot have. It checks the first proof and passes over the rest, so the owner of a log may write
 * there what it likes: refusing that would let one participant stop all readers of its log.
 */
export function unwrapSignature(container: Uint8Array): Uint8Array | null {
  const count = readUint(container, 0)
  if (count === null || count.value === 0) return null
  const signer = readUint(container, count.end)
  if (signer === null || signer.value !== 0) return null
  const signature = new Uint8Array(container.subarray(signer.end, signer.end + SIGNATURE_BYTES))
  return signature.length === SIGNATURE_BYTES ? signature : null
}

/** hypercore's integers: one byte, or a mark and two, four or eight; it takes the longer forms of small ones too. */
function readUint(bytes: Uint8Array, at: number): { value: number; end: number } | null {
  const first = bytes[at]
  if (first === undefined) return null
  if (first <= 0xfc) return { value: first, end: at + 1 }
  const end = at + 1 + 2 ** (first - 0xfc)
  if (end > bytes.length) return null
  let value = 0
  for (let n = end - 1; n > at; n--) value = value * 256 + bytes[n]!
  return { value, end }
}
