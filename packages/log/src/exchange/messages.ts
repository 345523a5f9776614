/**
 * What two copies of a log say to each other beside hypercore's own messages, so that blocks travel many at a
 * time (spec/9-exchange §1). A byte tells the kind; numbers are little-endian. What cannot be read throws a RangeError.
 */
import { KEY_BYTES, SIGNATURE_BYTES } from '../constants.js'
import { writeUint64 } from '../proofs/crypto.js'
import type { LogIdentity } from '../proofs/manifest.js'
import type { TreeNode } from '../proofs/merkle.js'

/** Blocks of a log under one signed head. */
export interface BlocksMessage {
  readonly kind: 'blocks'
  readonly start: number
  readonly blocks: readonly Uint8Array[]
  /** Nodes over what is between these blocks and the end of the log: size and hash, left to right. */
  readonly nodes: readonly Pick<TreeNode, 'size' | 'hash'>[]
  /** Length of the head. */
  readonly length: number
  /** Bare signature of the head. */
  readonly signature: Uint8Array
  /** Told once, to whoever may not know it. */
  readonly identity: LogIdentity | null
}

export type Message =
  /** This copy knows these messages. `asks`: and wants to be told whether the other does. */
  | { readonly kind: 'hello'; readonly asks: boolean }
  /** Send what comes from block `from` on, under the head at `length` as long as there is something. */
  | { readonly kind: 'want'; readonly from: number; readonly length: number }
  /** So many more bytes of blocks have arrived, and may come again. */
  | { readonly kind: 'have'; readonly bytes: number }
  | { readonly kind: 'stop' }
  | BlocksMessage

const HELLO = 0
const WANT = 1
const HAVE = 2
const STOP = 3
const BLOCKS = 4
const NODE_BYTES = 8 + KEY_BYTES
const USER_DATA_MAX = 0xfc

/** Bytes of blocks in one message, at most, unless there is one block only. */
export const MESSAGE_BYTES_MAX = 256 * 1024
/** Blocks in one message, at most. */
export const MESSAGE_BLOCKS_MAX = 2048

/** What the blocks of a message take. */
export function bytesOf({ blocks }: Pick<BlocksMessage, 'blocks'>): number {
  return blocks.reduce((sum, block) => sum + block.length, 0)
}

export function encodeMessage(message: Message): Uint8Array {
  switch (message.kind) {
    case 'hello':
      return Uint8Array.of(HELLO, message.asks ? 1 : 0)
    case 'want':
      return numbers(WANT, message.from, message.length)
    case 'have':
      return numbers(HAVE, message.bytes)
    case 'stop':
      return Uint8Array.of(STOP)
    case 'blocks':
      return encodeBlocks(message)
  }
}

/** @throws {RangeError} */
export function decodeMessage(bytes: Uint8Array): Message {
  const reader = new Reader(bytes)
  const message = readMessage(reader)
  reader.end()
  return message
}

function readMessage(reader: Reader): Message {
  switch (reader.byte()) {
    case HELLO:
      return { kind: 'hello', asks: reader.flag() }
    case WANT:
      return { kind: 'want', from: reader.uint64(), length: reader.uint64() }
    case HAVE:
      return { kind: 'have', bytes: reader.uint64() }
    case STOP:
      return { kind: 'stop' }
    case BLOCKS:
      return readBlocks(reader)
    default:
      throw new RangeError('a message of no known kind')
  }
}

function readBlocks(reader: Reader): BlocksMessage {
  const start = reader.uint64()
  const length = reader.uint64()
  const signature = reader.bytes(SIGNATURE_BYTES)
  const identity = reader.flag() ? readIdentity(reader) : null
  const nodes = Array.from({ length: reader.byte() }, () => ({
    size: reader.uint64(),
    hash: reader.bytes(KEY_BYTES),
  }))
  const count = reader.uint32()
  if (count === 0 || count > MESSAGE_BLOCKS_MAX) throw new RangeError(`a message of ${count} blocks`)
  const sizes = Array.from({ length: count }, () => reader.uint32())
  return {
    kind: 'blocks',
    start,
    length,
    signature,
    identity,
    nodes,
    blocks: sizes.map((n) => reader.bytes(n)),
  }
}

function readIdentity(reader: Reader): LogIdentity {
  const signer = reader.bytes(KEY_BYTES).slice()
  const size = reader.byte()
  if (size > USER_DATA_MAX) throw new RangeError('user data of no log')
  return { signer, userData: reader.bytes(size).slice() }
}

function encodeBlocks({ start, length, signature, identity, nodes, blocks }: BlocksMessage): Uint8Array {
  const who = identity === null ? 1 : 2 + KEY_BYTES + identity.userData.length
  const size = blocks.reduce((sum, block) => sum + 4 + block.length, 0)
  const out = new Uint8Array(17 + SIGNATURE_BYTES + who + 1 + nodes.length * NODE_BYTES + 4 + size)
  const view = new DataView(out.buffer)
  let at = 0
  const byte = (value: number) => {
    out[at++] = value
  }
  const uint64 = (value: number) => {
    writeUint64(out, at, value)
    at += 8
  }
  const uint32 = (value: number) => {
    view.setUint32(at, value, true)
    at += 4
  }
  const put = (bytes: Uint8Array) => {
    out.set(bytes, at)
    at += bytes.length
  }
  byte(BLOCKS)
  uint64(start)
  uint64(length)
  put(signature)
  byte(identity === null ? 0 : 1)
  if (identity !== null) {
    put(identity.signer)
    byte(identity.userData.length)
    put(identity.userData)
  }
  byte(nodes.length)
  for (const node of nodes) {
    uint64(node.size)
    put(node.hash)
  }
  uint32(blocks.length)
  for (const block of blocks) uint32(block.length)
  for (const block of blocks) put(block)
  return out
}

function numbers(kind: number, ...values: number[]): Uint8Array {
  const out = new Uint8Array(1 + 8 * values.length)
  out[0] = kind
  for (const [nth, value] of values.entries()) writeUint64(out, 1 + 8 * nth, value)
  return out
}

/** Reads bytes from the first to the last; what it gives are parts of them, no copies. */
class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  byte(): number {
    return this.#view.getUint8(this.#move(1))
  }

  flag(): boolean {
    const value = this.byte()
    if (value > 1) throw new RangeError('neither yes nor no')
    return value === 1
  }

  uint32(): number {
    return this.#view.getUint32(this.#move(4), true)
  }

  uint64(): number {
    const at = this.#move(8)
    const value = this.#view.getUint32(at + 4, true) * 2 ** 32 + this.#view.getUint32(at, true)
    if (!Number.isSafeInteger(value)) throw new RangeError('a number too large')
    return value
  }

  bytes(length: number): Uint8Array {
    const at = this.#move(length)
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + at, length)
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new RangeError('bytes behind the end')
  }

  #move(length: number): number {
    const at = this.#at
    if (at + length > this.#bytes.length) throw new RangeError('the message ends too early')
    this.#at = at + length
    return at
  }
}
