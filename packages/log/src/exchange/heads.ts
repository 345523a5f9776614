/**
 * Asks peers for the owner's signed head of a log at one length, and answers those who ask (spec/9-exchange §3).
 * hypercore's own messages carry the newest head alone, and compare no two of the same length.
 */
import type Hypercore from 'hypercore'
import { SIGNATURE_BYTES } from '../constants.js'
import type { LogPeer } from '../core.js'
import { type Extension, openExtension } from '../internals/hypercore.js'
import { writeUint64 } from '../proofs/crypto.js'
import type { SignedHead } from '../proofs/head.js'

const NAME = 'vitra/heads/1'
const ASK = 0
const TELL = 1
const HASH_BYTES = 32
/** How long a peer may take to answer, in ms. */
const ANSWER_MS = 2000
/** A peer that had no such head is asked again after this time, in ms. */
const AGAIN_MS = 30_000
/** Questions of one peer that wait for an answer at a time; more are passed over. */
const QUESTIONS_MAX = 16
/** Answers of one peer that are kept. */
const ANSWERS_MAX = 64

interface Answer {
  readonly at: number
  readonly head: SignedHead | null
}

/** Exchanges signed heads with the peers of a log. */
export interface HeadExchange {
  /** The heads that connected peers have at a length, whatever they are; nobody has checked them. */
  ask(length: number): Promise<SignedHead[]>
}

/** Over hypercore. Declarations of the package do not name it: it has no types of its own. */
export class CoreHeadExchange implements HeadExchange {
  readonly #core: Hypercore
  readonly #extension: Extension
  /** Who waits for the answer of a peer, by length. */
  readonly #asking = new WeakMap<LogPeer, Map<number, (head: SignedHead | null) => void>>()
  readonly #answers = new WeakMap<LogPeer, Map<number, Answer>>()
  readonly #questions = new WeakMap<LogPeer, number>()
  readonly #find: (length: number) => Promise<SignedHead | null>

  /** @param find the signed head at a length, as it is here; null where it is not */
  constructor(core: Hypercore, find: (length: number) => Promise<SignedHead | null>) {
    this.#core = core
    this.#find = find
    this.#extension = openExtension(core, NAME, (bytes, peer) => this.#hear(bytes, peer))
  }

  async ask(length: number): Promise<SignedHead[]> {
    const heads = await Promise.all(this.#core.peers.map((peer) => this.#askPeer(peer, length)))
    return heads.filter((head) => head !== null)
  }

  async #askPeer(peer: LogPeer, length: number): Promise<SignedHead | null> {
    const answers = this.#answers.get(peer) ?? new Map<number, Answer>()
    this.#answers.set(peer, answers)
    const known = answers.get(length)
    if (known !== undefined && (known.head !== null || performance.now() - known.at < AGAIN_MS))
      return known.head
    const head = await this.#waitFor(peer, length)
    if (head !== null || answers.get(length)?.head == null)
      answers.set(length, { at: performance.now(), head })
    if (answers.size > ANSWERS_MAX) answers.delete(answers.keys().next().value!)
    return head
  }

  #waitFor(peer: LogPeer, length: number): Promise<SignedHead | null> {
    const asking = this.#asking.get(peer) ?? new Map<number, (head: SignedHead | null) => void>()
    this.#asking.set(peer, asking)
    return new Promise((resolve) => {
      const finish = (head: SignedHead | null) => {
        clearTimeout(timer)
        asking.delete(length)
        resolve(head)
      }
      const timer = setTimeout(() => finish(null), ANSWER_MS)
      timer.unref()
      asking.set(length, finish)
      this.#extension.send(encodeAsk(length), peer)
    })
  }

  #hear(bytes: Uint8Array, peer: LogPeer): void {
    if (bytes[0] === ASK && bytes.length === 9) void this.#answer(readUint64(bytes, 1), peer)
    const told = decodeTell(bytes)
    if (told !== null) this.#asking.get(peer)?.get(told.length)?.(told.head)
  }

  async #answer(length: number, peer: LogPeer): Promise<void> {
    const open = this.#questions.get(peer) ?? 0
    if (open >= QUESTIONS_MAX || length < 1 || length > this.#core.length) return
    this.#questions.set(peer, open + 1)
    const head = await this.#find(length).catch(() => null) // what is not here, or of a log that closes
    this.#questions.set(peer, (this.#questions.get(peer) ?? 1) - 1)
    if (this.#core.closing === null) this.#extension.send(encodeTell(length, head), peer)
  }
}

/** A number that no log is as long as where it is no safe one. */
function readUint64(bytes: Uint8Array, at: number): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at, true))
}

function encodeAsk(length: number): Uint8Array {
  const out = new Uint8Array(9)
  out[0] = ASK
  writeUint64(out, 1, length)
  return out
}

/** Without a head where there is none. */
function encodeTell(length: number, head: SignedHead | null): Uint8Array {
  const out = new Uint8Array(head === null ? 9 : 9 + HASH_BYTES + SIGNATURE_BYTES)
  out[0] = TELL
  writeUint64(out, 1, length)
  if (head === null) return out
  out.set(head.treeHash, 9)
  out.set(head.signature, 9 + HASH_BYTES)
  return out
}

/** Null for what is no such message. */
function decodeTell(bytes: Uint8Array): { length: number; head: SignedHead | null } | null {
  if (bytes[0] !== TELL || bytes.length < 9) return null
  const length = readUint64(bytes, 1)
  if (bytes.length === 9) return { length, head: null }
  if (bytes.length !== 9 + HASH_BYTES + SIGNATURE_BYTES) return null
  const own = Uint8Array.from(bytes.subarray(9)) // the message is a view of what came over the connection
  return { length, head: { length, treeHash: own.slice(0, HASH_BYTES), signature: own.slice(HASH_BYTES) } }
}
