/** The Node side of the crypto interface: libsodium. */
import sodium from 'sodium-universal'
import { KEY_BYTES, SIGNATURE_BYTES } from './constants.js'
import type { Crypto } from './proofs/crypto.js'

/** BLAKE2b-256 and ed25519 by libsodium. */
export const sodiumCrypto: Crypto = Object.freeze({
  hash(...parts: Uint8Array[]): Uint8Array {
    const out = new Uint8Array(KEY_BYTES)
    sodium.crypto_generichash_batch(out, parts)
    return out
  },
  verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
    if (signature.length !== SIGNATURE_BYTES || publicKey.length !== KEY_BYTES) return false
    return sodium.crypto_sign_verify_detached(signature, message, publicKey)
  },
})

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

/** Random bytes of the system's generator. */
export function randomBytes(length: number): Uint8Array {
  const out = new Uint8Array(length)
  sodium.randombytes_buf(out)
  return out
}
