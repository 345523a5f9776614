/** Texts: charged by length, patterns checked, no locale. */
import { charge } from '../meter.js'
import { chargeScan, chargeText, nativesOf, textOf, toLength } from './native.js'
import { PRICE } from './prices.js'
import { createPattern } from './regexp.js'
import { chargedReplacement } from './replacement.js'

const native = nativesOf(
  String.prototype,
  'concat endsWith includes indexOf isWellFormed lastIndexOf localeCompare match matchAll normalize padEnd padStart repeat replace replaceAll search split startsWith toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase toWellFormed trim trimEnd trimStart slice',
)
const { fromCharCode, fromCodePoint } = nativesOf(String, 'fromCharCode fromCodePoint')
const { ceil, floor, min } = Math
const LIMIT_MAX = 2 ** 32 - 1

export const stringPrototype = {
  concat(this: unknown, ...parts: unknown[]): string {
    const text = textOf(this, native.concat!)
    let length = 0
    for (let i = 0; i < parts.length; i++) {
      const part = `${parts[i] as string}`
      parts[i] = part
      length += part.length
    }
    chargeText(length)
    return native.concat!.call(text, ...parts)
  },
  endsWith(this: unknown, search: unknown, ...rest: unknown[]): boolean {
    return scan('endsWith', this, search, rest)
  },
  includes(this: unknown, search: unknown, ...rest: unknown[]): boolean {
    return scan('includes', this, search, rest)
  },
  indexOf(this: unknown, search: unknown, ...rest: unknown[]): number {
    return scan('indexOf', this, search, rest)
  },
  isWellFormed(this: unknown): boolean {
    const text = textOf(this, native.isWellFormed!)
    chargeScan(text.length)
    return native.isWellFormed!.call(text)
  },
  lastIndexOf(this: unknown, search: unknown, ...rest: unknown[]): number {
    return scan('lastIndexOf', this, search, rest)
  },
  localeCompare(this: unknown, other: unknown): number {
    const text = textOf(this, native.localeCompare!)
    const compared = `${other as string}`
    chargeScan(min(text.length, compared.length))
    return compareCodePoints(text, compared)
  },
  match(this: unknown, pattern: unknown): unknown {
    return search(this, native.match!, Symbol.match, pattern, '')
  },
  matchAll(this: unknown, pattern: unknown): unknown {
    return search(this, native.matchAll!, Symbol.matchAll, pattern, 'g')
  },
  normalize(this: unknown, ...form: unknown[]): string {
    const text = textOf(this, native.normalize!)
    chargeText(text.length)
    chargeMarks(text)
    const result = native.normalize!.call<string>(text, ...form)
    chargeText(result.length)
    return result
  },
  padEnd(this: unknown, length: unknown, ...filler: unknown[]): string {
    return pad('padEnd', this, length, filler)
  },
  padStart(this: unknown, length: unknown, ...filler: unknown[]): string {
    return pad('padStart', this, length, filler)
  },
  repeat(this: unknown, count: unknown): string {
    const text = textOf(this, native.repeat!)
    const times = +(count as number)
    if (times > 0 && times < Number.POSITIVE_INFINITY && text !== '') chargeText(floor(times) * text.length)
    return native.repeat!.call(text, times)
  },
  replace(this: unknown, pattern: unknown, replacement: unknown): string {
    return replaceIn('replace', this, pattern, replacement)
  },
  replaceAll(this: unknown, pattern: unknown, replacement: unknown): string {
    return replaceIn('replaceAll', this, pattern, replacement)
  },
  search(this: unknown, pattern: unknown): unknown {
    return search(this, native.search!, Symbol.search, pattern, '')
  },
  split(this: unknown, separator: unknown, limit: unknown): string[] {
    if (isObject(separator)) return native.split!.call(checked(this, native.split!), separator, limit)
    const text = textOf(this, native.split!)
    const most = limit === undefined ? LIMIT_MAX : (limit as number) >>> 0
    const between = separator === undefined ? undefined : `${separator as string}`
    const pieces = between === undefined ? 1 : min(most, countPieces(text, between))
    charge(1 + pieces * PRICE.piece + ceil(text.length / PRICE.scanned))
    return native.split!.call(text, between, most)
  },
  startsWith(this: unknown, search: unknown, ...rest: unknown[]): boolean {
    return scan('startsWith', this, search, rest)
  },
  toLocaleLowerCase(this: unknown): string {
    return converted('toLowerCase', this)
  },
  toLocaleUpperCase(this: unknown): string {
    return converted('toUpperCase', this)
  },
  toLowerCase(this: unknown): string {
    return converted('toLowerCase', this)
  },
  toUpperCase(this: unknown): string {
    return converted('toUpperCase', this)
  },
  toWellFormed(this: unknown): string {
    return converted('toWellFormed', this)
  },
  trim(this: unknown): string {
    return trimmed('trim', this)
  },
  trimEnd(this: unknown): string {
    return trimmed('trimEnd', this)
  },
  trimStart(this: unknown): string {
    return trimmed('trimStart', this)
  },
}

export const string = {
  fromCharCode(unit: unknown, ...rest: unknown[]): string {
    if (rest.length === 0) return fromCharCode!.call(undefined, unit)
    chargeText(rest.length + 1)
    return fromCharCode!.call(undefined, unit, ...rest)
  },
  fromCodePoint(point: unknown, ...rest: unknown[]): string {
    chargeText(2 * rest.length + 2)
    return fromCodePoint!.call(undefined, point, ...rest)
  },
  raw(template: { raw: ArrayLike<unknown> }, ...substitutions: unknown[]): string {
    const { raw } = template
    const length = toLength(raw.length)
    let text = ''
    for (let i = 0; i < length; i++) {
      const piece = `${raw[i] as string}`
      const between = i + 1 < length && i < substitutions.length ? `${substitutions[i] as string}` : ''
      chargeText(piece.length + between.length)
      text += piece + between
    }
    return text
  },
}

function scan<T>(name: string, receiver: unknown, search: unknown, rest: unknown[]): T {
  const own = native[name]!
  const text = textOf(receiver, own)
  chargeScan(text.length)
  return rest.length === 0 ? own.call(text, search) : own.call(text, search, rest[0])
}

function converted(name: string, receiver: unknown): string {
  const text = textOf(receiver, native[name]!)
  chargeText(text.length)
  return native[name]!.call(text)
}

function trimmed(name: string, receiver: unknown): string {
  const text = textOf(receiver, native[name]!)
  chargeScan(text.length)
  return native[name]!.call(text)
}

function pad(name: string, receiver: unknown, given: unknown, filler: unknown[]): string {
  const text = textOf(receiver, native[name]!)
  const length = toLength(given)
  const fill = filler.length === 0 || filler[0] === undefined ? ' ' : `${filler[0] as string}`
  if (fill !== '' && length > text.length) chargeText(length)
  return native[name]!.call(text, length, fill)
}

/** First unit that may be a mark: marks in a row are sorted, in steps that grow with the square of their number. */
const FIRST_MARK = 0x300

/** Takes the price of sorting marks. */
function chargeMarks(text: string): void {
  let run = 0
  for (let i = 0; i <= text.length; i++) {
    if (text.charCodeAt(i) >= FIRST_MARK) run++
    else if (run > 0) {
      charge(floor((run * run) / PRICE.sorted))
      run = 0
    }
  }
}

/** `match`, `matchAll` and `search`, which make a pattern of what is none. */
function search(
  receiver: unknown,
  own: ReturnType<typeof nativeOf>,
  symbol: symbol,
  pattern: unknown,
  flags: string,
): unknown {
  const text = checked(receiver, own)
  if (isObject(pattern)) {
    const method = (pattern as Record<symbol, unknown>)[symbol]
    if (method !== undefined && method !== null) return own.call(text, pattern)
  }
  const made = createPattern(pattern, flags) as unknown as Record<symbol, (text: string) => unknown>
  return made[symbol]!(textOf(text, own))
}

/** The receiver, which may be anything but null and undefined. */
function checked(receiver: unknown, own: ReturnType<typeof nativeOf>): unknown {
  if (receiver === undefined || receiver === null) return own.call(receiver)
  return receiver
}

function nativeOf(name: string) {
  return native[name]!
}

function replaceIn(name: string, receiver: unknown, pattern: unknown, replacement: unknown): string {
  const own = native[name]!
  if (isObject(pattern)) return own.call(checked(receiver, own), pattern, replacement)
  const text = textOf(receiver, own)
  const searched = `${pattern as string}`
  chargeText(text.length)
  return own.call(text, searched, chargedReplacement(replacement))
}

function countPieces(text: string, between: string): number {
  if (between === '') return text.length
  let count = 1
  for (let at = native.indexOf!.call<number>(text, between); at >= 0; count++) {
    at = native.indexOf!.call<number>(text, between, at + between.length)
  }
  return count
}

function isObject(value: unknown): value is object {
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
}

/** The order of UTF-8 bytes, as listings have it. */
function compareCodePoints(a: string, b: string): number {
  const length = min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left === right) continue
    const isLeftHigh = left >= 0xd800 && left < 0xe000
    const isRightHigh = right >= 0xd800 && right < 0xe000
    if (isLeftHigh !== isRightHigh) return isLeftHigh ? 1 : -1
    return left < right ? -1 : 1
  }
  return Math.sign(a.length - b.length)
}
