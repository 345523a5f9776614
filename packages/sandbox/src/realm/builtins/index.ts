/** Our versions of built-in functions, by the object of the permits table that they are put on. */
import type { Bag } from '../intrinsics.js'
import { functionPrototype } from './function.js'
import { stringPrototype } from './string.js'

export const BUILTINS: Readonly<Record<string, object>> = {
  'Function.prototype': functionPrototype,
  'String.prototype': stringPrototype,
}

/** Puts them in the place of the engine's, whose attributes they keep. */
export function installBuiltins(objects: Map<string, Bag>): void {
  for (const name in BUILTINS) Object.assign(objects.get(name)!, BUILTINS[name])
}
