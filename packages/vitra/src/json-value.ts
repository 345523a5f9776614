/**
 * Values as JSON, which cannot hold bytes: they become `{"$bytes": hex}`, and an object that has such a key itself
 * is wrapped once more.
 */
import { fromHex, toHex, type Value, ValueError } from '@vitra/log'

const BYTES_KEY = '$bytes'

/** A value, or a record of the system, as JSON holds it. @example toJsonValue(Uint8Array.of(1)) // { $bytes: '01' } */
export function toJsonValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return { [BYTES_KEY]: toHex(value) }
  if (Array.isArray(value)) return value.map(toJsonValue)
  if (typeof value !== 'object' || value === null) return value
  const plain = mapEntries(value, toJsonValue)
  return Object.hasOwn(value, BYTES_KEY) ? { [BYTES_KEY]: plain } : plain
}

/**
 * The value that {@link toJsonValue} wrote; other JSON stands for itself.
 *
 * @throws {ValueError} `VALUE_REFUSED` for `$bytes` that are not hex
 */
export function fromJsonValue(json: unknown): Value {
  if (Array.isArray(json)) return json.map(fromJsonValue)
  if (typeof json !== 'object' || json === null) return json as Value
  const wrapped = wrappedIn(json)
  if (typeof wrapped === 'string') return parseBytes(wrapped)
  return mapEntries(isWrapper(wrapped) ? wrapped : json, fromJsonValue)
}

function wrappedIn(json: object): unknown {
  const [key, ...others] = Object.keys(json)
  return key === BYTES_KEY && others.length === 0 ? (json as Record<string, unknown>)[BYTES_KEY] : undefined
}

function isWrapper(json: unknown): json is object {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, BYTES_KEY)
}

function parseBytes(hex: string): Uint8Array {
  if (/^([0-9a-f]{2})*$/.test(hex)) return fromHex(hex)
  throw new ValueError('VALUE_REFUSED', `{"${BYTES_KEY}": …} holds bytes as lower-case hex digits, two each`)
}

function mapEntries<T>(object: object, change: (value: unknown) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, change(inner)]))
}
