/**
 * Takes out of a realm what the permits table does not list (spec/6-determinism §2). To search costs as much as a realm
 * itself, and all realms of an isolate start alike: one of them is searched, the others get the list.
 */
import { REPLACED_CONSTRUCTORS } from './builtins/index.js'
import { type Bag, intrinsics } from './intrinsics.js'
import { PERMITS, permittedNames } from './permits/index.js'

/** Objects that `lock` replaces by some of ours. */
const OURS = new Set(['console', 'Symbol', ...REPLACED_CONSTRUCTORS])

/** Unlisted properties: name of the object, then the properties; symbols as `@@` and their description. */
export type Unlisted = readonly (readonly [object: string, ...keys: string[]])[]

/** What a realm as the engine makes it has beyond the table. */
export function findUnlisted(): Unlisted {
  const found: [string, ...string[]][] = []
  for (const [name, object] of intrinsics()) {
    if (OURS.has(name)) continue
    const permitted = new Set(permittedNames(PERMITS[name]!, typeof object === 'function'))
    const keys = Reflect.ownKeys(object)
      .map(keyName)
      .filter((key) => !permitted.has(key))
    if (keys.length > 0) found.push([name, ...keys])
  }
  return found
}

/** Removes them. */
export function prune(objects: Map<string, Bag>, unlisted: Unlisted): void {
  for (const [name, ...keys] of unlisted) {
    const object = objects.get(name)!
    for (const key of keys) {
      if (key.startsWith('@@')) delete object[symbolNamed(object, key)]
      else delete object[key]
    }
  }
}

/** @example keyName(Symbol.iterator) // '@@iterator' */
function keyName(key: string | symbol): string {
  return typeof key === 'string' ? key : `@@${key.description?.replace(/^Symbol\./, '')}`
}

function symbolNamed(object: Bag, name: string): symbol {
  return Reflect.ownKeys(object).find((key) => typeof key === 'symbol' && keyName(key) === name) as symbol
}
