/**
 * Index paths and their keys (spec/2-index §3). A path has one canonical form; anything else is
 * refused, never repaired. Keys are the UTF-8 segments joined by NUL, so that the children of a
 * path are one contiguous key range. Browser-safe.
 */
import { PATH_BYTES_MAX } from '../constants.js'
import { PathError } from '../errors.js'
import { decodeUtf8, encodeUtf8, utf8Length } from './utf8.js'

const NUL = '\0'
const SLASH = 0x2f
const DOT = 0x2e

/** Paths below this one belong to the system: contracts read some of them and write none directly. */
export const SYSTEM_PREFIX = '/.sys'

/**
 * Checks that a path is canonical: a slash before each segment, no empty, `.` or `..` segment, no
 * NUL, well-formed Unicode, at most `PATH_BYTES_MAX` bytes.
 *
 * @returns the same path
 * @throws {PathError} `PATH_INVALID` saying what is wrong
 */
export function assertPath(path: unknown): string {
  if (typeof path === 'string' && isPath(path)) return path
  throw faultOf(path)
}

/** One pass, since every read and write of a contract is checked. */
function isPath(path: string): boolean {
  const { length } = path
  if (length > PATH_BYTES_MAX || path.charCodeAt(0) !== SLASH) return false
  let isAscii = true
  let start = 1
  for (let i = 1; i < length; i++) {
    const unit = path.charCodeAt(i)
    if (unit === 0) return false
    if (unit >= 0x80) isAscii = false
    if (unit !== SLASH) continue
    if (!isSegment(path, start, i)) return false
    start = i + 1
  }
  if (!isSegment(path, start, length)) return false
  if (isAscii) return true
  const bytes = utf8Length(path)
  return bytes >= 0 && bytes <= PATH_BYTES_MAX
}

function isSegment(path: string, from: number, to: number): boolean {
  if (path.charCodeAt(from) !== DOT) return to > from
  return to - from > 2 || (to - from === 2 && path.charCodeAt(from + 1) !== DOT)
}

/** What is wrong with what is no path. */
function faultOf(path: unknown): PathError {
  if (typeof path !== 'string') return invalid(typeof path, 'a path is a string such as "/users/bob"')
  if (!path.startsWith('/')) return invalid(path, 'a path starts with "/"')
  if (path.includes(NUL)) return invalid(path, 'a path holds no NUL')
  if (!path.isWellFormed()) return invalid(path, 'a path holds no lone surrogate')
  for (const segment of path.slice(1).split('/')) {
    if (segment === '') return invalid(path, 'a path holds no empty segment and no trailing "/"')
    if (segment === '.' || segment === '..') return invalid(path, 'a path holds no "." or ".." segment')
  }
  return invalid(path, `a path takes at most ${PATH_BYTES_MAX} bytes`)
}

/** Why a text is no path, `long` where only its length is at fault; null where it is one. */
export function pathFault(path: string): 'long' | 'form' | null {
  if (isPath(path)) return null
  return utf8Length(path) > PATH_BYTES_MAX ? 'long' : 'form'
}

/** Like {@link assertPath}, for the prefix of a listing: `/` stands for the root. */
export function assertPrefix(prefix: unknown): string {
  return prefix === '/' ? prefix : assertPath(prefix)
}

/** True for `/.sys` and everything below. */
export function isSystemPath(path: string): boolean {
  return path === SYSTEM_PREFIX || path.startsWith(`${SYSTEM_PREFIX}/`)
}

/** True for what a contract may read: no acknowledgements and no batch records (spec/4-execution §2). */
export function isContractReadable(path: string): boolean {
  for (const hidden of HIDDEN_FROM_CONTRACTS)
    if (path === hidden || path.startsWith(`${hidden}/`)) return false
  return true
}

const HIDDEN_FROM_CONTRACTS = ['/.sys/acks', '/.sys/batch']

/** The key of a path. */
export function pathToKey(path: string): Uint8Array {
  return encodeUtf8(assertPath(path).slice(1).replaceAll('/', NUL))
}

/**
 * The path of a key.
 *
 * @throws {PathError} `PATH_INVALID` where the key is not that of a canonical path
 */
export function keyToPath(key: Uint8Array): string {
  const text = decodeUtf8(key)
  if (text === null) throw new PathError('PATH_INVALID', 'a key holds bytes that are not UTF-8')
  if (text.includes('/')) throw invalid(text, 'a key holds no "/"')
  return assertPath(`/${text.replaceAll(NUL, '/')}`)
}

/** The half-open key range of everything below a prefix, the prefix itself left out. */
export function childRange(prefix: string): { gte: Uint8Array; lt: Uint8Array } {
  if (assertPrefix(prefix) === '/') return { gte: Uint8Array.of(), lt: Uint8Array.of(0xff) }
  const key = encodeUtf8(prefix.slice(1).replaceAll('/', NUL))
  const gte = new Uint8Array(key.length + 1)
  gte.set(key)
  const lt = gte.slice()
  lt[key.length] = 1
  return { gte, lt }
}

/** Order of keys, byte by byte. */
export function compareKeys(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Order of canonical paths: that of their keys, without making them. */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const unit = a.charCodeAt(i)
    const other = b.charCodeAt(i)
    if (unit !== other) return rank(unit) - rank(other)
  }
  return a.length - b.length
}

/** Where a UTF-16 unit stands in the order of keys: a slash is a NUL there, and halves of pairs come behind all else. */
function rank(unit: number): number {
  if (unit === SLASH) return 0
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}

function invalid(whole: string, why: string): PathError {
  const path = whole.length > 80 ? `${whole.slice(0, 80).toWellFormed()}…` : whole
  return new PathError('PATH_INVALID', `${JSON.stringify(path)} is not a path: ${why}`, {
    details: { path, why },
  })
}
