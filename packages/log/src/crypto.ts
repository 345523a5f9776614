/** The Node side of the crypto interface: libsodium. */
import sodium from 'sodium-universal'
import { KEY_BYTES, SIGNATURE_BYTES } from './constants.js'
import { KnownSignatures } from './known-signatures.js'
import type { Crypto } from './proofs/crypto.js'

/** What was checked, or signed, last is not checked again: a head is met in many receipts, and in one's own at once. */
const known = new KnownSignatures()

/** BLAKE2b-256 and ed25519 by libsodium. */
export const sodiumCrypto: Crypto = Object.freeze({
  hash(...parts: Uint8Array[]): Uint8Array {
    const input = parts.length === 1 ? parts[0]! : joined(parts)
    if (input === null) sodium.crypto_generichash_batch(digest, parts)
    else sodium.crypto_generichash(digest, input)
    return digest.slice()
  },
  verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
    if (signature.length !== SIGNATURE_BYTES || publicKey.length !== KEY_BYTES) return false
    if (known.has(message, signature, publicKey)) return true
    const isGood = sodium.crypto_sign_verify_detached(signature, message, publicKey)
    if (isGood) known.add(message, signature, publicKey)
    return isGood
  },
})

// libsodium gets memory that stays: handing it a small array of JavaScript's own costs more than hashing one.
const JOINED_BYTES_MAX = 4096
const scratch = new Uint8Array(JOINED_BYTES_MAX)
const digest = new Uint8Array(new ArrayBuffer(KEY_BYTES))

/** The parts one after the other, until the next call; null where they are too long for that. */
function joined(parts: readonly Uint8Array[]): Uint8Array | null {
  let length = 0
  for (const part of parts) {
    if (!ArrayBuffer.isView(part) || part.length !== part.byteLength)
      throw new TypeError('only bytes are hashed')
    length += part.length
  }
  if (length > JOINED_BYTES_MAX) return null
  let at = 0
  for (const part of parts) {
    scratch.set(part, at)
    at += part.length
  }
  return scratch.subarray(0, length)
}

/** An ed25519 key pair; the secret key is 64 bytes, libsodium's form. */
export interface KeyPair {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
}

/** A new ed25519 key pair. */
export function newKeyPair(): KeyPair {
  const publicKey = new Uint8Array(sodium.crypto_sign_PUBLICKEYBYTES)
  const secretKey = new Uint8Array(sodium.crypto_sign_SECRETKEYBYTES)
  sodium.crypto_sign_keypair(publicKey, secretKey)
  return { publicKey, secretKey }
}

/** An ed25519 signature, 64 bytes. */
export function sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  const signature = new Uint8Array(SIGNATURE_BYTES)
  sodium.crypto_sign_detached(signature, message, secretKey)
  return signature
}

/** Signs as {@link sign}, for a pair whose halves belong together; the signature need not be checked in this process. */
export function signAs(message: Uint8Array, { publicKey, secretKey }: KeyPair): Uint8Array {
  const signature = sign(message, secretKey)
  known.add(message, signature, publicKey)
  return signature
}

/** Random bytes of the system's generator. */
export function randomBytes(length: number): Uint8Array {
  const out = new Uint8Array(length)
  sodium.randombytes_buf(out)
  return out
}
