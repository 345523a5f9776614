/**
 * `@vitra/log/proofs/noble`: the crypto interface in plain JavaScript, for browsers (spec/7-proofs §2). It gives
 * what libsodium gives, for every input; checks take milliseconds where libsodium takes microseconds.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { bytesToNumberLE } from '@noble/curves/utils.js'
import { blake2b } from '@noble/hashes/blake2.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { KEY_BYTES, SIGNATURE_BYTES } from '../constants.js'
import { sameBytes } from '../values/value.js'
import type { Crypto } from './crypto.js'

/** BLAKE2b-256 and ed25519 without native code. */
export const nobleCrypto: Crypto = Object.freeze({
  hash(...parts: Uint8Array[]): Uint8Array {
    const hash = blake2b.create({ dkLen: KEY_BYTES })
    for (const part of parts) hash.update(part)
    return hash.digest()
  },
  verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
    if (signature.length !== SIGNATURE_BYTES || publicKey.length !== KEY_BYTES) return false
    try {
      return verifyStrictly(message, signature, publicKey)
    } catch {
      return false // a point that is none
    }
  },
})

/**
 * libsodium's rule, which is stricter than noble's own `verify`: no factor of 8 in the equation and no point of small
 * order. With the looser rule the owner of a key can make signatures that hold in browsers and nowhere else.
 */
function verifyStrictly(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  const { BASE, Fn } = ed25519.Point
  const r = signature.subarray(0, KEY_BYTES)
  const s = bytesToNumberLE(signature.subarray(KEY_BYTES))
  if (s >= Fn.ORDER) return false
  const a = ed25519.Point.fromBytes(publicKey)
  if (a.isSmallOrder()) return false
  const k = Fn.create(bytesToNumberLE(sha512.create().update(r).update(publicKey).update(message).digest()))
  const expected = BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k))
  return !expected.isSmallOrder() && sameBytes(expected.toBytes(), r)
}
