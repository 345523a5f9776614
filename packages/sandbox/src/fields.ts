/**
 * Fields one after the other (spec/4-execution §6): how a batch's ops go into a realm and how they ended comes out, without
 * an object or a copy more than needed. Numbers are little-endian; bytes and texts follow their length.
 */
import { copyOf, decodeUtf8, GrowingRoom, roomOf, utf8Length, writeUtf8 } from '@vitra/log/values'

const START_BYTES = 1024
const WORD = 2 ** 32
const WORD_BYTES = 4

/** Writes fields. */
export class FieldWriter {
  readonly #room = new GrowingRoom(START_BYTES)

  /** A whole number below 2^32. */
  uint(value: number): void {
    const at = this.#room.claim(WORD_BYTES)
    const { bytes } = this.#room
    bytes[at] = value
    bytes[at + 1] = value >>> 8
    bytes[at + 2] = value >>> 16
    bytes[at + 3] = value >>> 24
  }

  /** A whole number up to 2^53 - 1. */
  wide(value: number): void {
    this.uint(value)
    this.uint(Math.floor(value / WORD))
  }

  /** Bytes, or null. */
  bytes(value: Uint8Array | null): void {
    this.uint(value === null ? 0 : value.length + 1)
    if (value !== null) this.#room.put(value)
  }

  /** A well-formed text. */
  text(value: string): void {
    const length = utf8Length(value)
    this.uint(length)
    const at = this.#room.claim(length)
    writeUtf8(value, this.#room.bytes, at)
  }

  /** Fields that are written already. */
  append(fields: Uint8Array): void {
    this.#room.put(fields)
  }

  /** Length of what is written, in bytes. */
  get length(): number {
    return this.#room.length
  }

  /** Bytes that there is room for. */
  get capacity(): number {
    return this.#room.capacity
  }

  /** The bytes written, copied; the writer begins anew. */
  take(): Uint8Array {
    return this.#room.take()
  }
}

/** Most that a writer which is used again keeps, in bytes. */
const KEPT_BYTES_MAX = 1024 * 1024

/**
 * A writer for one message after the other, which takes its memory once. What a message that failed left is dropped.
 *
 * @example const next = reusedWriter(); const writer = next()
 */
export function reusedWriter(): () => FieldWriter {
  let writer: FieldWriter | undefined
  return () => {
    if (writer === undefined || writer.length > 0 || writer.capacity > KEPT_BYTES_MAX)
      writer = new FieldWriter()
    return writer
  }
}

/** Reads fields. Every method throws a `RangeError` where they are cut short. */
export class FieldReader {
  readonly #bytes: Uint8Array
  readonly #room: ReturnType<typeof roomOf>
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#room = roomOf(bytes)
  }

  /** True where nothing is left. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  uint(): number {
    const bytes = this.#bytes
    const at = this.#skip(WORD_BYTES)
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  }

  wide(): number {
    const low = this.uint()
    return low + WORD * this.uint()
  }

  /** A copy. */
  bytes(): Uint8Array | null {
    const length = this.uint()
    if (length === 0) return null
    const at = this.#skip(length - 1)
    return copyOf(this.#room, at, at + length - 1)
  }

  text(): string {
    const length = this.uint()
    const at = this.#skip(length)
    const text = decodeUtf8(this.#bytes, at, at + length)
    if (text === null) throw new RangeError('a text that is not UTF-8')
    return text
  }

  #skip(size: number): number {
    const at = this.#at
    if (size > this.#bytes.length - at) throw new RangeError('fields that are cut short')
    this.#at = at + size
    return at
  }
}
