/**
 * The one interface through which proofs hash and check signatures (spec/7-proofs §2): sodium
 * fills it in Node, a pure JavaScript library in a browser.
 */

export interface Crypto {
  /** BLAKE2b-256 over the concatenated parts, no key. The parts may change once it returns. */
  hash(...parts: Uint8Array[]): Uint8Array
  /** Ed25519; false for anything malformed. */
  verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean
}

/** Domain-tagged hash: `H(u8 length of tag ‖ tag ‖ parts)`. Every hash of Vitra's own is made here. */
export function taggedHash(crypto: Crypto, tag: string, ...parts: Uint8Array[]): Uint8Array {
  const name = encoder.encode(tag)
  return crypto.hash(Uint8Array.of(name.length), name, ...parts)
}

/** 8 bytes, little-endian, as hypercore writes lengths. `value` is a safe integer. */
export function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  writeUint64(bytes, 0, value)
  return bytes
}

/** Writes {@link uint64} into bytes that are there. Throws for what is no whole number from 0 on. */
export function writeUint64(bytes: Uint8Array, at: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('not a whole number')
  let low = value >>> 0
  let high = (value - low) / 2 ** 32
  for (let n = 0; n < 4; n++) {
    bytes[at + n] = low
    bytes[at + 4 + n] = high
    low >>>= 8
    high >>>= 8
  }
}

const encoder = new TextEncoder()
