/**
 * Decoding of values (spec/5-values §3): takes exactly what the encoder gives, in one pass. What a header
 * promises is held against the bytes that are left before anything is made of it. Runs in sandbox realms too.
 */
import { VALUE_BYTES_MAX, VALUE_DEPTH_MAX } from '../constants.js'
import { ValueError } from '../errors.js'
import {
  BYTES,
  DOUBLE,
  FALSE,
  HALF,
  INFO_ONE_BYTE,
  LIST,
  MAJOR_BITS,
  MAP,
  NEGATIVE,
  NULL,
  SINGLE,
  TEXT,
  TRUE,
  UINT,
} from './cbor.js'
import { floatBytes, readFloat } from './cbor-float.js'
import { copyOf, roomOf } from './natives.js'
import { isBytes } from './shape.js'
import { decodeUtf8 } from './utf8.js'
import type { Value, ValueLimits } from './value.js'

/**
 * The value that canonical bytes hold; a fresh copy at each call.
 *
 * @throws {ValueError} `VALUE_BYTES_INVALID` for bytes that are not the canonical encoding of a value.
 */
export function decodeValue(bytes: Uint8Array, limits: ValueLimits = {}): Value {
  const { depthMax = VALUE_DEPTH_MAX, bytesMax = VALUE_BYTES_MAX } = limits
  if (!isBytes(bytes)) throw invalid(0, 'not bytes')
  if (bytes.length > bytesMax) throw invalid(bytesMax, `longer than ${bytesMax} bytes`)
  const decoder = new Decoder(bytes, depthMax)
  const value = decoder.any(1)
  decoder.end()
  return value
}

class Decoder {
  readonly #bytes: Uint8Array
  readonly #depthMax: number
  #at = 0

  constructor(bytes: Uint8Array, depthMax: number) {
    this.#bytes = bytes
    this.#depthMax = depthMax
  }

  end(): void {
    if (this.#at < this.#bytes.length) throw this.#invalid('bytes after the value')
  }

  any(depth: number): Value {
    const first = this.#bytes[this.#skip(1)]!
    switch (first & MAJOR_BITS) {
      case UINT:
        return this.#count(first)
      case NEGATIVE:
        return this.#negative(first)
      case BYTES:
        return this.#byteString(first)
      case TEXT:
        return this.#text(first)
      case LIST:
        return this.#list(first, depth)
      case MAP:
        return this.#map(first, depth)
      default:
        return this.#simple(first)
    }
  }

  /** The number in a head: a value, a length or a size. */
  #count(first: number): number {
    const info = first & 31
    if (info < INFO_ONE_BYTE) return info
    if (info > INFO_ONE_BYTE + 3) throw this.#invalid('an indefinite length, or none at all')
    const size = 1 << (info - INFO_ONE_BYTE)
    const from = this.#skip(size)
    let count = 0
    for (let i = 0; i < size; i++) count = count * 256 + this.#bytes[from + i]!
    const least = size === 1 ? INFO_ONE_BYTE : 256 ** (size / 2)
    if (count < least) throw this.#invalid('a number that has a shorter form')
    if (count > Number.MAX_SAFE_INTEGER) throw this.#invalid('an integer beyond 2^53 - 1')
    return count
  }

  #negative(first: number): number {
    const value = -1 - this.#count(first)
    if (!Number.isSafeInteger(value)) throw this.#invalid('an integer below -(2^53 - 1)')
    return value
  }

  #byteString(first: number): Uint8Array {
    const length = this.#count(first)
    const from = this.#skip(length)
    return copyOf(roomOf(this.#bytes), from, from + length)
  }

  #text(first: number): string {
    const length = this.#count(first)
    const from = this.#skip(length)
    const text = decodeUtf8(this.#bytes, from, from + length)
    if (text === null) throw this.#invalid('a text that is not UTF-8')
    return text
  }

  #list(first: number, depth: number): Value[] {
    const length = this.#count(first)
    this.#descend(depth, length)
    const items: Value[] = []
    for (let i = 0; i < length; i++) items.push(this.any(depth + 1))
    return items
  }

  #map(first: number, depth: number): { [key: string]: Value } {
    const size = this.#count(first)
    this.#descend(depth, 2 * size)
    const object: { [key: string]: Value } = {}
    for (let i = 0, before = -1; i < size; i++) {
      const from = this.#at
      const name = this.#name()
      if (before >= 0 && !this.#isBefore(before, from)) throw this.#invalid('keys not sorted, or one twice')
      before = from
      const value = this.any(depth + 1)
      // Names that every object inherits may be read-only there, where they cannot be assigned.
      if (name in object) Object.defineProperty(object, name, { value, ...OWN })
      else object[name] = value
    }
    return object
  }

  #name(): string {
    const first = this.#bytes[this.#skip(1)]!
    if ((first & MAJOR_BITS) !== TEXT) throw this.#invalid('a key that is no text')
    const name = this.#text(first)
    if (name === '__proto__') throw this.#invalid('the key __proto__')
    return name
  }

  /** True where the key encoded at `a` sorts before the one encoded at `b`, which ends where reading goes on. */
  #isBefore(a: number, b: number): boolean {
    const bytes = this.#bytes
    const length = this.#at - b
    for (let i = 0; i < length; i++) {
      const difference = bytes[a + i]! - bytes[b + i]!
      if (difference !== 0) return difference < 0
    }
    return false
  }

  #simple(first: number): Value {
    switch (first) {
      case FALSE:
        return false
      case TRUE:
        return true
      case NULL:
        return null
      case HALF:
        return this.#float(2)
      case SINGLE:
        return this.#float(4)
      case DOUBLE:
        return this.#float(8)
      default:
        throw this.#invalid('an item that no value has')
    }
  }

  #float(size: 2 | 4 | 8): number {
    const value = readFloat(size, this.#bytes, this.#skip(size))
    if (!Number.isFinite(value)) throw this.#invalid('a number that is not finite')
    if (Number.isSafeInteger(value)) throw this.#invalid('an integer as a float')
    if (floatBytes(value) !== size) throw this.#invalid('a float that has a shorter form')
    return value
  }

  /** Checks that a list or map may stand here, and that its `items` can be there: each takes a byte at least. */
  #descend(depth: number, items: number): void {
    if (depth >= this.#depthMax) throw this.#invalid(`nested deeper than ${this.#depthMax} levels`)
    if (items > this.#bytes.length - this.#at) throw this.#invalid('cut short')
  }

  /** Passes over bytes that have to be there and gives the place of the first. */
  #skip(size: number): number {
    const from = this.#at
    if (size > this.#bytes.length - from) throw this.#invalid('cut short')
    this.#at = from + size
    return from
  }

  #invalid(why: string): ValueError {
    return invalid(this.#at, why)
  }
}

const OWN = { writable: true, enumerable: true, configurable: true }

function invalid(offset: number, why: string): ValueError {
  return new ValueError(
    'VALUE_BYTES_INVALID',
    `the bytes are not the canonical encoding of a value: ${why}, near byte ${offset}`,
    { details: { offset, why } },
  )
}
