/** Objects: what lists, copies or freezes properties is charged by their number. */
import { charge } from '../meter.js'
import { isRealArray, nativesOf } from './native.js'
import { PRICE } from './prices.js'

const native = nativesOf(
  Object,
  'assign defineProperties entries freeze fromEntries getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols isFrozen isSealed keys seal values',
)
const nativePrototype = nativesOf(Object.prototype, 'isPrototypeOf')
const { getPrototypeOf } = Reflect
const nativeReflect = nativesOf(Reflect, 'ownKeys')
const viewPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object
const viewName = Object.getOwnPropertyDescriptor(viewPrototype, Symbol.toStringTag)!.get!
const viewLength = Object.getOwnPropertyDescriptor(viewPrototype, 'length')!.get!

export const object = {
  assign(this: unknown, target: unknown, ...sources: unknown[]): unknown {
    for (let i = 0; i < sources.length; i++) chargeCopied(sources[i])
    return native.assign!.call(undefined, target, ...sources)
  },
  defineProperties(target: unknown, properties: unknown): unknown {
    chargeCopied(properties)
    return native.defineProperties!.call(undefined, target, properties)
  },
  entries(value: unknown): unknown[] {
    return listed('entries', value)
  },
  freeze(value: unknown): unknown {
    charge(1 + indexedSize(value))
    return native.freeze!.call(undefined, value)
  },
  fromEntries(entries: Iterable<unknown>): object {
    const { fromEntries } = native
    if (typeof entries !== 'object' || entries === null) return fromEntries!.call(undefined, entries)
    return fromEntries!.call(undefined, charged(entries))
  },
  getOwnPropertyDescriptors(value: unknown): object {
    charge(1 + indexedSize(value) * 2 * PRICE.entry)
    const result = native.getOwnPropertyDescriptors!.call<object>(undefined, value)
    charge(nativeReflect.ownKeys!.call<unknown[]>(undefined, result).length * 2 * PRICE.entry)
    return result
  },
  getOwnPropertyNames(value: unknown): unknown[] {
    return listed('getOwnPropertyNames', value)
  },
  getOwnPropertySymbols(value: unknown): unknown[] {
    return listed('getOwnPropertySymbols', value)
  },
  isFrozen(value: unknown): boolean {
    charge(1 + indexedSize(value))
    return native.isFrozen!.call(undefined, value)
  },
  isSealed(value: unknown): boolean {
    charge(1 + indexedSize(value))
    return native.isSealed!.call(undefined, value)
  },
  keys(value: unknown): unknown[] {
    return listed('keys', value)
  },
  seal(value: unknown): unknown {
    charge(1 + indexedSize(value))
    return native.seal!.call(undefined, value)
  },
  values(value: unknown): unknown[] {
    return listed('values', value)
  },
}

export const objectPrototype = {
  isPrototypeOf(this: unknown, value: unknown): boolean {
    if (!isObject(value)) return false
    if (this === undefined || this === null) return nativePrototype.isPrototypeOf!.call(this, value)
    const wanted = Object(this) as object
    for (let at = getPrototypeOf(value); at !== null; at = getPrototypeOf(at)) {
      charge(1)
      if (at === wanted) return true
    }
    return false
  },
}

function isObject(value: unknown): value is object {
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
}

export const reflect = {
  ownKeys(value: object): (string | symbol)[] {
    charge(1 + indexedSize(value) * PRICE.entry)
    const found = nativeReflect.ownKeys!.call<(string | symbol)[]>(undefined, value)
    charge(found.length * PRICE.slot)
    return found
  },
}

/** Indexed items, which are plenty without a step of the contract for each; other properties cost when they are set. */
function indexedSize(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  if (isRealArray(value)) return value.length
  return viewName.call(value) === undefined ? 0 : (viewLength.call(value) as number)
}

function listed(name: string, value: unknown): unknown[] {
  charge(1 + indexedSize(value) * PRICE.entry)
  const found = native[name]!.call<unknown[]>(undefined, value)
  charge(found.length * (name === 'entries' ? PRICE.entry : PRICE.slot))
  return found
}

/** Takes the price of copying all properties of a value. */
function chargeCopied(source: unknown): void {
  if (source === undefined || source === null) return
  const size = indexedSize(source)
  if (size > 0 || typeof source !== 'object') charge(size * PRICE.entry)
  else charge(nativeReflect.ownKeys!.call<unknown[]>(undefined, source).length * PRICE.entry)
}

function* charged(entries: Iterable<unknown>): Generator<unknown> {
  for (const entry of entries) {
    charge(PRICE.entry)
    yield entry
  }
}
