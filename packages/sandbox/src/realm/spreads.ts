/** What copies as many values as something else holds (spec/6-determinism §7): charged for before it is done. */
import { take } from './meter.js'

/** Fuel of one value that is copied. */
const VALUE_FUEL = 8
/** Most arguments that one spread in a call may give. */
const ARGUMENTS_MAX = 32_768
/** Room that an array makes for each element when its length is set. */
const LENGTH_FUEL = 4

const { isArray } = Array
const { isView } = ArrayBuffer
const { apply, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect
const getter = (prototype: object, name: string) => getOwnPropertyDescriptor(prototype, name)!.get!
const viewLength = getter(getPrototypeOf(Uint8Array.prototype)!, 'length')
const sizes = [getter(Map.prototype, 'size'), getter(Set.prototype, 'size')]

/** Values that a text or one of the standard collections holds; iterators of the contract pay for each step themselves. */
function countOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  if (isArray(value)) return value.length
  if (isView(value)) return value instanceof DataView ? 0 : apply(viewLength, value, [])
  for (let n = 0; n < sizes.length; n++) {
    try {
      return apply(sizes[n]!, value, [])
    } catch {
      // Not one of these.
    }
  }
  return 0
}

/** For `[...value]`. */
export function spread<T>(value: T): T {
  take(countOf(value) * VALUE_FUEL)
  return value
}

/** For a pattern with a rest element that takes `value` apart. */
export const rest = spread

/** For `f(...value)`. @throws {RangeError} for more than a call takes */
export function args(value: Iterable<unknown>): unknown[] {
  take(countOf(value) * VALUE_FUEL)
  const list = [...value]
  take(list.length)
  if (list.length > ARGUMENTS_MAX)
    throw new RangeError(`a call takes at most ${ARGUMENTS_MAX} values of a spread`)
  return list
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
