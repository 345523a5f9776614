// Attacks with well-known symbols: hooks that the engine or the driver would call at a place of its own.
import { expect } from 'vitest'
import { attacks, failed, useSandbox } from './attack.js'

const sandbox = useSandbox()
const IMPORTS = "import { index } from 'contract'; import assert from 'assert'"

attacks(sandbox, IMPORTS, [
  [
    'class Evil { constructor () { return new Proxy([], { defineProperty () { throw new Error("stolen") } }) } } const list = [1, 2]; Object.defineProperty(list, "constructor", { value: { [Symbol.species]: Evil } }); tx.put("/a", list); return (await tx.get("/a")).value',
    failed('value', 'value: an array holds elements only'),
  ],
  [
    'const bytes = new Uint8Array([1, 2]); Object.defineProperty(bytes, "constructor", { value: { get [Symbol.species] () { throw new Error("stolen") } } }); tx.put("/a", bytes); return (await tx.get("/a")).value.length',
    2,
  ],
  [
    'class Sub extends Uint8Array { static get [Symbol.species] () { throw new Error("stolen") } } tx.put("/a", new Sub([1, 2])); return (await tx.get("/a")).value',
    new Uint8Array([1, 2]),
  ],
  [
    'const bytes = new Uint8Array([1, 2]); Object.defineProperty(bytes, "length", { value: 1e9 }); tx.put("/a", bytes); return (await tx.get("/a")).value.length',
    2,
  ],
  [
    'const bytes = new Uint8Array([1, 2]); bytes.extra = 1; Object.defineProperty(bytes, Symbol.iterator, { value: function * () { yield 9 } }); tx.put("/a", bytes); return [...(await tx.get("/a")).value]',
    [1, 2],
  ],
  [
    'const list = [1, 2]; Object.defineProperty(list, Symbol.iterator, { value: function * () { yield 9 } }); return list',
    failed('value', 'value: symbol keys are not allowed'),
  ],
  [
    'return { [Symbol.toPrimitive]: () => "forged", [Symbol.toStringTag]: "Array", a: 1 }',
    failed('value', 'value: symbol keys are not allowed'),
  ],
  [
    'return { get [Symbol.toStringTag] () { throw new Error("read") }, a: 1 }',
    failed('value', 'value: symbol keys are not allowed'),
  ],
  [
    'return Object.defineProperty([1], Symbol.isConcatSpreadable, { get () { throw new Error("read") } })',
    failed('value', 'value: symbol keys are not allowed'),
  ],
  [
    'tx.put({ [Symbol.toPrimitive]: () => "/a" }, 1)',
    failed('value', '"object" is not a path: a path is a string such as "/users/bob"'),
  ],
  ['await tx.list("/", { limit: { [Symbol.toPrimitive]: () => 1 } })', failed('value', expect.any(String))],
  [
    'class Fake { static [Symbol.hasInstance] () { return true } } assert.throws(() => { throw 1 }, Fake); return "only the contract is fooled"',
    'only the contract is fooled',
  ],
  ['return Reflect.defineProperty(Error, Symbol.hasInstance, { value: () => true })', false],
  ['return Reflect.defineProperty(Uint8Array, Symbol.hasInstance, { value: () => true })', false],
  ['return Reflect.defineProperty(Function.prototype, Symbol.hasInstance, { value: () => true })', false],
  [
    'return { __proto__: Uint8Array.prototype }',
    failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
  ],
  [
    'const fake = { __proto__: Uint8Array.prototype, length: 3 }; return fake',
    failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
  ],
  ['return Object.setPrototypeOf(new Uint8Array([5]), Object.prototype)', new Uint8Array([5])],
  [
    'return Object.setPrototypeOf(new Uint16Array([5]), Uint8Array.prototype)',
    failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
  ],
  [
    'return Object.setPrototypeOf(new DataView(new ArrayBuffer(2)), Uint8Array.prototype)',
    failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
  ],
  [
    'const text = { [Symbol.split]: () => ["forged"], [Symbol.replace]: () => "forged", [Symbol.match]: () => 1 }; return ["abc".split(text), "abc".replace(text, "x")]',
    [['forged'], 'forged'],
  ],
  [
    'return Symbol.for("vitra") === Symbol.for("vitra") && Symbol.keyFor(Symbol.iterator) === undefined',
    true,
  ],
  ['Symbol.iterator = 1', failed('engine', 'TypeError')],
  ['return typeof Symbol.dispose + typeof Symbol.asyncDispose', 'undefinedundefined'],
  [
    'const p = Promise.resolve(1); Object.defineProperty(p, "constructor", { value: { [Symbol.species]: class { constructor (e) { e(() => {}, () => {}) } } } }); return await p',
    1,
  ],
  [
    'const p = Promise.resolve(1); Object.defineProperty(p, "constructor", { get () { throw new Error("looked") } }); return p',
    failed('contract', 'looked'),
  ],
  [
    'const p = Promise.resolve(1); Object.defineProperty(p, "then", { value (resolve) { resolve("own then") } }); return p',
    'own then',
  ],
  [
    'const e = new Error("x"); Object.defineProperty(e, Symbol.toPrimitive, { get () { for (;;) {} } }); throw e',
    failed('contract', 'x'),
  ],
  ['throw { [Symbol.toPrimitive] () { throw new Error("ran") } }', failed('contract', '{}')],
  [
    'return op[Symbol.iterator] === undefined && tx[Symbol.toPrimitive] === undefined && ack[Symbol.toStringTag] === undefined',
    true,
  ],
])
