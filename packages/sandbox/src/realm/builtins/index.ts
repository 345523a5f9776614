/** Our versions of built-in functions, by the object of the permits table that they are put on. */
import { type Bag, copyPermitted } from '../intrinsics.js'
import { array, arrayConstructor, arrayPrototype } from './array.js'
import { bigInt, bigIntFunction, bigIntPrototype } from './bigint.js'
import {
  arrayBufferPrototype,
  bufferConstructor,
  dataViewPrototype,
  typedArray,
  typedArrayPrototype,
  viewConstructor,
} from './buffers.js'
import { functionPrototype, globals, proxy, proxyConstructor, reflectCalls, symbol } from './calls.js'
import { mapPrototype, setPrototype, weakMapPrototype, weakSetPrototype } from './collections.js'
import { json } from './json.js'
import { number, numberConstructor, numberGlobals, stringConstructor } from './number.js'
import { object, objectPrototype, reflect } from './object.js'
import { pow } from './pow.js'
import { promise, promisePrototype } from './promise.js'
import { regExpConstructor, regExpPrototype } from './regexp.js'
import { string, stringPrototype } from './string.js'

const BUILTINS: Readonly<Record<string, object>> = {
  globalThis: { ...globals, ...numberGlobals },
  Number: number,
  Object: object,
  'Object.prototype': objectPrototype,
  'Function.prototype': functionPrototype,
  Symbol: symbol,
  Reflect: { ...reflect, ...reflectCalls },
  Proxy: proxy,
  BigInt: bigInt,
  'BigInt.prototype': bigIntPrototype,
  Math: {
    pow(base: unknown, exponent: unknown): number {
      return pow(+(base as number), +(exponent as number))
    },
  },
  String: string,
  'String.prototype': stringPrototype,
  'RegExp.prototype': regExpPrototype,
  JSON: json,
  Array: array,
  'Array.prototype': arrayPrototype,
  'ArrayBuffer.prototype': arrayBufferPrototype,
  '%TypedArray%': typedArray,
  '%TypedArray%.prototype': typedArrayPrototype,
  'DataView.prototype': dataViewPrototype,
  Promise: promise,
  'Promise.prototype': promisePrototype,
  'Map.prototype': mapPrototype,
  'Set.prototype': setPrototype,
  'WeakMap.prototype': weakMapPrototype,
  'WeakSet.prototype': weakSetPrototype,
}

const VIEWS = [
  'BigInt64Array',
  'BigUint64Array',
  'Int16Array',
  'Int32Array',
  'Int8Array',
  'Uint16Array',
  'Uint32Array',
  'Uint8Array',
  'Uint8ClampedArray',
]

/** Names of the constructors that are replaced whole. */
export const REPLACED_CONSTRUCTORS: ReadonlySet<string> = new Set([
  'Array',
  'ArrayBuffer',
  'BigInt',
  'Number',
  'Proxy',
  'RegExp',
  'String',
  ...VIEWS,
])

/** Puts our constructors in the place of the engine's: before the objects of the realm are looked up. */
export function replaceConstructors(): void {
  replace('Array', arrayConstructor())
  replace('ArrayBuffer', bufferConstructor())
  replace('BigInt', bigIntFunction())
  replace('Number', numberConstructor())
  replace('Proxy', proxyConstructor())
  replace('RegExp', regExpConstructor())
  replace('String', stringConstructor())
  for (const name of VIEWS) {
    const engine = (globalThis as unknown as Bag)[name] as Parameters<typeof viewConstructor>[0]
    const ours = viewConstructor(engine)
    Object.setPrototypeOf(ours, Object.getPrototypeOf(engine))
    replace(name, ours)
  }
}

function replace(name: string, ours: object): void {
  const global = globalThis as unknown as Bag
  const engine = global[name] as { prototype?: { constructor: unknown }; length: number }
  if (engine.prototype !== undefined) engine.prototype.constructor = ours
  copyPermitted(engine, ours, name)
  Object.defineProperty(ours, 'length', { value: engine.length })
  Object.defineProperty(ours, 'name', { value: name })
  global[name] = ours
}

/** Puts our functions in the place of the engine's, whose attributes they keep. */
export function installBuiltins(objects: Map<string, Bag>): void {
  for (const name in BUILTINS) {
    const target = objects.get(name)!
    const functions = BUILTINS[name] as Bag
    for (const key of Reflect.ownKeys(functions)) {
      const ours = functions[key] as { length: number }
      const { length } = target[key] as { length: number }
      if (ours.length !== length) Object.defineProperty(ours, 'length', { value: length })
      target[key] = ours
    }
  }
}
