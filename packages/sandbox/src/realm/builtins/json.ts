/** JSON: written by the rules of the language, with a bound on nesting and the price of every piece. */
import { charge } from '../meter.js'
import { chargeText, isArray, lengthOf, nativesOf, toLength } from './native.js'
import { NESTING_MAX, PRICE } from './prices.js'

const native = nativesOf(JSON, 'parse stringify')
const { defineProperty, getPrototypeOf, keys } = Object
const { deleteProperty } = Reflect
const { prototype } = Object
const { floor, min } = Math
const GAP_MAX = 10

type Replacer = (this: unknown, key: string, value: unknown) => unknown
type Bag = Record<string, unknown>

interface Style {
  readonly replacer: Replacer | undefined
  readonly names: string[] | undefined
  readonly gap: string
}

export const json = {
  parse(this: unknown, text: unknown, reviver: unknown): unknown {
    const source = `${text as string}`
    charge(1 + source.length * PRICE.parsed)
    const value = native.parse!.call<unknown>(JSON, source)
    return typeof reviver === 'function' ? revive({ '': value }, '', reviver as Replacer, 0) : value
  },
  stringify(this: unknown, value: unknown, replacer: unknown, space: unknown): string | undefined {
    const style: Style = {
      replacer: typeof replacer === 'function' ? (replacer as Replacer) : undefined,
      names: isArray(replacer) ? namesOf(replacer) : undefined,
      gap: gapOf(space),
    }
    if (typeof value === 'string' && style.replacer === undefined) return quote(value)
    return write({ '': value }, '', value, style, '', [])
  },
}

function write(
  holder: object,
  key: string,
  given: unknown,
  style: Style,
  indent: string,
  open: object[],
): string | undefined {
  let value = given
  if ((typeof value === 'object' && value !== null) || typeof value === 'bigint') {
    const toJSON: unknown = (value as { toJSON?: unknown }).toJSON
    if (typeof toJSON === 'function') value = toJSON.call(value, key)
  }
  if (style.replacer !== undefined) value = style.replacer.call(holder, key, value)
  if (typeof value === 'object' && value !== null) value = unwrapped(value)
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
      charge(PRICE.slot)
      return value - value === 0 ? `${value}` : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'bigint':
      return native.stringify!.call(JSON, value)
    case 'object':
      return value === null ? 'null' : writeObject(value, style, indent, open)
    default:
      return undefined
  }
}

function writeObject(value: object, style: Style, indent: string, open: object[]): string {
  for (let i = 0; i < open.length; i++) if (open[i] === value) return native.stringify!.call(JSON, cycle())
  if (open.length >= NESTING_MAX) throw new RangeError(`JSON is nested deeper than ${NESTING_MAX} levels`)
  open[open.length] = value
  const inner = indent + style.gap
  const pieces: string[] = []
  let length = 2
  const add = (text: string) => {
    pieces[pieces.length] = text
    length += text.length + inner.length + 2
    chargeText(text.length + inner.length + 2)
  }
  if (isArray(value)) {
    const count = lengthOf(value)
    for (let i = 0; i < count; i++) add(write(value, `${i}`, value[i], style, inner, open) ?? 'null')
  } else {
    const names = style.names ?? keys(value)
    charge(names.length * PRICE.slot)
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!
      const text = write(value, name, (value as Bag)[name], style, inner, open)
      if (text !== undefined) add(`${quote(name)}:${style.gap === '' ? '' : ' '}${text}`)
    }
  }
  open.length--
  const [start, end] = isArray(value) ? '[]' : '{}'
  if (pieces.length === 0) return start! + end!
  chargeText(length)
  return style.gap === ''
    ? start + joined(pieces, ',') + end
    : `${start}\n${inner}${joined(pieces, `,\n${inner}`)}\n${indent}${end}`
}

const { join } = nativesOf(Array.prototype, 'join')
function joined(pieces: string[], between: string): string {
  return join!.call(pieces, between)
}

function quote(text: string): string {
  chargeText(text.length)
  return native.stringify!.call(JSON, text)
}

function cycle(): object {
  const self: { self?: object } = {}
  self.self = self
  return self
}

const unwraps = [Number, String, Boolean, BigInt].map((type) => nativesOf(type.prototype, 'valueOf').valueOf)

/** The primitive in an object made by `Object(1)` and the like. */
function unwrapped(value: object): unknown {
  if (isArray(value)) return value
  const parent = getPrototypeOf(value)
  if (parent === prototype || parent === null) return value
  for (let i = 0; i < unwraps.length; i++) {
    try {
      unwraps[i]!.call(value)
    } catch {
      continue
    }
    if (i === 0) return +(value as unknown as number)
    return i === 1 ? `${value as unknown as string}` : unwraps[i]!.call(value)
  }
  return value
}

function namesOf(list: unknown[]): string[] {
  const names: string[] = []
  const count = lengthOf(list)
  for (let i = 0; i < count; i++) {
    let item = list[i]
    if (typeof item === 'object' && item !== null) {
      const inside = unwrapped(item)
      if (typeof inside === 'string' || typeof inside === 'number') item = `${item as unknown as string}`
    }
    if (typeof item === 'number') item = `${item}`
    if (typeof item !== 'string') continue
    let isKnown = false
    for (let n = 0; n < names.length; n++) if (names[n] === item) isKnown = true
    charge(1 + names.length)
    if (!isKnown) names[names.length] = item
  }
  return names
}

const { slice, repeat } = nativesOf(String.prototype, 'repeat slice')

function gapOf(given: unknown): string {
  const space = typeof given === 'object' && given !== null ? unwrapped(given) : given
  if (typeof space === 'number') return repeat!.call(' ', min(GAP_MAX, floor(toLength(space))))
  return typeof space === 'string' ? slice!.call(space, 0, GAP_MAX) : ''
}

function revive(holder: Bag, key: string, reviver: Replacer, depth: number): unknown {
  if (depth > NESTING_MAX) throw new RangeError(`JSON is nested deeper than ${NESTING_MAX} levels`)
  const value = holder[key]
  if (typeof value === 'object' && value !== null) {
    const names = isArray(value) ? undefined : keys(value)
    const count = names === undefined ? lengthOf(value) : names.length
    charge(1 + count)
    for (let i = 0; i < count; i++) {
      const name = names === undefined ? `${i}` : names[i]!
      const item = revive(value as Bag, name, reviver, depth + 1)
      if (item === undefined) deleteProperty(value, name)
      else
        try {
          defineProperty(value, name, { value: item, writable: true, enumerable: true, configurable: true })
        } catch {
          // The reviver froze it: the language ignores that.
        }
    }
  }
  return reviver.call(holder, key, value)
}
