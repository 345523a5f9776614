/**
 * The value model and its canonical bytes (spec/5-values): deterministic CBOR, validated before
 * encoding and re-encoded on decode, so that one value has one encoding. Browser-safe; the same
 * file runs inside the sandbox realm.
 */
import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import { VALUE_BYTES_MAX, VALUE_DEPTH_MAX } from '../constants.js'
import { ValueError } from '../errors.js'

const DECODE_OPTIONS = {
  allowIndefinite: false,
  allowUndefined: false,
  allowNaN: false,
  allowInfinity: false,
  allowBigInt: false,
  strict: true,
  rejectDuplicateMapKeys: true,
}

/** A value that an op, an index entry, a parameter or a return value may hold. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value }

export interface ValueLimits {
  depthMax?: number
  bytesMax?: number
}

/**
 * Canonical bytes of a value.
 *
 * @throws {ValueError} `VALUE_REFUSED` naming the path inside the value, or `VALUE_TOO_LARGE`.
 * @example encodeValue({ op: 'PUT', key: 'a' })
 */
export function encodeValue(value: unknown, limits: ValueLimits = {}): Uint8Array {
  const clean = canonical(value, 'value', 1, limits.depthMax ?? VALUE_DEPTH_MAX, new Set())
  const bytes = encode(clean, rfc8949EncodeOptions)
  const bytesMax = limits.bytesMax ?? VALUE_BYTES_MAX
  if (bytes.length > bytesMax) {
    throw new ValueError(
      'VALUE_TOO_LARGE',
      `the value takes ${bytes.length} bytes, ${bytesMax} are allowed: store it in pieces`,
      {
        details: { bytes: bytes.length, bytesMax },
      },
    )
  }
  return bytes
}

/**
 * The value that canonical bytes hold; a fresh copy at each call.
 *
 * @throws {ValueError} `VALUE_BYTES_INVALID` for bytes that are not the canonical encoding of a value.
 */
export function decodeValue(bytes: Uint8Array, limits: ValueLimits = {}): Value {
  let value: unknown
  try {
    value = decode(bytes, DECODE_OPTIONS)
  } catch (cause) {
    throw new ValueError('VALUE_BYTES_INVALID', 'the bytes are not the canonical encoding of a value', {
      cause,
    })
  }
  let again: Uint8Array
  try {
    again = encodeValue(value, limits)
  } catch (cause) {
    throw new ValueError('VALUE_BYTES_INVALID', 'the bytes hold something that is not a value', { cause })
  }
  if (!sameBytes(again, bytes)) {
    throw new ValueError('VALUE_BYTES_INVALID', 'the bytes are not in canonical form')
  }
  return value as Value
}

/** True where both arrays hold the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Copies a value into plain data with the model enforced: -0 becomes 0, everything foreign is refused. */
function canonical(
  value: unknown,
  at: string,
  depth: number,
  depthMax: number,
  parents: Set<object>,
): unknown {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'number':
      if (!Number.isFinite(value)) throw refused(at, `${value} is not a finite number`)
      return value === 0 ? 0 : value
    case 'string':
      if (!value.isWellFormed()) throw refused(at, 'the string holds a lone surrogate')
      return value
    case 'object':
      if (value === null) return null
      return canonicalObject(value, at, depth, depthMax, parents)
    default:
      throw refused(at, `${typeof value} is not allowed in a value`)
  }
}

function canonicalObject(
  value: object,
  at: string,
  depth: number,
  depthMax: number,
  parents: Set<object>,
): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (depth >= depthMax) throw refused(at, `nested deeper than ${depthMax} levels`)
  if (parents.has(value)) throw refused(at, 'the value contains itself')
  parents.add(value)
  try {
    if (Object.getOwnPropertySymbols(value).length > 0) throw refused(at, 'symbol keys are not allowed')
    if (Array.isArray(value)) {
      const out: unknown[] = []
      for (let i = 0; i < value.length; i++) {
        if (!Object.hasOwn(value, i)) throw refused(`${at}[${i}]`, 'the array has a hole')
        out.push(canonical(value[i], `${at}[${i}]`, depth + 1, depthMax, parents))
      }
      // The elements and `length`: anything else would get lost.
      if (Object.getOwnPropertyNames(value).length !== value.length + 1)
        throw refused(at, 'an array holds elements only')
      return out
    }
    if (!isPlain(value)) throw refused(at, 'only plain objects, arrays and Uint8Array are allowed')
    const out = new Map<string, unknown>()
    const keys = Object.keys(value)
    if (Object.getOwnPropertyNames(value).length !== keys.length) throw refused(at, 'a key is hidden')
    for (const key of keys) {
      if (!key.isWellFormed()) throw refused(at, 'a key holds a lone surrogate')
      if (key === '__proto__') throw refused(at, 'the key __proto__ is not allowed')
      const inner = `${at}${/^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`}`
      out.set(key, canonical((value as Record<string, unknown>)[key], inner, depth + 1, depthMax, parents))
    }
    return out
  } finally {
    parents.delete(value)
  }
}

function refused(at: string, why: string): ValueError {
  return new ValueError('VALUE_REFUSED', `${at}: ${why}`, { details: { at, why } })
}

/** True for an object literal's prototype, in this realm or another, and for objects without one. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return true
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty')
}
