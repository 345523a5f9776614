/**
 * Prepares a realm for a contract (spec/6-determinism §2): applies the permits table, removes every other global and
 * freezes the intrinsics, so that the driver can rely on them. Runs in every realm, cold: it names what it
 * touches instead of searching for it.
 */
import {
  GLOBALS,
  type PropertyPermit,
  REMOVED_PROPERTIES,
  REPLACED_PROPERTIES,
  SEALED_PROTOTYPES,
} from './permits.js'

type Bag = Record<PropertyKey, unknown>

const global = globalThis as unknown as Bag
const TypedArray = Object.getPrototypeOf(Uint8Array) as Bag

/** Locks the realm; `globals` are added. */
export function lock(globals: Readonly<Record<string, unknown>>): void {
  for (const { of, names } of REMOVED_PROPERTIES) for (const name of names) delete resolve(of)[name]
  for (const permit of REPLACED_PROPERTIES) replaceAll(permit)
  const functions = functionConstructors()
  for (const engine of functions) closeConstructor(engine)
  removeGlobals()
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(global, name, { value, writable: false, enumerable: false, configurable: false })
  }
  freezeIntrinsics(functions)
}

function removeGlobals(): void {
  for (const name of Reflect.ownKeys(global)) {
    if (typeof name !== 'string' || !GLOBALS.has(name)) delete global[name]
  }
}

/** Freezes every standard object that holds others: constructors, prototypes, namespaces, the global itself. */
function freezeIntrinsics(functions: readonly Bag[]): void {
  for (const name of GLOBALS) {
    const value = global[name]
    if (typeof value !== 'object' && typeof value !== 'function') continue
    Object.freeze(value)
    const { prototype } = value as { prototype?: unknown }
    if (SEALED_PROTOTYPES.has(name)) Object.seal(prototype)
    else Object.freeze(prototype)
  }
  for (const { name, prototype } of functions) if (name !== 'Function') Object.freeze(prototype)
  for (const object of hiddenIntrinsics()) Object.freeze(object)
}

function resolve(path: string): Bag {
  let object: unknown = global
  for (const name of path.split('.')) object = name === 'TypedArray' ? TypedArray : (object as Bag)[name]
  return object as Bag
}

function replaceAll({ of, names }: PropertyPermit): void {
  const target = resolve(of)
  for (const name of names) {
    const value = REPLACEMENTS[name as keyof typeof REPLACEMENTS]
    Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true })
  }
}

const REPLACEMENTS = {
  localeCompare(this: unknown, other: unknown): number {
    return compareCodePoints(String(this), String(other))
  },
  toLocaleLowerCase(this: unknown): string {
    return String(this).toLowerCase()
  },
  toLocaleUpperCase(this: unknown): string {
    return String(this).toUpperCase()
  },
}

/** The order of UTF-8 bytes, as listings have it. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left === right) continue
    const isLeftHigh = left >= 0xd800 && left < 0xe000
    const isRightHigh = right >= 0xd800 && right < 0xe000
    if (isLeftHigh !== isRightHigh) return isLeftHigh ? 1 : -1
    return left < right ? -1 : 1
  }
  return Math.sign(a.length - b.length)
}

/** `Function` and its three relatives, which no global names. */
function functionConstructors(): Bag[] {
  const samples = [function f() {}, async function f() {}, function* f() {}, async function* f() {}]
  return samples.map((sample) => sample.constructor as unknown as Bag)
}

/** Puts a constructor that always throws in the place of one that compiles text. */
function closeConstructor(engine: Bag): void {
  const name = String(engine.name)
  function closed(): never {
    throw new TypeError(`${name} cannot make code at run time: write the function in the contract`)
  }
  const { prototype } = engine as { prototype: object }
  Object.defineProperty(closed, 'name', { value: name })
  Object.defineProperty(closed, 'prototype', { value: prototype, writable: false })
  Object.defineProperty(prototype, 'constructor', { value: closed, writable: false, configurable: true })
  if (name === 'Function')
    Object.defineProperty(global, name, { value: closed, writable: true, configurable: true })
  else Object.setPrototypeOf(closed, global.Function as object)
}

/** Standard objects that no global names: prototypes of what syntax and built-in functions make. */
function hiddenIntrinsics(): object[] {
  const generators = [function* f() {}, async function* f() {}].map(
    (sample) => Object.getPrototypeOf(sample).prototype as object,
  )
  const text = 'a'
  const iterators = [
    [][Symbol.iterator](),
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    text[Symbol.iterator](),
    text.matchAll(/a/g),
  ].map((iterator) => Object.getPrototypeOf(iterator) as object)
  // V8 puts an object of its own between the global object and `Object.prototype`.
  const ofGlobal = Object.getPrototypeOf(global) as object
  const found = [TypedArray, TypedArray.prototype as object, ofGlobal, ...generators, ...iterators]
  // Each of these inherits from a prototype that all its kind share, or from one of the sealed.
  const shared = found.map((object) => Object.getPrototypeOf(object) as object)
  const sealed = [Object.prototype, Function.prototype] as object[]
  return [...found, ...shared.filter((object) => !sealed.includes(object))]
}
