// Attacks on prototypes: a standard object changed, so that the driver or the next op meets a forgery
// (spec/6-determinism §2).
import { describe, expect, it } from 'vitest'
import { evaluate } from '../helpers.js'
import { attacks, failed, useSandbox } from './attack.js'

const sandbox = useSandbox()
const refused = failed('engine', 'TypeError')

describe('assignments', () => {
  attacks(sandbox, '', [
    ['Object.prototype.toJSON = () => "forged"', refused],
    ['Object.prototype[0] = "forged"', refused],
    ['Object.prototype.get = () => "forged"', refused],
    ['Object.prototype.__proto__ = { forged: 1 }', refused],
    ['Object.prototype.value = 1', refused],
    ['({}).__proto__.polluted = 1', refused],
    [
      'JSON.parse(`{"__proto__": {"polluted": 1}}`).__proto__.toString = 1; return [typeof ({}).polluted, String({})]',
      ['undefined', '[object Object]'],
    ],
    [
      'Object.assign({}, JSON.parse(`{"__proto__": {"polluted": 1}}`)); return typeof ({}).polluted',
      'undefined',
    ],
    ['({}).constructor.prototype.polluted = 1', refused],
    ['[].constructor.prototype.polluted = 1', refused],
    ['(() => {}).__proto__.polluted = 1', refused],
    ['Array.prototype[Symbol.iterator] = function * () {}', refused],
    ['Array.prototype.concat = 1', refused],
    ['Array.prototype.length = 5', refused],
    ['Array.prototype[0] = 1', refused],
    ['Uint8Array.prototype.set = 1', refused],
    ['Uint8Array.prototype.__proto__.set = 1', refused],
    ['Uint8Array.prototype.__proto__.length = 1', refused],
    ['Promise.prototype.then = null', refused],
    ['Promise.prototype.constructor = null', refused],
    ['Promise[Symbol.species] = null', refused],
    ['RegExp.prototype.exec = () => null', refused],
    ['RegExp.prototype.lastIndex = 1', refused],
    ['RegExp.prototype[Symbol.replace] = () => "forged"', refused],
    ['String.prototype.toString = () => "forged"', refused],
    ['Number.prototype.valueOf = () => 1', refused],
    ['Boolean.prototype.valueOf = () => 1', refused],
    ['Symbol.prototype.description = 1', refused],
    ['BigInt.prototype.toJSON = () => 1', refused],
    ['Map.prototype.set = 1', refused],
    ['WeakMap.prototype.get = 1', refused],
    ['WeakSet.prototype.has = () => true', refused],
    ['Reflect.ownKeys = () => []', refused],
    ['Object.freeze = (object) => object', refused],
    ['Object.keys = () => []', refused],
    ['Math.floor = () => 1', refused],
    ['Number.isSafeInteger = () => true', refused],
    ['String.fromCharCode = () => "x"', refused],
    ['ArrayBuffer.prototype.slice = 1', refused],
    ['DataView.prototype.getUint8 = 1', refused],
    ['Proxy.revocable = 1', refused],
    ['Object.getPrototypeOf(globalThis).polluted = 1', refused],
    ['Object.getPrototypeOf(async function () {}).polluted = 1', refused],
    ['Object.getPrototypeOf(function * () {}).polluted = 1', refused],
    ['Object.getPrototypeOf(async function * () {}).prototype.next = 1', refused],
    ['Object.getPrototypeOf(Object.getPrototypeOf(async function * () {}).prototype).polluted = 1', refused],
    ['Object.getPrototypeOf(new Map().entries()).next = 1', refused],
    ['Object.getPrototypeOf("".matchAll(/a/g)).next = 1', refused],
    ['Object.getPrototypeOf(""[Symbol.iterator]()).next = 1', refused],
    ['AggregateError.prototype.errors = [1]', refused],
  ])
})

describe('definitions', () => {
  attacks(sandbox, '', [
    [
      'return Reflect.defineProperty(Object.prototype, "then", { value (resolve) { resolve("forged") } })',
      false,
    ],
    ['return Reflect.defineProperty(Error.prototype, "polluted", { value: 1 })', false],
    ['return Reflect.defineProperty(Array.prototype, 1, { get () { return "forged" } })', false],
    ['return Reflect.setPrototypeOf(Array.prototype, null)', false],
    ['return Reflect.setPrototypeOf(Object.prototype, {})', false],
    ['return Reflect.setPrototypeOf(Function.prototype, {})', false],
    ['return Reflect.setPrototypeOf(Uint8Array, {})', false],
    ['return Reflect.setPrototypeOf(TypeError, {})', false],
    ['return Reflect.setPrototypeOf(Math, {})', false],
    ['return Reflect.setPrototypeOf(JSON, {})', false],
    ['return Reflect.deleteProperty(Array.prototype, "map")', false],
    ['return Reflect.deleteProperty(Promise.prototype, "then")', false],
    ['return Reflect.deleteProperty(Object.prototype, "toString")', false],
    ['Object.prototype.__defineGetter__("polluted", () => 1)', refused],
    ['globalThis.__defineGetter__("JSON", () => 1)', refused],
    ['return Reflect.set(Object.prototype, "polluted", 1, {})', true],
    ['return Reflect.preventExtensions(Object.prototype) && typeof ({}).polluted', 'undefined'],
  ])
})

describe('objects that inherit from a forgery', () => {
  attacks(sandbox, '', [
    [
      'tx.put("/a", Object.create({ a: 1 }))',
      failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
    ],
    ['tx.put("/a", Object.setPrototypeOf([1], { map: 1 }))', undefined],
    ['tx.put("/a", Object.setPrototypeOf([1, 2], null)); return (await tx.get("/a")).value', [1, 2]],
    ['return Object.setPrototypeOf({ a: 1 }, null)', { a: 1 }],
    [
      'return { __proto__: { a: 1 } }',
      failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
    ],
    ['return { __proto__: null, b: 2 }', { b: 2 }],
    ['class Fake extends Array { get length () { return 5 } } return Fake.of(1)', [1]],
    [
      'return Object.defineProperty([1, 2], "map", { value: () => ["forged"], enumerable: false })',
      failed('value', 'value: an array holds elements only'),
    ],
    ['return Object.assign([1, 2], { extra: 3 })', failed('value', 'value: an array holds elements only')],
    [
      'return Object.defineProperty({ a: 1 }, "b", { value: 2, enumerable: false })',
      failed('value', 'value: a key is hidden'),
    ],
    ['return { [Symbol("s")]: 1, a: 1 }', failed('value', 'value: symbol keys are not allowed')],
  ])
})

it('one op cannot poison the next of the same contract', async () => {
  // Every write that one op can think of; the next one looks whether any of it is left.
  const body = `const found = []
    const targets = new Set()
    const look = (object, depth) => {
      if ((typeof object !== 'object' && typeof object !== 'function') || object === null || targets.has(object) || depth > 8) return
      targets.add(object)
      for (const key of Reflect.ownKeys(object)) {
        const own = Reflect.getOwnPropertyDescriptor(object, key)
        look(own.value, depth + 1); look(own.get, depth + 1); look(own.set, depth + 1)
      }
      look(Object.getPrototypeOf(object), depth + 1)
    }
    look(globalThis, 0)
    for (const target of targets) {
      if (Object.hasOwn(target, 'poison')) found.push('poison')
      try { target.poison = 1 } catch {}
    }
    return [found.length, targets.size > 300]`
  for (let n = 0; n < 3; n++) expect(await evaluate(sandbox(), body)).toEqual([0, true])
})
