/**
 * Encoding of values (spec/5-values §2): deterministic CBOR, checked and written in one pass. Runs in
 * sandbox realms too, where nothing is warm and where a value's getters are code of a contract: every part
 * is read once, and an encoder serves one value.
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
  MAP,
  NEGATIVE,
  NULL,
  SINGLE,
  TEXT,
  TRUE,
  UINT,
} from './cbor.js'
import { floatBytes, writeFloat } from './cbor-float.js'
import { GrowingRoom } from './growing-room.js'
import {
  getOwnPropertyNames,
  getOwnPropertySymbols,
  keys,
  push,
  putInto,
  sort,
  stringify,
} from './natives.js'
import { bytesLength, isBytes, isPlain, isWholeArray } from './shape.js'
import { encodeUtf8, utf8Length, writeAscii, writeUtf8 } from './utf8.js'
import type { ValueLimits } from './value.js'

/** Room to start with, in bytes: most values fit in. */
const START_BYTES = 1024
/** Largest room that is kept for the next value, in bytes. */
const SPARE_BYTES_MAX = 64 * 1024

/** Room of the value before, since making it takes longer than filling it; none while an encoder has it. */
let spare: GrowingRoom | undefined

/**
 * Canonical bytes of a value, in memory of their own.
 *
 * @throws {ValueError} `VALUE_REFUSED` naming the path inside the value, or `VALUE_TOO_LARGE`.
 * @example encodeValue({ op: 'PUT', key: 'a' })
 */
export function encodeValue(value: unknown, limits: ValueLimits = {}): Uint8Array {
  const encoder = new Encoder(limits.depthMax ?? VALUE_DEPTH_MAX, limits.bytesMax ?? VALUE_BYTES_MAX)
  encoder.any(value, 1)
  return encoder.take()
}

class Encoder {
  readonly #depthMax: number
  readonly #bytesMax: number
  /** Names and indexes that lead to the part at hand. */
  readonly #path: (string | number)[] = []
  readonly #parents: object[] = []
  readonly #room = spare ?? new GrowingRoom(START_BYTES)

  constructor(depthMax: number, bytesMax: number) {
    this.#depthMax = depthMax
    this.#bytesMax = bytesMax
    // A getter of the value may encode another one meanwhile: that one gets room of its own.
    spare = undefined
    this.#room.length = 0
  }

  /** The bytes, copied; ends the encoder. */
  take(): Uint8Array {
    const room = this.#room
    if (room.capacity <= SPARE_BYTES_MAX) spare = room
    return room.take()
  }

  any(value: unknown, depth: number): void {
    if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'string') this.#text(value)
    else if (typeof value === 'boolean') this.#byte(value ? TRUE : FALSE)
    else if (value === null) this.#byte(NULL)
    else if (typeof value !== 'object') throw this.#refused(`${typeof value} is not allowed in a value`)
    else if (isBytes(value)) this.#byteString(value)
    else this.#container(value, depth)
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value)) {
      if (value < 0) this.#head(NEGATIVE, -1 - value)
      else this.#head(UINT, value)
    } else if (Number.isFinite(value)) {
      const size = floatBytes(value)
      this.#byte(size === 2 ? HALF : size === 4 ? SINGLE : DOUBLE)
      const at = this.#claim(size)
      writeFloat(value, size, this.#room.bytes, at)
    } else {
      throw this.#refused(`${value} is not a finite number`)
    }
  }

  #text(text: string): void {
    const start = this.#room.length
    if (this.#ascii(text)) return
    this.#room.length = start
    const length = utf8Length(text)
    if (length < 0) throw this.#refused('the string holds a lone surrogate')
    this.#head(TEXT, length)
    const at = this.#claim(length)
    writeUtf8(text, this.#room.bytes, at)
  }

  /** Takes a text for ASCII, as most are; false where it is none. */
  #ascii(text: string): boolean {
    this.#head(TEXT, text.length)
    const at = this.#claim(text.length)
    return writeAscii(text, this.#room.bytes, at)
  }

  #byteString(value: Uint8Array): void {
    const length = bytesLength(value)
    this.#head(BYTES, length)
    const at = this.#claim(length)
    if (length > 0) putInto(this.#room.bytes, value, at)
  }

  #container(value: object, depth: number): void {
    if (depth >= this.#depthMax) throw this.#refused(`nested deeper than ${this.#depthMax} levels`)
    if (this.#holds(value)) throw this.#refused('the value contains itself')
    if (getOwnPropertySymbols(value).length > 0) throw this.#refused('symbol keys are not allowed')
    push(this.#parents, value)
    if (Array.isArray(value)) this.#list(value, depth)
    else this.#map(value, depth)
    this.#parents.pop()
  }

  /** True for what is being written: the value would contain itself. */
  #holds(value: object): boolean {
    for (const parent of this.#parents) if (parent === value) return true
    return false
  }

  #list(value: readonly unknown[], depth: number): void {
    const isWhole = isWholeArray(value)
    const { length } = value
    this.#head(LIST, length)
    const path = this.#path
    const step = path.length
    for (let i = 0; i < length; i++) {
      path[step] = i
      const item = value[i]
      if ((!isWhole || item === undefined) && !Object.hasOwn(value, i))
        throw this.#refused('the array has a hole')
      this.any(item, depth + 1)
    }
    if (length > 0) path.pop()
    if (!isWhole) throw this.#refused('an array holds elements only')
  }

  #map(value: object, depth: number): void {
    const names = this.#names(value)
    this.#head(MAP, names.length)
    for (const name of names) {
      push(this.#path, name)
      this.#text(name)
      this.any((value as Record<string, unknown>)[name], depth + 1)
      this.#path.pop()
    }
  }

  /** Names of a plain object's fields, in the order of their encodings. */
  #names(value: object): string[] {
    const names = keys(value)
    if (!isPlain(value)) throw this.#refused('only plain objects, arrays and Uint8Array are allowed')
    if (getOwnPropertyNames(value).length > names.length) throw this.#refused('a key is hidden')
    let isAscii = true
    for (const name of names) {
      const length = utf8Length(name)
      if (length < 0) throw this.#refused('a key holds a lone surrogate')
      if (name === '__proto__') throw this.#refused('the key __proto__ is not allowed')
      isAscii &&= length === name.length
    }
    return names.length < 2 ? names : isAscii ? sorted(names, byUnits) : sortedByBytes(names)
  }

  #head(major: number, count: number): void {
    if (count < INFO_ONE_BYTE) {
      this.#byte(major | count)
      return
    }
    const width = count < 0x100 ? 0 : count < 0x10000 ? 1 : count < 0x100000000 ? 2 : 3
    this.#byte(major | (INFO_ONE_BYTE + width))
    const size = 1 << width
    let at = this.#claim(size) + size
    for (let rest = count, i = 0; i < size; i++) {
      this.#room.bytes[--at] = rest
      rest = Math.floor(rest / 256)
    }
  }

  #byte(byte: number): void {
    const at = this.#claim(1)
    this.#room.bytes[at] = byte
  }

  /** Makes room and gives the place of it. */
  #claim(size: number): number {
    if (this.#room.length + size > this.#bytesMax) throw tooLarge(this.#bytesMax)
    return this.#room.claim(size)
  }

  #refused(why: string): ValueError {
    let at = 'value'
    for (const step of this.#path) {
      if (typeof step === 'number') at += `[${step}]`
      else at += isName(step) ? `.${step}` : `[${stringify(step)}]`
    }
    return new ValueError('VALUE_REFUSED', `${at}: ${why}`, { details: { at, why } })
  }
}

function tooLarge(bytesMax: number): ValueError {
  return new ValueError(
    'VALUE_TOO_LARGE',
    `the value takes more than ${bytesMax} bytes: store it in pieces`,
    {
      details: { bytesMax },
    },
  )
}

/** Order of encodings where a unit is a byte: the head comes first, so the shorter one does. */
function byUnits(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1)
}

/** True for what can stand after a dot. */
function isName(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    const isLetter = unit === 36 || unit === 95 || ((unit | 32) >= 97 && (unit | 32) <= 122)
    const isDigit = unit >= 48 && unit <= 57
    if (!isLetter && !(isDigit && i > 0)) return false
  }
  return text !== ''
}

function sorted<T>(items: T[], compare: (a: T, b: T) => number): T[] {
  return sort(items, compare as never) as T[]
}

function sortedByBytes(names: readonly string[]): string[] {
  const encoded: { name: string; bytes: Uint8Array }[] = []
  for (const name of names) push(encoded, { name, bytes: encodeUtf8(name) })
  const result: string[] = []
  for (const { name } of sorted(encoded, ({ bytes: a }, { bytes: b }) => compareTexts(a, b)))
    push(result, name)
  return result
}

function compareTexts(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return 0
}
