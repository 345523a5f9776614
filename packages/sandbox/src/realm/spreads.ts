/** What copies as many values as something else holds (spec/6-determinism §7): charged for before it is done. */
import { isRealArray } from './builtins/native.js'
import { argumentsMax, take } from './meter.js'

/** Fuel of one value that is copied. */
const VALUE_FUEL = 8
/** Room that an array makes for each element when its length is set. */
const LENGTH_FUEL = 4

const { isView } = ArrayBuffer
const { apply, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect
const getter = (prototype: object, name: string) => getOwnPropertyDescriptor(prototype, name)!.get!
const viewLength = getter(getPrototypeOf(Uint8Array.prototype)!, 'length')
const sizes = [getter(Map.prototype, 'size'), getter(Set.prototype, 'size')]

const iteratorOf = (value: unknown) => (value as Iterable<unknown>)[Symbol.iterator]
const { prototype: viewPrototype } = getPrototypeOf(Uint8Array) as { prototype: unknown }
/** Iterators that give as many values as there are. */
const standard = [[], new Map(), new Set(), viewPrototype].map(iteratorOf)

/** Values that a text or one of the standard collections holds; undefined of anything else, which pays as it goes. */
function countOf(value: unknown): number | undefined {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return undefined
  if (isRealArray(value)) return value.length
  if (isView(value)) return value instanceof DataView ? 0 : apply(viewLength, value, [])
  for (let n = 0; n < sizes.length; n++) {
    try {
      return apply(sizes[n]!, value, [])
    } catch {
      // Not one of these.
    }
  }
  return undefined
}

/** Gives the values of an iterator of which nobody knows how many there are, each paid for. */
function* paid(values: Iterable<unknown>): Generator<unknown> {
  for (const value of values) {
    take(VALUE_FUEL)
    yield value
  }
}

/** For `[...value]`, and for a pattern of an array with a rest element that takes `value` apart. */
export function spread(value: Iterable<unknown>): Iterable<unknown> {
  const count = countOf(value)
  if (isObject(value) && (count === undefined || !isStandard(iteratorOf(value)))) return paid(value)
  take((count ?? 0) * VALUE_FUEL)
  return value
}

function isStandard(iterator: unknown): boolean {
  for (let n = 0; n < standard.length; n++) if (standard[n] === iterator) return true
  return false
}

/** For any other pattern with a rest element. */
export function rest<T>(value: T): T {
  take((countOf(value) ?? 0) * VALUE_FUEL)
  return value
}

function isObject(value: unknown): boolean {
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
}

/** For `f(...value)`. @throws {RangeError} for more than a call takes */
export function args(value: Iterable<unknown>): unknown[] {
  const list = [...spread(value)]
  take(list.length)
  const most = argumentsMax()
  if (list.length > most) throw new RangeError(`a call takes at most ${most} values of a spread here`)
  return list
}

/** Standard prototypes that have nothing to enumerate. */
const { prototype: objectPrototype } = Object
const { prototype: arrayPrototype } = Array

/** For `for (… in value)`: the engine lists every name before the first turn, those of prototypes included. */
export function names<T>(value: T): T {
  let object: unknown = value
  if (typeof value === 'string') take(value.length * VALUE_FUEL)
  while (isObject(object)) {
    if (object === objectPrototype || object === arrayPrototype) break
    const indexed = isRealArray(object) || isView(object) ? (countOf(object) ?? 0) : 0
    take(VALUE_FUEL + indexed * VALUE_FUEL)
    take(ownKeys(object as object).length * VALUE_FUEL)
    object = getPrototypeOf(object as object)
  }
  return value
}

/** For `{...value}`, once it is made. */
export function owned<T extends object>(made: T): T {
  take(ownKeys(made).length * VALUE_FUEL)
  return made
}

/** For `array.length = value`, which makes room. */
export function length<T>(value: T): T {
  if (typeof value === 'number' && value > 0) take(value * LENGTH_FUEL)
  return value
}
