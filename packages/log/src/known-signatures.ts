/** The good signatures that were made or checked last. A pair of message and key has what it had: nothing is trusted here. */
import { sameBytes } from './values/value.js'

interface Known {
  readonly message: Uint8Array
  readonly publicKey: Uint8Array
}

/** Signatures of one half of what is kept. */
const HALF = 256

/** In two halves: what is not asked for while one half fills is let go of. */
export class KnownSignatures {
  #young = new Map<string, Known>()
  #old = new Map<string, Known>()

  /** True where exactly this signature, of these bytes, by this key, was added. */
  has(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
    const name = nameOf(signature)
    const young = this.#young.get(name)
    const known = young ?? this.#old.get(name)
    if (known === undefined) return false
    if (!sameBytes(known.message, message) || !sameBytes(known.publicKey, publicKey)) return false
    if (young === undefined) this.#keep(name, known)
    return true
  }

  /** Notes a signature that is good. */
  add(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): void {
    this.#keep(nameOf(signature), { message: message.slice(), publicKey: publicKey.slice() })
  }

  #keep(name: string, known: Known): void {
    this.#young.set(name, known)
    if (this.#young.size < HALF) return
    this.#old = this.#young
    this.#young = new Map()
  }
}

function nameOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
}
