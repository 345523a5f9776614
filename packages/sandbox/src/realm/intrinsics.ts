/** Objects of the realm by the names of the permits table: paths from the global object, and those that no path leads to. */
import { namesOf, PERMITS } from './permits/index.js'

export type Bag = Record<PropertyKey, unknown>

/** In the order of the table. */
export function intrinsics(): Map<string, Bag> {
  const hidden = hiddenObjects()
  const found = new Map<string, Bag>()
  for (const name in PERMITS) found.set(name, hidden[name] ?? resolve(name, found))
  return found
}

/** Gives a function of ours the listed properties of the engine's function in whose place it comes. */
export function copyPermitted(from: object, to: object, name: string): void {
  for (const key of namesOf(PERMITS[name]!.keep)) {
    const own = key.startsWith('@@') ? Symbol[key.slice(2) as 'iterator'] : key
    Object.defineProperty(to, own, Object.getOwnPropertyDescriptor(from, own)!)
  }
}

function resolve(name: string, found: Map<string, Bag>): Bag {
  if (name === 'globalThis') return globalThis as unknown as Bag
  const dot = name.lastIndexOf('.')
  if (dot < 0) return (globalThis as unknown as Bag)[name] as Bag
  return found.get(name.slice(0, dot))![name.slice(dot + 1)] as Bag
}

/** Prototypes of what syntax and built-in functions make, and their constructors. */
function hiddenObjects(): Record<string, Bag> {
  const { getPrototypeOf } = Object as unknown as { getPrototypeOf: (object: unknown) => Bag }
  const generator = getPrototypeOf(function* () {})
  const asyncGenerator = getPrototypeOf(async function* () {})
  const asyncFunction = getPrototypeOf(async () => {})
  const arrayIterator = getPrototypeOf([][Symbol.iterator]())
  const text = 'a'
  return {
    // V8 puts an object of its own between the global object and `Object.prototype`.
    '%GlobalPrototype%': getPrototypeOf(globalThis),
    '%IteratorPrototype%': getPrototypeOf(arrayIterator),
    '%ArrayIteratorPrototype%': arrayIterator,
    '%MapIteratorPrototype%': getPrototypeOf(new Map().entries()),
    '%SetIteratorPrototype%': getPrototypeOf(new Set().values()),
    '%StringIteratorPrototype%': getPrototypeOf(text[Symbol.iterator]()),
    '%RegExpStringIteratorPrototype%': getPrototypeOf(text.matchAll(/a/g)),
    '%AsyncIteratorPrototype%': getPrototypeOf(asyncGenerator.prototype),
    '%GeneratorFunction%': generator.constructor as unknown as Bag,
    '%GeneratorFunction.prototype%': generator,
    '%GeneratorPrototype%': generator.prototype as Bag,
    '%AsyncFunction%': asyncFunction.constructor as unknown as Bag,
    '%AsyncFunction.prototype%': asyncFunction,
    '%AsyncGeneratorFunction%': asyncGenerator.constructor as unknown as Bag,
    '%AsyncGeneratorFunction.prototype%': asyncGenerator,
    '%AsyncGeneratorPrototype%': asyncGenerator.prototype as Bag,
    '%TypedArray%': getPrototypeOf(Uint8Array),
  }
}
