/**
 * Fields one after the other (spec/4-execution §6): how a batch's ops go into a realm and how they ended comes out, without
 * an object or a copy more than needed. Numbers are little-endian; bytes and texts follow their length.
 */
import { copyOf, decodeUtf8, utf8Length, writeUtf8 } from '@vitra/log/values'

/** The engine's own: in a realm contracts get another one. */
const Bytes = Uint8Array
const START_BYTES = 1024
const WORD = 2 ** 32
const WORD_BYTES = 4
/** Up to so many bytes a loop is faster than a call. */
const LOOP_BYTES = 64

/** Writes fields. */
export class FieldWriter {
  #bytes = new Bytes(START_BYTES)
  #length = 0

  /** A whole number below 2^32. */
  uint(value: number): void {
    this.#word(this.#room(WORD_BYTES), value)
  }

  /** A whole number up to 2^53 - 1. */
  wide(value: number): void {
    const at = this.#room(2 * WORD_BYTES)
    this.#word(at, value)
    this.#word(at + WORD_BYTES, Math.floor(value / WORD))
  }

  /** Bytes, or null. */
  bytes(value: Uint8Array | null): void {
    this.uint(value === null ? 0 : value.length + 1)
    if (value !== null) this.#copy(value)
  }

  /** A well-formed text. */
  text(value: string): void {
    const length = utf8Length(value)
    this.uint(length)
    const at = this.#room(length)
    writeUtf8(value, this.#bytes, at)
  }

  /** Fields that are written already. */
  append(fields: Uint8Array): void {
    this.#copy(fields)
  }

  /** Length of what is written, in bytes. */
  get length(): number {
    return this.#length
  }

  /** The bytes written, copied; the writer begins anew. */
  take(): Uint8Array {
    const taken = copyOf(this.#bytes, 0, this.#length)
    this.#length = 0
    return taken
  }

  #copy(value: Uint8Array): void {
    const at = this.#room(value.length)
    const bytes = this.#bytes
    if (value.length > LOOP_BYTES) bytes.set(value, at)
    else for (let i = 0; i < value.length; i++) bytes[at + i] = value[i]!
  }

  #word(at: number, value: number): void {
    const bytes = this.#bytes
    bytes[at] = value
    bytes[at + 1] = value >>> 8
    bytes[at + 2] = value >>> 16
    bytes[at + 3] = value >>> 24
  }

  #room(size: number): number {
    const at = this.#length
    const end = at + size
    if (end > this.#bytes.length) {
      const larger = new Bytes(Math.max(end, 2 * this.#bytes.length))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#length = end
    return at
  }
}

/** Reads fields. Every method throws a `RangeError` where they are cut short. */
export class FieldReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
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
    return copyOf(this.#bytes, at, at + length - 1)
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
