/**
 * Every signed head that anybody in this process has checked and found good: what hypercore is handed by the owner of a
 * log, what a peer receives, what an audit reads. No honest owner signs two heads of one length, whatever happens to its
 * machine; what was signed and never left the memory of a machine that died is nobody's concern and not here.
 */
import { headSignable, KnownSignatures, sodiumCrypto, toHex } from '@vitra/log'
import sodium from 'sodium-universal'

const KEY_BYTES = 32
/** tag ‖ key ‖ tree hash ‖ u64 length ‖ u64 fork */
const SIGNABLE_BYTES = 3 * KEY_BYTES + 16
const TAG = toHex(headSignable(sodiumCrypto, new Uint8Array(KEY_BYTES), 0, new Uint8Array(KEY_BYTES))).slice(
  0,
  64,
)

/** Two heads of one length, or one of a fork. */
export interface DoubleSignature {
  readonly key: string
  readonly length: number
  readonly fork: number
  readonly treeHashes: readonly string[]
}

export class SignedHeads implements Disposable {
  readonly #heads = new Map<string, Map<number, string>>()
  readonly #doubles: DoubleSignature[] = []
  readonly #verify = sodium.crypto_sign_verify_detached
  readonly #isKnown = KnownSignatures.prototype.has
  #count = 0

  constructor() {
    const verify = this.#verify
    sodium.crypto_sign_verify_detached = (signature, message, publicKey) => {
      const isGood = verify.call(sodium, signature, message, publicKey)
      if (isGood) this.#note(message)
      return isGood
    }
    // What this process has signed it need not check: the copies of a simulation, owners among them, share one.
    const isKnown = this.#isKnown
    const note = (message: Uint8Array) => this.#note(message)
    KnownSignatures.prototype.has = function (message, signature, publicKey) {
      const isGood = isKnown.call(this, message, signature, publicKey)
      if (isGood) note(message)
      return isGood
    }
  }

  [Symbol.dispose](): void {
    sodium.crypto_sign_verify_detached = this.#verify
    KnownSignatures.prototype.has = this.#isKnown
  }

  /** Different heads seen. */
  get count(): number {
    return this.#count
  }

  /** What no honest owner does. */
  get doubles(): readonly DoubleSignature[] {
    return this.#doubles
  }

  #note(message: Uint8Array): void {
    if (message.length !== SIGNABLE_BYTES || toHex(message.subarray(0, KEY_BYTES)) !== TAG) return
    const key = toHex(message.subarray(KEY_BYTES, 2 * KEY_BYTES))
    const treeHash = toHex(message.subarray(2 * KEY_BYTES, 3 * KEY_BYTES))
    const view = new DataView(message.buffer, message.byteOffset + 3 * KEY_BYTES, 16)
    const [length, fork] = [Number(view.getBigUint64(0, true)), Number(view.getBigUint64(8, true))]
    const heads = this.#heads.get(key) ?? new Map<number, string>()
    this.#heads.set(key, heads)
    const known = heads.get(length)
    if (known === undefined) {
      heads.set(length, treeHash)
      this.#count++
    }
    if (fork === 0 && (known === undefined || known === treeHash)) return
    this.#doubles.push({ key, length, fork, treeHashes: [known ?? '', treeHash] })
  }
}
