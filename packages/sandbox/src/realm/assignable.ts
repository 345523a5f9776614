/**
 * Cures the override mistake: `error.name = 'Mine'` throws where a frozen prototype has `name` as a value. The names that
 * ordinary code assigns become accessors, whose setter does what an assignment would have done.
 */
import type { Bag } from './intrinsics.js'

const { defineProperty, freeze, hasOwn } = Object

/** Assigning to it throws the engine's own TypeError. */
const FROZEN: { value: unknown } = freeze({ value: undefined })

/** Turns a property of a prototype into such an accessor. */
export function makeAssignable(prototype: Bag, name: string): void {
  const value = prototype[name]
  if (typeof value === 'function') freeze(value)
  const accessor = {
    get: () => value,
    set(this: unknown, given: unknown): void {
      if (this === prototype || !isObject(this)) FROZEN.value = given
      else if (hasOwn(this, name)) (this as Bag)[name] = given
      else defineProperty(this, name, { value: given, writable: true, enumerable: true, configurable: true })
    },
  }
  defineProperty(prototype, name, accessor)
}

function isObject(value: unknown): value is object {
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
}
