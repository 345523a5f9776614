/**
 * Arrays: charged by length. What makes another array does so itself where the receiver is a plain array, since the
 * engine is slow at it once `Array` is ours.
 */
import { charge } from '../meter.js'
import {
  apply,
  chargeScan,
  chargeSlots,
  construct,
  isArray,
  isRealArray,
  lengthOf,
  type Native,
  nativesOf,
  toIndex,
} from './native.js'
import { NESTING_MAX, PRICE } from './prices.js'
import { type Compare, compareTexts, mergeSort } from './sort.js'

const EngineArray = Array
const native = nativesOf(
  Array.prototype,
  'concat copyWithin every fill filter find findIndex findLast findLastIndex flat flatMap forEach includes indexOf join lastIndexOf map push reduce reduceRight reverse shift slice some sort splice toReversed toSorted toSpliced unshift with',
)
const nativeStatic = nativesOf(Array, 'from of')
const { ceil, clz32, max, min, trunc } = Math
const WORD = 32
let OurArray: unknown

/** Puts an `Array` of ours in the place of the engine's. */
export function arrayConstructor(): object {
  const ours = function (this: unknown, ...items: unknown[]): unknown {
    if (items.length !== 1) chargeSlots(items.length)
    else if ((items[0] as number) >>> 0 === items[0]) chargeSlots(items[0])
    return construct(
      EngineArray,
      items,
      new.target === undefined || new.target === ours ? EngineArray : new.target,
    )
  }
  OurArray = ours
  return ours
}

/** True for arrays of which `map` and its like make a plain array. */
function isPlain(value: unknown): value is unknown[] {
  return isRealArray(value) && (value as { constructor: unknown }).constructor === OurArray
}

export const arrayPrototype = {
  concat(this: unknown, ...parts: unknown[]): unknown[] {
    let length = lengthOf(this)
    let isAllPlain = isPlain(this) && !isSpread(this)
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]
      if (isArray(part)) length += lengthOf(part)
      else if (typeof part === 'object' && part !== null && isSpread(part)) length += lengthOf(part)
      else length++
      if (isAllPlain && typeof part === 'object' && part !== null && (!isPlain(part) || isSpread(part)))
        isAllPlain = false
    }
    chargeSlots(length)
    if (!isAllPlain) return native.concat!.call(this, ...parts)
    const result: unknown[] = new EngineArray(length)
    let at = copyInto(result, 0, this as unknown[], 0, (this as unknown[]).length)
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]
      if (isArray(part)) at = copyInto(result, at, part, 0, part.length)
      else result[at++] = part
    }
    return result
  },
  copyWithin(this: unknown, target: unknown, start: unknown, ...end: unknown[]): unknown {
    chargeScan(lengthOf(this))
    return native.copyWithin!.call(this, target, start, ...end)
  },
  every(this: unknown, test: unknown, ...self: unknown[]): boolean {
    return visit('every', this, test, self)
  },
  fill(this: unknown, value: unknown, ...range: unknown[]): unknown {
    chargeSlots(lengthOf(this))
    return native.fill!.call(this, value, ...range)
  },
  filter(
    this: unknown,
    test: (item: unknown, at: number, all: unknown) => unknown,
    ...self: unknown[]
  ): unknown {
    chargeSlots(lengthOf(this))
    if (!isPlain(this) || typeof test !== 'function') return native.filter!.call(this, test, ...self)
    const { length } = this
    const result: unknown[] = []
    for (let i = 0; i < length; i++) {
      if (!(i in this)) continue
      const item = this[i]
      if (test.call(self[0], item, i, this)) result[result.length] = item
    }
    return result
  },
  find(this: unknown, test: unknown, ...self: unknown[]): unknown {
    return visit('find', this, test, self)
  },
  findIndex(this: unknown, test: unknown, ...self: unknown[]): number {
    return visit('findIndex', this, test, self)
  },
  findLast(this: unknown, test: unknown, ...self: unknown[]): unknown {
    return visit('findLast', this, test, self)
  },
  findLastIndex(this: unknown, test: unknown, ...self: unknown[]): number {
    return visit('findLastIndex', this, test, self)
  },
  flat(this: unknown, ...depth: unknown[]): unknown[] {
    const levels = depth.length === 0 || depth[0] === undefined ? 1 : +(depth[0] as number)
    const result = emptyFor(this, native.flat!)
    flatten(result, this as unknown[], lengthOf(this), levels, 0)
    return result
  },
  flatMap(
    this: unknown,
    make: (item: unknown, at: number, all: unknown) => unknown,
    ...self: unknown[]
  ): unknown[] {
    if (typeof make !== 'function') return native.flatMap!.call(this, make)
    const result = emptyFor(this, native.flatMap!)
    const length = lengthOf(this)
    chargeScan(length)
    for (let i = 0; i < length; i++) {
      if (!(i in (this as object))) continue
      const item = make.call(self[0], (this as unknown[])[i], i, this)
      if (isArray(item)) flatten(result, item, lengthOf(item), 0, 0)
      else append(result, item)
    }
    return result
  },
  forEach(this: unknown, use: unknown, ...self: unknown[]): unknown {
    return visit('forEach', this, use, self)
  },
  includes(this: unknown, item: unknown, ...from: unknown[]): boolean {
    return visit('includes', this, item, from)
  },
  indexOf(this: unknown, item: unknown, ...from: unknown[]): number {
    return visit('indexOf', this, item, from)
  },
  join(this: unknown, separator: unknown): string {
    const length = lengthOf(this)
    const between = separator === undefined ? ',' : `${separator as string}`
    let units = length * (between.length + 1)
    if (isRealArray(this)) {
      charge(1 + length)
      for (let i = 0; i < length; i++) {
        const item = this[i]
        if (typeof item === 'string') units += item.length
      }
    }
    charge(units * PRICE.character)
    return nested(() => native.join!.call(this, between))
  },
  lastIndexOf(this: unknown, item: unknown, ...from: unknown[]): number {
    return visit('lastIndexOf', this, item, from)
  },
  map(
    this: unknown,
    make: (item: unknown, at: number, all: unknown) => unknown,
    ...self: unknown[]
  ): unknown {
    if (!isPlain(this) || typeof make !== 'function') {
      charge(lengthOf(this))
      return native.map!.call(this, make, ...self)
    }
    const { length } = this
    chargeSlots(length)
    const result: unknown[] = new EngineArray(length)
    for (let i = 0; i < length; i++) if (i in this) result[i] = make.call(self[0], this[i], i, this)
    return result
  },
  push(this: unknown[], ...items: unknown[]): number {
    if (items.length === 1) {
      charge(PRICE.slot)
      return native.push!.call(this, items[0])
    }
    chargeSlots(items.length)
    return apply(native.push as never, this, items)
  },
  reduce(this: unknown, fold: unknown, ...first: unknown[]): unknown {
    return visit('reduce', this, fold, first)
  },
  reduceRight(this: unknown, fold: unknown, ...first: unknown[]): unknown {
    return visit('reduceRight', this, fold, first)
  },
  reverse(this: unknown): unknown {
    charge(1 + lengthOf(this))
    return native.reverse!.call(this)
  },
  shift(this: unknown): unknown {
    chargeScan(lengthOf(this))
    return native.shift!.call(this)
  },
  slice(this: unknown, start: unknown, end: unknown): unknown {
    const length = lengthOf(this)
    const from = toIndex(start, length, 0)
    const to = toIndex(end, length, length)
    chargeSlots(max(0, to - from))
    if (!isPlain(this)) return native.slice!.call(this, from, to)
    const result: unknown[] = new EngineArray(max(0, to - from))
    copyInto(result, 0, this, from, to)
    return result
  },
  some(this: unknown, test: unknown, ...self: unknown[]): boolean {
    return visit('some', this, test, self)
  },
  sort(this: unknown, compare: unknown): unknown {
    checkCompare(compare, native.sort!)
    const object = Object(this) as unknown[]
    const length = lengthOf(object)
    chargeSort(length)
    const items: unknown[] = []
    let undefinedCount = 0
    for (let i = 0; i < length; i++) {
      if (!(i in object)) continue
      const item = object[i]
      if (item === undefined) undefinedCount++
      else items[items.length] = item
    }
    mergeSort(items, comparison(compare))
    const filled = items.length + undefinedCount
    for (let i = 0; i < items.length; i++) object[i] = items[i]
    for (let i = items.length; i < filled; i++) object[i] = undefined
    for (let i = filled; i < length; i++) if (i in object) delete object[i]
    return object
  },
  splice(this: unknown, ...given: unknown[]): unknown {
    const length = lengthOf(this)
    charge(1 + length + given.length * PRICE.slot)
    if (!isPlain(this) || given.length < 2) return apply(native.splice as never, this, given)
    const from = toIndex(given[0], length, 0)
    const wanted = +(given[1] as number)
    const removed = wanted > 0 ? min(trunc(wanted), length - from) : 0
    chargeSlots(removed)
    const result: unknown[] = new EngineArray(removed)
    copyInto(result, 0, this, from, from + removed)
    given[0] = from
    given[1] = removed
    apply(native.splice as never, this, given)
    return result
  },
  toReversed(this: unknown): unknown[] {
    chargeSlots(lengthOf(this))
    return native.toReversed!.call(this)
  },
  toSorted(this: unknown, compare: unknown): unknown[] {
    checkCompare(compare, native.toSorted!)
    const length = lengthOf(this)
    chargeSort(length)
    const source = Object(this) as unknown[]
    const items: unknown[] = []
    let undefinedCount = 0
    for (let i = 0; i < length; i++) {
      const item = source[i]
      if (item === undefined) undefinedCount++
      else items[items.length] = item
    }
    mergeSort(items, comparison(compare))
    for (; undefinedCount > 0; undefinedCount--) items[items.length] = undefined
    return items
  },
  toSpliced(this: unknown, ...given: unknown[]): unknown[] {
    chargeSlots(lengthOf(this) + given.length)
    return apply(native.toSpliced as never, this, given)
  },
  unshift(this: unknown, ...items: unknown[]): number {
    charge(1 + ceil(lengthOf(this) / PRICE.scanned) + items.length * PRICE.slot)
    return apply(native.unshift as never, this, items)
  },
  with(this: unknown, at: unknown, value: unknown): unknown[] {
    chargeSlots(lengthOf(this))
    return native.with!.call(this, at, value)
  },
}

export const array = {
  from(this: unknown, items: unknown, make?: unknown, self?: unknown): unknown {
    if (make !== undefined && typeof make !== 'function') return nativeStatic.from!.call(this, items, make)
    const mapped = (item: unknown, at: number) =>
      make === undefined ? item : (make as (item: unknown, at: number) => unknown).call(self, item, at)
    const iterator =
      items === undefined || items === null ? undefined : (items as Iterable<unknown>)[Symbol.iterator]
    if (iterator !== undefined && iterator !== null)
      return fromIterable(this, items as Iterable<unknown>, mapped)
    const length = lengthOf(Object(items ?? nativeStatic.from!.call(this, items)))
    const result = made(this, length)
    chargeSlots(length)
    const source = Object(items) as ArrayLike<unknown>
    for (let i = 0; i < length; i++) define(result, i, mapped(source[i], i))
    result.length = length
    return result
  },
  of(this: unknown, ...items: unknown[]): unknown {
    chargeSlots(items.length)
    return nativeStatic.of!.call(this, ...items)
  },
}

function fromIterable(
  type: unknown,
  items: Iterable<unknown>,
  mapped: (item: unknown, at: number) => unknown,
): unknown {
  const result = made(type)
  let at = 0
  for (const item of items) {
    charge(PRICE.slot)
    define(result, at, mapped(item, at))
    at++
  }
  result.length = at
  return result
}

/** What `Array.from` fills: an array, or what a subclass makes. */
function made(type: unknown, ...length: number[]): unknown[] {
  if (type === OurArray || typeof type !== 'function') return []
  try {
    construct(Object, [], type)
  } catch {
    return [] // no constructor
  }
  return construct(type, length)
}

function define(target: unknown[], at: number, value: unknown): void {
  Object.defineProperty(target, at, { value, writable: true, enumerable: true, configurable: true })
}

/** Calls the engine's method once the length is paid. */
function visit<T>(name: string, receiver: unknown, first: unknown, rest: unknown[]): T {
  charge(1 + lengthOf(receiver))
  const own = native[name]!
  return rest.length === 0 ? own.call(receiver, first) : own.call(receiver, first, rest[0])
}

function isSpread(value: object): boolean {
  const spreadable = (value as { [Symbol.isConcatSpreadable]?: unknown })[Symbol.isConcatSpreadable]
  return spreadable !== undefined
}

/** Copies with its holes. */
function copyInto(target: unknown[], at: number, source: unknown[], from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const item = source[i]
    if (item !== undefined || i in source) target[at + i - from] = item
  }
  return at + max(0, to - from)
}

/** The array that `flat` fills. */
function emptyFor(receiver: unknown, own: Native): unknown[] {
  if (isPlain(receiver)) return []
  if (receiver === undefined || receiver === null) return own.call(receiver)
  return native.slice!.call(receiver, 0, 0)
}

function append(result: unknown[], item: unknown): void {
  charge(PRICE.slot)
  define(result, result.length, item)
}

function flatten(
  result: unknown[],
  source: ArrayLike<unknown>,
  length: number,
  levels: number,
  depth: number,
): void {
  if (depth > NESTING_MAX) throw tooDeep()
  chargeScan(length)
  for (let i = 0; i < length; i++) {
    if (!(i in source)) continue
    const item = source[i]
    if (levels > 0 && isArray(item)) flatten(result, item, lengthOf(item), levels - 1, depth + 1)
    else append(result, item)
  }
}

let nesting = 0

/** Bounds how deep texts of arrays in arrays go. */
function nested<T>(work: () => T): T {
  if (nesting >= NESTING_MAX) throw tooDeep()
  nesting++
  try {
    return work()
  } finally {
    nesting--
  }
}

function tooDeep(): RangeError {
  return new RangeError(`arrays are nested deeper than ${NESTING_MAX} levels`)
}

function checkCompare(compare: unknown, own: Native): void {
  if (compare !== undefined && typeof compare !== 'function') own.call([], compare)
}

export function comparison(compare: unknown): Compare {
  if (compare === undefined) return compareTexts
  return (a, b) => +((compare as Compare)(a, b) as number)
}

export function chargeSort(length: number): void {
  charge(1 + length * (PRICE.slot + (WORD - clz32(length))))
}
