/**
 * Deep-freezes what a module has made of itself (spec/6-determinism §1): in every contract, pure or not, once its body
 * has been evaluated. Calls no getter. What is not extensible already, as the intrinsics are, is left alone with all that it holds.
 */
import { charge } from './meter.js'

/** Freezing costs this much for every object and for every property. */
const FREEZE_FUEL = 1

const { freeze } = Object
const {
  apply,
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isExtensible,
  ownKeys,
  preventExtensions,
} = Reflect
const { isView } = ArrayBuffer
const isGlobal = getOwnPropertyDescriptor(RegExp.prototype, 'global')!.get!
const isSticky = getOwnPropertyDescriptor(RegExp.prototype, 'sticky')!.get!

/** Freezes values with all that they hold and inherit. Throws only where fuel has run out. */
export function freezeModule(roots: readonly unknown[]): void {
  const open: object[] = []
  for (let i = 0; i < roots.length; i++) push(open, roots[i])
  for (let i = 0; i < open.length; i++) {
    const value = open[i]!
    charge(FREEZE_FUEL)
    try {
      if (isExtensible(value)) freezeOne(value, open)
    } catch {
      // A trap of a proxy threw. Out of fuel, the next charge throws.
    }
  }
}

function freezeOne(object: object, open: object[]): void {
  // Elements of typed arrays cannot be frozen.
  if (isView(object)) preventExtensions(object)
  else if (isStateful(object)) freezeAllBut(object, 'lastIndex')
  else freeze(object)
  if (isExtensible(object)) return
  push(open, getPrototypeOf(object))
  if (isView(object)) return
  for (const key of ownKeys(object)) {
    charge(FREEZE_FUEL)
    const descriptor = getOwnPropertyDescriptor(object, key)
    if (descriptor === undefined) continue
    if (descriptor.get === undefined && descriptor.set === undefined) push(open, descriptor.value)
    else {
      push(open, descriptor.get)
      push(open, descriptor.set)
    }
  }
}

function push(open: object[], value: unknown): void {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') open[open.length] = value
}

/** True for regular expressions that need their `lastIndex`. */
function isStateful(object: object): boolean {
  if (typeof object === 'function' || !('lastIndex' in object)) return false
  try {
    return apply(isGlobal, object, []) || apply(isSticky, object, [])
  } catch {
    return false // no regular expression
  }
}

function freezeAllBut(object: object, kept: string): void {
  preventExtensions(object)
  for (const key of ownKeys(object)) {
    if (key === kept) continue
    const descriptor = getOwnPropertyDescriptor(object, key)!
    defineProperty(object, key, 'value' in descriptor ? FROZEN_VALUE : FROZEN_ACCESSOR)
  }
}

const FROZEN_VALUE = freeze({ configurable: false, writable: false })
const FROZEN_ACCESSOR = freeze({ configurable: false })
