/**
 * Canonical values inside the realm (spec/5-values): the same bytes as `encodeValue` and `decodeValue` of
 * `@vitra/log/values`, which a property test holds against this file. Written for a realm in which nothing is
 * warm, since every op gets a new one: one pass, no tables, no second look. The host decodes strictly
 * whatever leaves here, and sends only what it has encoded itself.
 */
import { refusal } from './errors.js'
import { decodeUtf8, encodeUtf8 } from './text.js'

export interface Limits {
  readonly depthMax: number
  readonly bytesMax: number
}

const UINT = 0x00
const NEGATIVE = 0x20
const BYTES = 0x40
const TEXT = 0x60
const ARRAY = 0x80
const MAP = 0xa0
const FALSE = 0xf4
const TRUE = 0xf5
const NULL = 0xf6
const FLOAT16 = 0xf9
const FLOAT32 = 0xfa
const FLOAT64 = 0xfb
const START_BYTES = 128

const typedArrayTag = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get!

/**
 * Canonical bytes of a value.
 *
 * @throws an error for the contract, with code `value`, that names the path inside the value
 */
export function encode(value: unknown, limits: Limits): Uint8Array {
  const encoder = new Encoder(limits)
  encoder.any(value, 1)
  return encoder.take()
}

class Encoder {
  readonly #limits: Limits
  readonly #path: (string | number)[] = []
  readonly #parents: object[] = []
  #bytes = new Uint8Array(START_BYTES)
  #length = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  any(value: unknown, depth: number): void {
    if (typeof value === 'boolean') this.#byte(value ? TRUE : FALSE)
    else if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'string') this.#text(value)
    else if (value === null) this.#byte(NULL)
    else if (typeof value === 'object') this.#object(value, depth)
    else throw this.#refused(`${typeof value} is not allowed in a value`)
  }

  #text(text: string): void {
    if (!text.isWellFormed()) throw this.#refused('the string holds a lone surrogate')
    this.#bytesWithHead(TEXT, encodeUtf8(text))
  }

  #object(value: object, depth: number): void {
    if (isBytes(value)) {
      this.#bytesWithHead(BYTES, new Uint8Array(value))
      return
    }
    if (depth >= this.#limits.depthMax)
      throw this.#refused(`nested deeper than ${this.#limits.depthMax} levels`)
    if (this.#parents.includes(value)) throw this.#refused('the value contains itself')
    this.#parents.push(value)
    if (Array.isArray(value)) this.#array(value, depth)
    else this.#map(value, depth)
    this.#parents.pop()
  }

  #array(value: readonly unknown[], depth: number): void {
    const { length } = value
    this.#head(ARRAY, length)
    for (let i = 0; i < length; i++) {
      this.#path.push(i)
      if (!Object.hasOwn(value, i)) throw this.#refused('the array has a hole')
      this.any(value[i], depth + 1)
      this.#path.pop()
    }
  }

  #map(value: object, depth: number): void {
    const prototype = Reflect.getPrototypeOf(value)
    if (prototype !== null && prototype !== Object.prototype) {
      throw this.#refused('only plain objects, arrays and Uint8Array are allowed')
    }
    const keys = Reflect.ownKeys(value)
    const fields: { name: string; key: Uint8Array }[] = []
    for (const name of keys) {
      if (typeof name === 'symbol') throw this.#refused('symbol keys are not allowed')
      if (!Reflect.getOwnPropertyDescriptor(value, name)?.enumerable) continue
      if (!name.isWellFormed()) throw this.#refused('a key holds a lone surrogate')
      if (name === '__proto__') throw this.#refused('the key __proto__ is not allowed')
      fields.push({ name, key: encodeUtf8(name) })
    }
    this.#head(MAP, fields.length)
    for (const { name, key } of fields.sort(byKey)) {
      this.#path.push(name)
      this.#bytesWithHead(TEXT, key)
      this.any((value as Record<string, unknown>)[name], depth + 1)
      this.#path.pop()
    }
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value)) this.#head(value < 0 ? NEGATIVE : UINT, value < 0 ? -1 - value : value)
    else if (Number.isFinite(value)) this.#float(value)
    else throw this.#refused(`${value} is not a finite number`)
  }

  #float(value: number): void {
    const half = toHalf(value)
    if (half !== undefined) {
      this.#byte(FLOAT16)
      this.#view(2).setUint16(0, half)
    } else if (Math.fround(value) === value) {
      this.#byte(FLOAT32)
      this.#view(4).setFloat32(0, value)
    } else {
      this.#byte(FLOAT64)
      this.#view(8).setFloat64(0, value)
    }
  }

  #head(major: number, count: number): void {
    if (count < 24) {
      this.#byte(major | count)
    } else if (count < 0x100) {
      this.#byte(major | 24)
      this.#byte(count)
    } else if (count < 0x10000) {
      this.#byte(major | 25)
      this.#view(2).setUint16(0, count)
    } else if (count < 0x100000000) {
      this.#byte(major | 26)
      this.#view(4).setUint32(0, count)
    } else {
      this.#byte(major | 27)
      const view = this.#view(8)
      view.setUint32(0, Math.floor(count / 0x100000000))
      view.setUint32(4, count % 0x100000000)
    }
  }

  #bytesWithHead(major: number, bytes: Uint8Array): void {
    this.#head(major, bytes.length)
    const at = this.#grow(bytes.length)
    this.#bytes.set(bytes, at)
  }

  #byte(byte: number): void {
    const at = this.#grow(1)
    this.#bytes[at] = byte
  }

  #view(size: number): DataView {
    const at = this.#grow(size)
    return new DataView(this.#bytes.buffer, at, size)
  }

  /** Makes room and gives the place of it. */
  #grow(size: number): number {
    const at = this.#length
    const { bytesMax } = this.#limits
    if (at + size > bytesMax) {
      throw refusal('value', `the value takes more than ${bytesMax} bytes: store it in pieces`)
    }
    this.#length = at + size
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    return at
  }

  #refused(why: string): Error {
    let at = 'value'
    for (const step of this.#path) {
      if (typeof step === 'number') at += `[${step}]`
      else at += /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
    }
    return refusal('value', `${at}: ${why}`)
  }
}

/** The value that canonical bytes hold; fresh at each call. */
export function decode(bytes: Uint8Array): unknown {
  return new Decoder(bytes).any()
}

class Decoder {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  any(): unknown {
    const first = this.#bytes[this.#at++]!
    switch (first & 0xe0) {
      case UINT:
        return this.#count(first)
      case NEGATIVE:
        return -1 - this.#count(first)
      case BYTES:
        return this.#take(this.#count(first)).slice()
      case TEXT:
        return decodeUtf8(this.#take(this.#count(first)))
      case ARRAY:
        return this.#array(this.#count(first))
      case MAP:
        return this.#map(this.#count(first))
      default:
        return this.#simple(first)
    }
  }

  #array(length: number): unknown[] {
    const items: unknown[] = []
    for (let i = 0; i < length; i++) items.push(this.any())
    return items
  }

  #map(size: number): object {
    const object: Record<string, unknown> = {}
    for (let i = 0; i < size; i++) {
      const name = this.any() as string
      const value = this.any()
      // Names that every object inherits cannot be assigned: the prototype is frozen.
      if (name in object) Object.defineProperty(object, name, { value, ...OWN })
      else object[name] = value
    }
    return object
  }

  #simple(first: number): unknown {
    const at = this.#at
    switch (first) {
      case FALSE:
        return false
      case TRUE:
        return true
      case NULL:
        return null
      case FLOAT16:
        this.#at += 2
        return fromHalf(this.#view.getUint16(at))
      case FLOAT32:
        this.#at += 4
        return this.#view.getFloat32(at)
      case FLOAT64:
        this.#at += 8
        return this.#view.getFloat64(at)
      default:
        throw new TypeError('not a value')
    }
  }

  #count(first: number): number {
    const info = first & 31
    if (info < 24) return info
    const at = this.#at
    this.#at += 1 << (info - 24)
    if (info === 24) return this.#view.getUint8(at)
    if (info === 25) return this.#view.getUint16(at)
    if (info === 26) return this.#view.getUint32(at)
    return this.#view.getUint32(at) * 0x100000000 + this.#view.getUint32(at + 4)
  }

  #take(length: number): Uint8Array {
    const at = this.#at
    this.#at += length
    return this.#bytes.subarray(at, this.#at)
  }
}

const OWN = { writable: true, enumerable: true, configurable: true }

/** True for a real Uint8Array, whatever its prototype says. */
function isBytes(value: object): value is Uint8Array {
  return Reflect.apply(typedArrayTag, value, []) === 'Uint8Array'
}

/** Canonical order: shorter keys first, then byte by byte. */
function byKey({ key: a }: { key: Uint8Array }, { key: b }: { key: Uint8Array }): number {
  if (a.length !== b.length) return a.length - b.length
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return 0
}

/**
 * Bits of the half-precision float that equals `value`, where there is one. Of the smallest ones, those
 * below 2^-14, only powers of two: so cborg writes them, which rules on the encoding.
 */
function toHalf(value: number): number | undefined {
  const sign = value < 0 ? 0x8000 : 0
  const size = Math.abs(value)
  const subnormal = size * 2 ** 24
  if (subnormal < 1024) {
    const isPower = Number.isInteger(subnormal) && (subnormal & (subnormal - 1)) === 0
    return isPower ? sign | subnormal : undefined
  }
  if (size > 65504) return undefined
  let exponent = 0
  let fraction = size
  for (; fraction >= 2; fraction /= 2) exponent++
  for (; fraction < 1; fraction *= 2) exponent--
  const mantissa = (fraction - 1) * 1024
  return Number.isInteger(mantissa) ? sign | ((exponent + 15) << 10) | mantissa : undefined
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const mantissa = bits & 1023
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15))
}
