/** Signatures that need not be checked twice: the same in all three parts, or unknown. */
import { expect, it } from 'vitest'
import { newKeyPair, sign, signAs, sodiumCrypto } from '../src/index.js'
import { KnownSignatures } from '../src/known-signatures.js'
import { text } from './helpers.js'

it('knows a signature of exactly these bytes by exactly this key, whatever becomes of the memory it came in', () => {
  const known = new KnownSignatures()
  const message = text('message')
  const signature = new Uint8Array(64).fill(200)
  const key = new Uint8Array(32).fill(1)
  expect(known.has(message, signature, key)).toBe(false)
  known.add(message, signature, key)
  message.fill(0)
  key.fill(0)
  expect(known.has(text('message'), signature, new Uint8Array(32).fill(1))).toBe(true)
  expect(known.has(message, signature, new Uint8Array(32).fill(1))).toBe(false)
  expect(known.has(text('message'), signature, key)).toBe(false)
  expect(known.has(text('message'), new Uint8Array(64).fill(201), new Uint8Array(32).fill(1))).toBe(false)
})

it('lets go of what was not asked for, and keeps what was', () => {
  const known = new KnownSignatures()
  const key = new Uint8Array(32)
  const nth = (n: number) => new Uint8Array(new Uint32Array(16).fill(n).buffer)
  for (let n = 0; n < 5000; n++) {
    known.add(text('m'), nth(n), key)
    expect(known.has(text('m'), nth(0), key)).toBe(true)
  }
  expect(known.has(text('m'), nth(1), key)).toBe(false)
  expect(known.has(text('m'), nth(4999), key)).toBe(true)
})

it('refuses a forged signature beside a known one, and one for other bytes', () => {
  const pair = newKeyPair()
  const message = text('a head')
  const signature = signAs(message, pair)
  expect(signature).toEqual(sign(message, pair.secretKey))
  for (let again = 0; again < 2; again++) {
    expect(sodiumCrypto.verify(message, signature, pair.publicKey)).toBe(true)
    expect(sodiumCrypto.verify(text('b head'), signature, pair.publicKey)).toBe(false)
    expect(sodiumCrypto.verify(message, signature, newKeyPair().publicKey)).toBe(false)
    const forged = signature.slice()
    forged[again] = forged[again]! ^ 1
    expect(sodiumCrypto.verify(message, forged, pair.publicKey)).toBe(false)
  }
})
