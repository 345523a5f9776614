/**
 * Sends a peer the blocks of a log that it asked for, and what comes after them as it comes: as many at a time as it can
 * take, with the nodes that prove them under a signed head.
 */
import type Hypercore from 'hypercore'
import { heldHead, readTreeNodes } from '../internals/hypercore.js'
import { unwrapSignature } from '../proofs/head.js'
import { coverIndexes } from '../proofs/merkle.js'
import type { ExchangedLog } from './exchanged-log.js'
import { type BlocksMessage, bytesOf, MESSAGE_BLOCKS_MAX, MESSAGE_BYTES_MAX } from './messages.js'

/** Bytes on their way to a peer at a time, at most, unless one message has more; over a slow link fewer. */
export const WINDOW_BYTES = 1024 * 1024
/** So it begins, and stays where the link is slow. */
const WINDOW_BYTES_MIN = 64 * 1024
/** A message has this part of what may be on its way, so that the peer sees something come. */
const MESSAGES = 4
/** More may be on its way where it arrives in this time, and less where it takes longer than that, in ms. */
const QUICK_MS = 250
const SLOW_MS = 1000
/** How long a block is thought to be before one was read, in bytes. */
const BLOCK_BYTES_GUESS = 4096

/** The peer that is sent to. */
export interface Recipient {
  /** Length of the log that the peer says it has without a gap. */
  has(): number
  /** True where the connection takes more; {@link Sender.wake} tells when it does again. All logs of a peer share it. */
  hasRoom(): boolean
  send(message: BlocksMessage): void
}

export class Sender {
  readonly #log: ExchangedLog
  readonly #core: Hypercore
  readonly #to: Recipient
  /** The next block to send; null where nothing is wanted. */
  #next: number | null = null
  /** Length of the head that the peer has. */
  #headLength = 0
  #knowsIdentity = false
  /** Messages that the peer has not said to have. */
  #flying: { readonly bytes: number; readonly at: number }[] = []
  #flyingBytes = 0
  /** Bytes that the peer has said to have, of the first of them. */
  #landedBytes = 0
  #windowBytes = WINDOW_BYTES_MIN
  #blockBytes = BLOCK_BYTES_GUESS
  #isSending = false
  #isAsked = false

  constructor(log: ExchangedLog, core: Hypercore, to: Recipient) {
    this.#log = log
    this.#core = core
    this.#to = to
  }

  want(from: number, headLength: number): void {
    this.#next = from
    this.#headLength = headLength
    this.#knowsIdentity = headLength > 0
    this.wake()
  }

  /** @throws {RangeError} where the peer was not sent as much */
  have(bytes: number): void {
    if (bytes > this.#flyingBytes) throw new RangeError('it has more than it was sent')
    this.#flyingBytes -= bytes
    this.#landedBytes += bytes
    let sentAt = 0
    while (this.#flying.length > 0 && this.#flying[0]!.bytes <= this.#landedBytes) {
      const first = this.#flying.shift()!
      this.#landedBytes -= first.bytes
      sentAt = first.at
    }
    if (sentAt > 0) this.#adapt(performance.now() - sentAt)
    this.wake()
  }

  #adapt(ms: number): void {
    if (ms < QUICK_MS) this.#windowBytes = Math.min(WINDOW_BYTES, 2 * this.#windowBytes)
    else if (ms > SLOW_MS) this.#windowBytes = Math.max(WINDOW_BYTES_MIN, this.#windowBytes / 2)
  }

  stop(): void {
    this.#next = null
  }

  /** The log may have more. */
  wake(): void {
    this.#isAsked = true
    if (!this.#isSending) void this.#sendAll()
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true
    try {
      while (this.#isAsked) {
        this.#isAsked = false
        while (this.#flyingBytes < this.#windowBytes && (await this.#sendNext())) {
          // as long as there is something
        }
      }
    } catch {
      this.#next = null // the log closes, or cannot be read: the peer gets nothing, and asks others
    } finally {
      this.#isSending = false
    }
  }

  /** @returns false where there is nothing to send now */
  async #sendNext(): Promise<boolean> {
    const asked = this.#next
    if (asked === null || this.#core.closing || !this.#to.hasRoom()) return false
    const { length, fork, signature } = heldHead(this.#core)
    if (fork !== 0 || signature === null || this.#core.manifest === null) return false
    const start = this.#headLength > asked ? asked : Math.max(asked, Math.min(this.#to.has(), length))
    const headLength = this.#headLength > start ? this.#headLength : length
    const end = Math.min(this.#core.contiguousLength, headLength)
    const bare = unwrapSignature(signature)
    if (bare === null || start >= end || headLength > length) return false
    const blocks = await this.#read(start, end)
    const last = start + blocks.length
    const nodes = await readTreeNodes(this.#core, coverIndexes(last, headLength))
    if (blocks.length === 0 || nodes.includes(null)) return false
    if (this.#next !== asked) return true // it asked for something else meanwhile
    if (!this.#to.hasRoom()) return false // it has said that it has what it has not read, or asks for many logs
    const { identity } = this.#log
    this.#to.send({
      kind: 'blocks',
      start,
      blocks,
      nodes: nodes.map((node) => node!),
      length: headLength,
      signature: bare,
      identity: this.#knowsIdentity ? null : identity,
    })
    const bytes = bytesOf({ blocks })
    this.#next = last
    this.#headLength = headLength
    this.#knowsIdentity = true
    this.#flying.push({ bytes, at: performance.now() })
    this.#flyingBytes += bytes
    this.#blockBytes = Math.ceil(bytes / blocks.length)
    return true
  }

  /** As many blocks as a message may have, or fewer where they are longer than thought. */
  async #read(start: number, end: number): Promise<Uint8Array[]> {
    const bytesMax = Math.min(MESSAGE_BYTES_MAX, this.#windowBytes / MESSAGES)
    const guess = Math.ceil(bytesMax / Math.max(1, this.#blockBytes))
    const count = await fittingBlocks(this.#core, start, Math.min(end, start + guess))
    const blocks: Uint8Array[] = []
    let bytes = 0
    for (const block of await this.#log.stored(start, start + count)) {
      bytes += block?.length ?? 0
      if (block === null || (blocks.length > 0 && bytes > MESSAGE_BYTES_MAX)) break
      blocks.push(block)
    }
    return blocks
  }
}

/**
 * So many of the blocks from `start` on, before `end`, as are not far more than a message: a few bytes of the tree tell
 * before all are read.
 */
export async function fittingBlocks(core: Hypercore, start: number, end: number): Promise<number> {
  for (let count = Math.min(end - start, MESSAGE_BLOCKS_MAX); count > 1; count >>= 1) {
    const nodes = await readTreeNodes(core, coverIndexes(start, start + count))
    const bytes = nodes.reduce((sum, node) => sum + (node?.size ?? Number.POSITIVE_INFINITY), 0)
    if (bytes <= 4 * MESSAGE_BYTES_MAX) return count
  }
  return 1
}
