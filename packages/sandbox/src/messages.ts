/**
 * Checks on what a guest says (spec/4-execution §6). Its output is hostile until every part is checked: a
 * contract that broke out of its isolate writes these frames itself.
 */
import {
  assertPath,
  assertPrefix,
  type Change,
  checkListOptions,
  decodeValue,
  isContractReadable,
  type ListOptions,
  type Value,
  type ValueLimits,
} from '@vitra/log/values'
import { protocolError } from './guest-process.js'

/** Runs checks; what they throw becomes `GUEST_PROTOCOL`. */
export function checked<T>(what: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw protocolError(what, error)
  }
}

export function expectArray(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw protocolError(what)
  return value
}

export function expectText(value: unknown, unitsMax: number, what: string): string {
  if (typeof value !== 'string' || value.length > unitsMax) throw protocolError(what)
  return value
}

/** The canonical bytes of a value within the limits. */
export function expectEncoded(value: unknown, limits: ValueLimits, what: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw protocolError(what)
  checked(what, () => decodeValue(value, limits))
  return value
}

export function expectReadablePath(path: unknown): string {
  return checked('a path that it may not read', () => {
    const text = assertPath(path)
    if (!isContractReadable(text)) throw new TypeError(text)
    return text
  })
}

export function expectReadablePrefix(prefix: unknown): string {
  return prefix === '/' ? assertPrefix(prefix) : expectReadablePath(prefix)
}

export function expectListOptions(options: unknown): ListOptions {
  return checked('options of a listing', () => {
    const names = ['cursor', 'limit', 'offset', 'reverse']
    if (Object.keys(options as object).some((name) => !names.includes(name)))
      throw new TypeError('unknown option')
    return checkListOptions(options as ListOptions)
  })
}

/** Writes as the guest lists them: pairs of path and bytes, null for a delete. Paths are checked, values not yet. */
export function expectChanges(value: unknown, countMax: number): Change[] {
  const pairs = expectArray(value, 'no list of changes')
  if (pairs.length > countMax) throw protocolError('more changes than an op may make')
  return pairs.map((pair) => {
    const [path, bytes] = expectArray(pair, 'no change') as [Value, Value]
    if (bytes !== null && !(bytes instanceof Uint8Array)) throw protocolError('a change without a value')
    return { path: checked('a change of what is no path', () => assertPath(path)), value: bytes }
  })
}
