/**
 * Which JavaScript objects are values (spec/5-values §1). Contracts hand over objects that lie about
 * themselves, so nothing here believes what an object says: no `instanceof`, no `length` of its own.
 */

import { apply, getOwnPropertyNames, isView } from './natives.js'

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object
const tagOf = getter(Symbol.toStringTag)
const lengthOf = getter('length')

/** True for a real `Uint8Array` of any realm, whatever its prototype is. */
export function isBytes(value: unknown): value is Uint8Array {
  return isView(value) && apply(tagOf, value, []) === 'Uint8Array'
}

/** Length of a real `Uint8Array`; one that was detached has none. */
export function bytesLength(bytes: Uint8Array): number {
  return apply(lengthOf, bytes, [])
}

/** True for an object literal's prototype, in this realm or another, and for objects without one. */
export function isPlain(value: object): boolean {
  const prototype = Reflect.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || isForeignObjectPrototype(prototype)
}

/** True for an array that has all its elements, and no other property that is named by a text. */
export function isWholeArray(value: readonly unknown[]): boolean {
  const names = getOwnPropertyNames(value)
  const { length } = value
  // Indexes come first, then `length`, then what was added.
  return names.length === length + 1 && names[length] === 'length'
}

function isForeignObjectPrototype(prototype: object): boolean {
  if (Reflect.getPrototypeOf(prototype) !== null) return false
  const made: unknown = Reflect.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  if (typeof made !== 'function' || made === Object || made.prototype !== prototype) return false
  return apply(sourceOf, made, []) === SOURCE_OF_OBJECT
}

function getter(name: PropertyKey): () => never {
  return Object.getOwnPropertyDescriptor(typedArray, name)!.get as () => never
}

const sourceOf = Function.prototype.toString
/** The same in every realm; no function that is written down has such a source. */
const SOURCE_OF_OBJECT = apply(sourceOf, Object, [])
