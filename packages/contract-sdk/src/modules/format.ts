/**
 * Values as text, for assertion messages and the console: short and the same on every engine
 * (spec/6-determinism). Runs inside the sandbox over hostile values: a getter may throw, a proxy may lie.
 */

export interface FormatOptions {
  /** Longest result, in UTF-16 code units. */
  unitsMax?: number
  /** Print messages of errors too; the engine's own differ between engines, so never into state. */
  errorMessages?: boolean
}

const UNITS_MAX = 256
const DEPTH_MAX = 4
const ITEMS_MAX = 50
const BYTES_MAX = 32

/** @example formatValue({ a: [1, 'b'] }) // { a: [1, "b"] } */
export function formatValue(value: unknown, options: FormatOptions = {}): string {
  const unitsMax = options.unitsMax ?? UNITS_MAX
  const text = guarded(value, 1, options)
  return text.length <= unitsMax ? text : `${text.slice(0, unitsMax - 1).toWellFormed()}…`
}

function guarded(value: unknown, depth: number, options: FormatOptions): string {
  try {
    return format(value, depth, options)
  } catch {
    return '[unreadable]'
  }
}

function format(value: unknown, depth: number, options: FormatOptions): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'symbol':
      return value.toString()
    case 'function':
      return '[function]'
    case 'object':
      return value === null ? 'null' : formatObject(value, depth, options)
    default:
      return String(value)
  }
}

function formatObject(value: object, depth: number, options: FormatOptions): string {
  if (value instanceof Error) return formatError(value, options)
  if (value instanceof Uint8Array) return formatBytes(value)
  if (depth > DEPTH_MAX) return Array.isArray(value) ? '[…]' : '{…}'
  if (Array.isArray(value)) {
    const items = value.slice(0, ITEMS_MAX).map((item) => guarded(item, depth + 1, options))
    if (value.length > ITEMS_MAX) items.push('…')
    return `[${items.join(', ')}]`
  }
  const keys = Object.keys(value)
  const items = keys.slice(0, ITEMS_MAX).map((key) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)
    return `${name}: ${guarded((value as Record<string, unknown>)[key], depth + 1, options)}`
  })
  if (keys.length > ITEMS_MAX) items.push('…')
  return items.length === 0 ? '{}' : `{ ${items.join(', ')} }`
}

function formatError(error: Error, options: FormatOptions): string {
  const name = String(error.name)
  return options.errorMessages && error.message ? `${name}: ${error.message}` : `[${name}]`
}

function formatBytes(bytes: Uint8Array): string {
  let hex = ''
  for (let i = 0; i < bytes.length && i < BYTES_MAX; i++) hex += bytes[i]!.toString(16).padStart(2, '0')
  return `Uint8Array(${bytes.length}) ${hex}${bytes.length > BYTES_MAX ? '…' : ''}`
}
