/**
 * The one interface through which proofs hash and check signatures (spec/7-proofs §2): sodium
 * fills it in Node, a pure JavaScript library in a browser.
 */

export interface Crypto {
  /** BLAKE2b-256 over the concatenated parts, no key. */
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
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true)
  return bytes
}

const encoder = new TextEncoder()
