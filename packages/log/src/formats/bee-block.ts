/**
 * The bytes of an index block (spec/2-index §1): Hyperbee's protobuf messages, read and written by hand, since no other
 * message is nearly as frequent. One form is taken, the canonical one. Browser-safe.
 */
import { FormatError } from '../errors.js'

/** The fields of an index block; they share memory with the block. */
export interface BeeBlock {
  readonly key: Uint8Array
  /** Null for a delete. */
  readonly value: Uint8Array | null
  /** The nodes of the tree that the block holds: {@link readLevels}. */
  readonly tree: Uint8Array
}

/** A node of the tree, as a block holds it. */
export interface BeeLevel {
  /** Blocks that wrote the keys, in the order of the keys. */
  readonly keys: number[]
  /** Pairs of block and offset, one pair more than keys, or none in a leaf. */
  readonly children: number[]
}

/** Field number and type of bytes, as one byte. */
const FIELD = { first: 0x0a, second: 0x12, third: 0x1a }

/** @throws {FormatError} `FORMAT_INVALID` for every other bytes than those of an index block in its canonical form */
export function readBeeBlock(bytes: Uint8Array): BeeBlock {
  const reader = new Reader(bytes, 'index block')
  const tree = reader.field(FIELD.first)
  const key = reader.field(FIELD.second)
  const value = reader.isAtEnd ? null : reader.field(FIELD.third)
  if (tree === null || key === null || !reader.isAtEnd) throw invalid('index block')
  return { tree, key, value }
}

/** The nodes that a block holds. @throws {FormatError} `FORMAT_INVALID` */
export function readLevels(tree: Uint8Array): BeeLevel[] {
  const reader = new Reader(tree, 'index tree')
  const levels: BeeLevel[] = []
  while (!reader.isAtEnd) {
    const level = reader.field(FIELD.first)
    if (level === null) throw invalid('index tree')
    const inner = new Reader(level, 'index tree')
    levels.push({ keys: inner.numbers(FIELD.first), children: inner.numbers(FIELD.second) })
    if (!inner.isAtEnd) throw invalid('index tree')
  }
  return levels
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #what: string
  #at = 0

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes
    this.#what = what
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** A field of bytes; null where another comes next. */
  field(tag: number): Uint8Array | null {
    if (this.#bytes[this.#at] !== tag) return null
    this.#at++
    const length = this.#number()
    const start = this.#at
    if (length > this.#bytes.length - start) throw invalid(this.#what)
    this.#at += length
    return this.#bytes.subarray(start, this.#at)
  }

  /** A field of numbers, which is left out where there are none. */
  numbers(tag: number): number[] {
    const numbers: number[] = []
    if (this.#bytes[this.#at] !== tag) return numbers
    this.#at++
    const length = this.#number()
    const end = this.#at + length
    if (length === 0 || end > this.#bytes.length) throw invalid(this.#what)
    while (this.#at < end) numbers.push(this.#number())
    if (this.#at !== end) throw invalid(this.#what)
    return numbers
  }

  /** A number in as few bytes as it takes. */
  #number(): number {
    const bytes = this.#bytes
    let byte = bytes[this.#at++]
    if (byte === undefined) throw invalid(this.#what)
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
      byte = bytes[this.#at++]
      if (byte === undefined || byte === 0) throw invalid(this.#what)
      value += (byte & 0x7f) * scale
      if (value > Number.MAX_SAFE_INTEGER) throw invalid(this.#what)
    }
    return value
  }
}

function invalid(what: string): FormatError {
  return new FormatError('FORMAT_INVALID', `${what}: the bytes are not canonical`)
}

/** The bytes of the first block of an index, which is no entry. */
export function beeHeader(): Uint8Array {
  return Uint8Array.of(FIELD.first, PROTOCOL.length, ...PROTOCOL)
}

const PROTOCOL = new TextEncoder().encode('hyperbee')

/** Writes index blocks, one after the other. */
export class BeeBlockWriter {
  #bytes = new Uint8Array(4096)
  #at = 0

  /** The bytes of a block. */
  block(key: Uint8Array, value: Uint8Array | null, levels: readonly BeeLevel[]): Uint8Array {
    this.#at = 0
    for (const level of levels) this.#level(level)
    const tree = this.#at
    const length =
      fieldLength(tree) + fieldLength(key.length) + (value === null ? 0 : fieldLength(value.length))
    const block = new Uint8Array(length)
    let at = putHead(block, 0, FIELD.first, tree)
    block.set(this.#bytes.subarray(0, tree), at)
    at = putHead(block, at + tree, FIELD.second, key.length)
    block.set(key, at)
    at += key.length
    if (value !== null) block.set(value, putHead(block, at, FIELD.third, value.length))
    return block
  }

  #level({ keys, children }: BeeLevel): void {
    const [keysLength, childrenLength] = [numbersLength(keys), numbersLength(children)]
    const length =
      (keysLength > 0 ? fieldLength(keysLength) : 0) + (childrenLength > 0 ? fieldLength(childrenLength) : 0)
    this.#room(fieldLength(length))
    this.#at = putHead(this.#bytes, this.#at, FIELD.first, length)
    this.#numbers(FIELD.first, keys, keysLength)
    this.#numbers(FIELD.second, children, childrenLength)
  }

  #numbers(tag: number, numbers: readonly number[], length: number): void {
    if (length === 0) return
    let at = putHead(this.#bytes, this.#at, tag, length)
    for (const number of numbers) at = putNumber(this.#bytes, at, number)
    this.#at = at
  }

  #room(length: number): void {
    if (this.#at + length <= this.#bytes.length) return
    const larger = new Uint8Array(2 * (this.#at + length))
    larger.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = larger
  }
}

function fieldLength(length: number): number {
  return 1 + numberLength(length) + length
}

function numbersLength(numbers: readonly number[]): number {
  let length = 0
  for (const number of numbers) length += numberLength(number)
  return length
}

function numberLength(number: number): number {
  let length = 1
  for (let rest = number; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++
  return length
}

function putHead(bytes: Uint8Array, at: number, tag: number, length: number): number {
  bytes[at] = tag
  return putNumber(bytes, at + 1, length)
}

function putNumber(bytes: Uint8Array, at: number, number: number): number {
  let rest = number
  let next = at
  while (rest >= 0x80) {
    bytes[next++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  bytes[next++] = rest
  return next
}
