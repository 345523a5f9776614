/** The crypto interface of browsers gives what libsodium gives, for true, false and malformed input. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js'
import { sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, newKeyPair, sign, sodiumCrypto } from '../src/index.js'
import { nobleCrypto } from '../src/proofs/noble.js'
import { flipBit, text } from './helpers.js'

const { Point } = ed25519
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

/** What both say, which must be the same. */
function verdict(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  const native = sodiumCrypto.verify(message, signature, publicKey)
  expect(nobleCrypto.verify(message, signature, publicKey)).toBe(native)
  return native
}

/** The eight points of small order, and their encodings that are not canonical. */
const SMALL_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
].map(fromHex)
const NOT_CANONICAL = [
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
].map(fromHex)

describe('hashes', () => {
  it('are of their own, whatever is hashed next, and of parts as long as they like', () => {
    for (const { hash } of [sodiumCrypto, nobleCrypto]) {
      const part = new Uint8Array(32).fill(1)
      const [one, again] = [hash(part, part), hash(part, part)]
      hash(part.fill(2), part)
      expect(one).toEqual(again)
      expect(one.buffer.byteLength).toBe(32)
      expect(hash(one, part)).not.toEqual(hash(part, one))
    }
    for (const length of [0, 1, 64, 4063, 4064, 4065, 70_000]) {
      const [short, long] = [new Uint8Array(32).fill(3), new Uint8Array(length).fill(4)]
      const whole = Uint8Array.of(...short, ...long)
      expect(sodiumCrypto.hash(short, long)).toEqual(nobleCrypto.hash(whole))
      expect(sodiumCrypto.hash(whole)).toEqual(nobleCrypto.hash(short, long))
    }
  })
})

describe('hashes without native code', () => {
  it('are those of libsodium, however the input is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (parts) => {
        expect(nobleCrypto.hash(...parts)).toEqual(sodiumCrypto.hash(...parts))
      }),
    )
  })
})

describe('signatures without native code', () => {
  it('hold where libsodium says so', () => {
    for (let n = 0; n < 40; n++) {
      const { publicKey, secretKey } = newKeyPair()
      const message = text(`message ${n}`)
      const signature = sign(message, secretKey)
      expect(verdict(message, signature, publicKey)).toBe(true)
      expect(verdict(text('another'), signature, publicKey)).toBe(false)
      const s = bytesToNumberLE(signature.subarray(32))
      const raised = concat(signature.subarray(0, 32), numberToBytesLE(s + Point.Fn.ORDER, 32))
      expect(verdict(message, raised, publicKey)).toBe(false)
    }
  })

  it('break with every bit', () => {
    const { publicKey, secretKey } = newKeyPair()
    const message = text('message')
    const signature = sign(message, secretKey)
    for (let bit = 0; bit < 512; bit += 3)
      expect(verdict(message, flipBit(signature, bit), publicKey)).toBe(false)
    for (let bit = 0; bit < 256; bit += 3)
      expect(verdict(message, signature, flipBit(publicKey, bit))).toBe(false)
  })

  it('of random and misshapen bytes do not hold', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), bytes(64), bytes(32), (message, signature, key) => {
        expect(verdict(message, signature, key)).toBe(false)
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ maxLength: 40 }), (signature, key) => {
        fc.pre(signature.length !== 64 || key.length !== 32)
        expect(verdict(text('message'), signature, key)).toBe(false)
      }),
    )
  })

  it('over points of small order do not hold', () => {
    const points = [...SMALL_ORDER, ...NOT_CANONICAL]
    for (const key of points) {
      for (const r of points) {
        for (const s of [0n, 1n, Point.Fn.ORDER])
          expect(verdict(text('message'), concat(r, numberToBytesLE(s, 32)), key)).toBe(false)
      }
    }
    const key = Point.BASE.multiply(5n)
    for (const r of points) {
      const s = Point.Fn.create(challenge(r, key.toBytes(), text('message')) * 5n)
      expect(verdict(text('message'), concat(r, numberToBytesLE(s, 32)), key.toBytes())).toBe(false)
    }
  })

  it('that hold up to a point of small order get one answer', () => {
    const told = { yes: 0, no: 0 }
    for (let n = 0; n < 12; n++) {
      for (const [m, torsion] of SMALL_ORDER.entries()) {
        for (const where of ['R', 'A', 'both']) {
          const point = Point.fromBytes(torsion, true)
          const secret = BigInt(1000 + 77 * n)
          const nonce = BigInt(55 + n)
          const shift = (to: InstanceType<typeof Point>, name: string) =>
            where === 'both' || where === name ? to.add(point) : to
          const r = shift(Point.BASE.multiply(nonce), 'R').toBytes()
          const key = shift(Point.BASE.multiply(secret), 'A').toBytes()
          const message = Uint8Array.of(n, m)
          const s = Point.Fn.create(nonce + challenge(r, key, message) * secret)
          told[verdict(message, concat(r, numberToBytesLE(s, 32)), key) ? 'yes' : 'no']++
        }
      }
    }
    expect(told.yes).toBeGreaterThan(12)
    expect(told.no).toBeGreaterThan(12)
  })
})

function challenge(r: Uint8Array, key: Uint8Array, message: Uint8Array): bigint {
  return Point.Fn.create(bytesToNumberLE(sha512(concat(r, key, message))))
}
