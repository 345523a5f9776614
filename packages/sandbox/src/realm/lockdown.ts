/**
 * Prepares a realm for a contract (spec/6-determinism §2): applies the permits table and freezes every object of it, so
 * that the driver can rely on them and no run can leave a trace for another. Runs in every realm, cold.
 */
import { makeAssignable } from './assignable.js'
import { closeFunctionConstructors } from './builtins/function.js'
import { installBuiltins, replaceConstructors } from './builtins/index.js'
import { replaceSymbol } from './builtins/symbol.js'
import { type Bag, intrinsics } from './intrinsics.js'
import { namesOf, PERMITS } from './permits/index.js'
import { prune, type Unlisted } from './prune.js'

/** Locks the realm; `globals` are added. */
export function lock(globals: Readonly<Record<string, unknown>>, unlisted: Unlisted): void {
  const global = globalThis as unknown as Bag
  closeFunctionConstructors()
  replaceSymbol()
  replaceConstructors()
  const objects = intrinsics()
  prune(objects, unlisted)
  installBuiltins(objects)
  delete global.$host
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(global, name, { value, writable: false, enumerable: false, configurable: false })
    objects.set(name, value as Bag)
  }
  for (const [name, object] of objects) {
    for (const own of namesOf(PERMITS[name]!.assignable)) makeAssignable(object, own)
  }
  freezeAll(objects)
}

function freezeAll(objects: Map<string, Bag>): void {
  const { freeze } = Object
  const { getOwnPropertyDescriptor, ownKeys } = Reflect
  for (const object of objects.values()) {
    for (const key of ownKeys(object)) {
      const { value, get, set } = getOwnPropertyDescriptor(object, key)!
      if (typeof value === 'function') freeze(value)
      if (get !== undefined) freeze(get)
      if (set !== undefined) freeze(set)
    }
    freeze(object)
  }
}
