/** Values as JavaScript writes them, on one line, with what is long cut short. */
import { tameLine } from './text.js'

const TEXT_MAX = 60
const ITEMS_MAX = 8
const BYTES_MAX = 16
const DEPTH_MAX = 3

/** @example showJs({ title: 'Hello', tags: [1, 2] }) // "{title: 'Hello', tags: [1, 2]}" */
export function showJs(value: unknown): string {
  return tameLine(show(value, 0))
}

function show(value: unknown, depth: number): string {
  if (typeof value === 'string') return quote(value)
  if (value instanceof Uint8Array) return bytes(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return depth === DEPTH_MAX ? '[…]' : `[${list(value, depth)}]`
  const entries = Object.entries(value)
  if (depth === DEPTH_MAX && entries.length > 0) return '{…}'
  return `{${some(entries, ([name, own]) => `${key(name)}: ${show(own, depth + 1)}`)}}`
}

/** Values as the arguments of a call. @example showArguments([1, 'two']) // "1, 'two'" */
export function showArguments(values: readonly unknown[]): string {
  return tameLine(list(values, 0))
}

function list(values: readonly unknown[], depth: number): string {
  return some(values, (value) => show(value, depth + 1))
}

function some<T>(items: readonly T[], say: (item: T) => string): string {
  const said = items.slice(0, ITEMS_MAX).map(say)
  return (items.length > ITEMS_MAX ? [...said, '…'] : said).join(', ')
}

function quote(text: string): string {
  const cut = [...text.slice(0, 2 * TEXT_MAX)].slice(0, TEXT_MAX).join('')
  const escaped = JSON.stringify(cut).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${escaped}${cut.length < text.length ? '…' : ''}'`
}

function bytes(value: Uint8Array): string {
  return value.length > BYTES_MAX ? `Uint8Array(${value.length})` : `Uint8Array.of(${[...value].join(', ')})`
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name)
}
