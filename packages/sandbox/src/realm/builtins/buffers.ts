/** Buffers and their views: bytes are paid before they are there, sorts are ours, and NaN has one form. */
import { charge } from '../meter.js'
import { chargeSort, comparison } from './array.js'
import { apply, chargeScan, construct, isArray, lengthOf, nativesOf } from './native.js'
import { PRICE } from './prices.js'
import { mergeSort } from './sort.js'

const EngineBuffer = ArrayBuffer
const TypedArray = Object.getPrototypeOf(Uint8Array) as { prototype: object }
const native = nativesOf(
  TypedArray.prototype,
  'copyWithin every fill filter find findIndex findLast findLastIndex forEach includes indexOf lastIndexOf map reduce reduceRight reverse some join set sort toReversed toSorted with',
)
const nativeStatic = nativesOf(TypedArray, 'from of')
const view = nativesOf(DataView.prototype, 'setBigUint64 setFloat32 setFloat64 setUint32')
const lengthGetter = Object.getOwnPropertyDescriptor(TypedArray.prototype, 'length')!.get!
const { isView } = EngineBuffer
const { floor } = Math

type ViewClass = NewableFunction & { BYTES_PER_ELEMENT: number }

/** Puts a class of ours in the place of one of the engine's views. */
export function viewConstructor(engine: ViewClass): object {
  const bytes = engine.BYTES_PER_ELEMENT
  const { name } = engine
  const { [name]: ours } = {
    [name]: function (this: unknown, ...given: unknown[]): unknown {
      if (new.target === undefined) return apply(engine as never, undefined, given)
      const [first] = given
      if (typeof first === 'object' && first !== null) {
        if (isArray(first) || isView(first)) charge(lengthOf(first) * bytes)
        else if (!isBuffer(first)) charge(lengthOf(first) * bytes)
      } else if (first !== undefined) charge(toBytes(first, bytes))
      charge(PRICE.entry)
      return construct(engine, given, new.target === ours ? engine : new.target)
    },
  }
  return ours!
}

/** An `ArrayBuffer` that cannot grow. */
export function bufferConstructor(): object {
  return function (this: unknown, length: unknown): unknown {
    if (new.target === undefined) return apply(EngineBuffer as never, undefined, [])
    // The engine's words for this are those for too little memory.
    if (+(length as number) <= -1) throw new RangeError('a buffer has no negative length')
    charge(PRICE.entry + toBytes(length, 1))
    return construct(EngineBuffer, [length], new.target)
  }
}

const byteLength = Object.getOwnPropertyDescriptor(EngineBuffer.prototype, 'byteLength')!.get!

function isBuffer(value: object): boolean {
  try {
    byteLength.call(value)
    return true
  } catch {
    return false
  }
}

function toBytes(given: unknown, size: number): number {
  const length = +(given as number)
  return length > 0 ? floor(length) * size : 0
}

/** How many items a view has; the engine's complaint where it is none. */
function sizeOf(receiver: unknown): number {
  return lengthGetter.call(receiver) as number
}

/** Methods that look at every item once, with the length that the engine's have. */
const VISITS = [
  'copyWithin',
  'every',
  'fill',
  'filter',
  'find',
  'findIndex',
  'findLast',
  'findLastIndex',
  'forEach',
  'includes',
  'indexOf',
  'lastIndexOf',
  'map',
  'reduce',
  'reduceRight',
  'reverse',
  'some',
] as const

function visits(): Record<string, (...args: unknown[]) => unknown> {
  const found: Record<string, (...args: unknown[]) => unknown> = {}
  for (const name of VISITS) {
    const own = native[name]!
    const { [name]: wrapper } = {
      [name](this: unknown, ...given: unknown[]): unknown {
        charge(1 + sizeOf(this))
        return own.call(this, ...given)
      },
    }
    found[name] = wrapper!
  }
  return found
}

export const typedArrayPrototype = {
  ...visits(),
  join(this: unknown, separator: unknown): string {
    const between = separator === undefined ? ',' : `${separator as string}`
    charge(1 + sizeOf(this) * (between.length + PRICE.entry))
    return native.join!.call(this, between)
  },
  set(this: unknown, source: unknown, offset: unknown): unknown {
    charge(1 + lengthOf(source))
    return native.set!.call(this, source, offset)
  },
  sort(this: unknown, compare: unknown): unknown {
    if (compare !== undefined && typeof compare !== 'function') return native.sort!.call(this, compare)
    const length = sizeOf(this)
    chargeSort(length)
    if (compare === undefined) return native.sort!.call(this)
    const target = this as unknown[]
    const items: unknown[] = []
    for (let i = 0; i < length; i++) items[i] = target[i]
    mergeSort(items, comparison(compare))
    for (let i = 0; i < length; i++) target[i] = items[i]
    return this
  },
  toReversed(this: unknown): unknown {
    charge(1 + sizeOf(this) * PRICE.slot)
    return native.toReversed!.call(this)
  },
  toSorted(this: unknown, compare: unknown): unknown {
    if (compare !== undefined && typeof compare !== 'function') return native.toSorted!.call(this, compare)
    charge(1 + sizeOf(this) * PRICE.slot)
    const copy = native.toReversed!.call<{ sort(compare: unknown): unknown; reverse(): unknown }>(this)
    native.reverse!.call(copy)
    return typedArrayPrototype.sort.call(copy, compare)
  },
  with(this: unknown, at: unknown, value: unknown): unknown {
    charge(1 + sizeOf(this) * PRICE.slot)
    return native.with!.call(this, at, value)
  },
}

export const typedArray = {
  from(this: unknown, source: unknown, ...rest: unknown[]): unknown {
    if (source !== undefined && source !== null) charge(1 + lengthOf(source) * PRICE.slot)
    return nativeStatic.from!.call(this, source, ...rest)
  },
  of(this: unknown, ...items: unknown[]): unknown {
    charge(1 + items.length * PRICE.slot)
    return nativeStatic.of!.call(this, ...items)
  },
}

export const dataViewPrototype = {
  setFloat32(this: unknown, at: unknown, value: unknown, ...little: unknown[]): unknown {
    const number = +(value as number)
    if (!Number.isNaN(number)) return view.setFloat32!.call(this, at, number, ...little)
    return view.setUint32!.call(this, at, 0x7fc00000, ...little)
  },
  setFloat64(this: unknown, at: unknown, value: unknown, ...little: unknown[]): unknown {
    const number = +(value as number)
    if (!Number.isNaN(number)) return view.setFloat64!.call(this, at, number, ...little)
    return view.setBigUint64!.call(this, at, 0x7ff8000000000000n, ...little)
  },
}

export const arrayBufferPrototype = {
  slice(this: unknown, start: unknown, end: unknown): unknown {
    chargeScan(byteLength.call(this) as number)
    return nativesOfBuffer.slice!.call(this, start, end)
  },
}

const nativesOfBuffer = nativesOf(EngineBuffer.prototype, 'slice')
