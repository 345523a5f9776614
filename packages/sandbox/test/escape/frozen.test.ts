// Attacks on the fresh-realm rule by way of objects that every op of a contract meets: all of them are frozen
// (spec/6-determinism §1, §2).
import { describe, expect, it } from 'vitest'
import { load, repeated, useSandbox } from './attack.js'
import { survive } from './tricks.js'

const sandbox = useSandbox()
const REFUSED = 'TypeError'

describe('standard objects', () => {
  survive(sandbox, [
    [
      'a property of a standard function',
      '',
      'Array.prototype.map.kept',
      'Array.prototype.map.kept = 1',
      [null, REFUSED, null],
    ],
    ['a property of a global function', '', 'parseInt.kept', 'parseInt.kept = 1', [null, REFUSED, null]],
    [
      "a property of a getter's function",
      '',
      'Object.getOwnPropertyDescriptor(Map.prototype, "size").get.kept',
      'Object.getOwnPropertyDescriptor(Map.prototype, "size").get.kept = 1',
      [null, REFUSED, null],
    ],
    [
      'a property of Promise.resolve',
      '',
      'Promise.resolve.kept',
      'Promise.resolve.kept = 1',
      [null, REFUSED, null],
    ],
    [
      'a property of the unscopables',
      '',
      'Array.prototype[Symbol.unscopables]?.kept',
      'Array.prototype[Symbol.unscopables].kept = 1',
      [null, REFUSED, null],
    ],
    [
      "the global object's prototype",
      '',
      'Object.getPrototypeOf(globalThis).kept',
      'Object.getPrototypeOf(globalThis).kept = 1',
      [null, REFUSED, null],
    ],
    [
      '%ThrowTypeError%',
      'const thrower = function () { return Object.getOwnPropertyDescriptor(arguments, "callee").get }',
      'thrower().kept',
      'thrower().kept = 1',
      [null, REFUSED, null],
    ],
    [
      'the prototype of a function',
      '',
      'Reflect.getPrototypeOf(parseFloat) === Function.prototype',
      'Object.setPrototypeOf(parseFloat, {})',
      [true, REFUSED, true],
    ],
    [
      'a symbol of the registry',
      '',
      'Symbol.keyFor(Symbol.for("kept"))',
      'Symbol.for("kept").description',
      ['kept', 'wrote', 'kept'],
    ],
    [
      'the name of the error class',
      '',
      'Error.prototype.name',
      'Error.prototype.name = "kept"',
      ['Error', REFUSED, 'Error'],
    ],
    [
      'the message of the error class',
      '',
      'new TypeError().message',
      'TypeError.prototype.message = "kept"',
      ['', REFUSED, ''],
    ],
    [
      'toString of every object',
      '',
      'String({})',
      'Object.prototype.toString = () => "kept"',
      ['[object Object]', REFUSED, '[object Object]'],
    ],
    [
      'call of every function',
      '',
      'Math.max.call(null, 1)',
      'Function.prototype.call = () => "kept"',
      [1, REFUSED, 1],
    ],
    ['a static of an error class', '', 'RangeError.kept', 'RangeError.kept = 1', [null, REFUSED, null]],
    [
      'Error.stackTraceLimit',
      '',
      'Error.stackTraceLimit',
      'Error.stackTraceLimit = 1',
      [null, REFUSED, null],
    ],
    [
      'the async iterator prototype',
      '',
      'Object.getPrototypeOf(Object.getPrototypeOf(async function * () {}.prototype)).kept',
      'Object.getPrototypeOf(Object.getPrototypeOf(async function * () {}.prototype)).kept = 1',
      [null, REFUSED, null],
    ],
    [
      'the iterator of a string match',
      '',
      '"a".matchAll(/a/g).__proto__.kept',
      '"a".matchAll(/a/g).__proto__.kept = 1',
      [null, REFUSED, null],
    ],
    [
      'the last match',
      '',
      '[typeof RegExp.lastMatch, typeof RegExp.$1]',
      '/(x)/.exec("x")',
      [['undefined', 'undefined'], 'wrote', ['undefined', 'undefined']],
    ],
  ])
})

describe('modules and services', () => {
  survive(sandbox, [
    ['a property of index.get', '', 'index.get.kept', 'index.get.kept = 1', [null, REFUSED, null]],
    ['a property of index', '', 'index.kept', 'index.kept = 1', [null, REFUSED, null]],
    ['a property of listOplogs', '', 'listOplogs.kept', 'listOplogs.kept = 1', [null, REFUSED, null]],
    [
      'a property of oplog.getLength',
      '',
      'oplog.getLength.kept',
      'oplog.getLength.kept = 1',
      [null, REFUSED, null],
    ],
    ['a property of console.log', '', 'console.log.kept', 'console.log.kept = 1', [null, REFUSED, null]],
    ['a property of assert.equal', '', 'assert.equal.kept', 'assert.equal.kept = 1', [null, REFUSED, null]],
    ['a property of assert', '', 'assert.kept', 'assert.kept = 1', [null, REFUSED, null]],
    [
      'assert.equal itself',
      '',
      'assert.equal.name',
      'assert.equal = () => "kept"',
      ['equal', REFUSED, 'equal'],
    ],
    [
      'a static of AssertionError',
      '',
      'AssertionError.kept',
      'AssertionError.kept = 1',
      [null, REFUSED, null],
    ],
    [
      'the prototype of AssertionError',
      '',
      'AssertionError.prototype.kept',
      'AssertionError.prototype.kept = 1',
      [null, REFUSED, null],
    ],
    ['a property of util.random', '', 'util.random.kept', 'util.random.kept = 1', [null, REFUSED, null]],
    ['a property of util', '', 'util.kept', 'util.kept = 1', [null, REFUSED, null]],
  ])
})

describe('values of the contract that are frozen', () => {
  survive(sandbox, [
    [
      'a proxy',
      'const store = {}; const p = new Proxy({}, { get: (t, k) => store[k], set (t, k, v) { store[k] = v; return true } })',
      'p.n ?? 0',
      'p.n = 1',
      [0, 'TypeError', 0],
    ],
    ['a property of an object', 'const kept = { n: 0 }', 'kept.n', 'kept.n++', [0, REFUSED, 0]],
    ['a new property', 'const kept = {}', 'kept.n', 'kept.n = 1', [null, REFUSED, null]],
    ['an item of an array', 'const kept = []', 'kept.length', 'kept.push(1)', [0, REFUSED, 0]],
    [
      'deep inside',
      'const kept = { a: [{ b: { n: 0 } }] }',
      'kept.a[0].b.n',
      'kept.a[0].b.n++',
      [0, REFUSED, 0],
    ],
    [
      'under a symbol',
      'const kept = { [Symbol.iterator]: { n: 0 } }',
      'kept[Symbol.iterator].n',
      'kept[Symbol.iterator].n++',
      [0, REFUSED, 0],
    ],
    [
      'behind a prototype',
      'const kept = { __proto__: { n: { m: 0 } } }',
      'kept.n.m',
      'Object.getPrototypeOf(kept).n.m++',
      [0, REFUSED, 0],
    ],
    ['a property of a function', 'function f () {}', 'f.n', 'f.n = 1', [null, REFUSED, null]],
    ['a property of an arrow function', 'const f = () => 1', 'f.n', 'f.n = 1', [null, REFUSED, null]],
    [
      "a property of a function's prototype",
      'function F () {}',
      'F.prototype.n',
      'F.prototype.n = 1',
      [null, REFUSED, null],
    ],
    [
      "a property of a generator's prototype",
      'function * g () {}',
      'g.prototype.n',
      'g.prototype.n = 1',
      [null, REFUSED, null],
    ],
    [
      'a property of a function that calls itself',
      'const f = function me () { me.n = (me.n ?? 0) + 1 }',
      'f.n',
      'f()',
      [null, REFUSED, null],
    ],
    ['a static field', 'class C { static n = 0 }', 'C.n', 'C.n++', [0, REFUSED, 0]],
    ['a static object', 'class C { static kept = { n: 0 } }', 'C.kept.n', 'C.kept.n++', [0, REFUSED, 0]],
    [
      'a method of a class',
      'class C { m () {} }',
      'C.prototype.m.n',
      'C.prototype.m.n = 1',
      [null, REFUSED, null],
    ],
    [
      'a class that a class extends',
      'class C extends (class { static kept = { n: 0 } }) {}',
      'C.kept.n',
      'C.kept.n++',
      [0, REFUSED, 0],
    ],
    [
      "a getter's function",
      'const kept = { get a () { return 1 } }',
      'Object.getOwnPropertyDescriptor(kept, "a").get.n',
      'Object.getOwnPropertyDescriptor(kept, "a").get.n = 1',
      [null, REFUSED, null],
    ],
    [
      'what a getter gives',
      'const inner = { n: 0 }; const kept = { get a () { return inner } }',
      'kept.a.n',
      'kept.a.n++',
      [0, REFUSED, 0],
    ],
    ['apply itself', '', 'apply.n', 'apply.n = 1', [null, REFUSED, null]],
    ['a regular expression', 'const re = /a/g', 're.lastIndex', 're.lastIndex = 1', [0, 'wrote', 1]],
    ['a match of a global expression', 'const re = /a/g', 're.lastIndex', 're.test("aa")', [0, 'wrote', 1]],
    [
      'a hidden property',
      'const kept = Object.defineProperty({}, "a", { value: { n: 0 } })',
      'kept.a.n',
      'kept.a.n++',
      [0, REFUSED, 0],
    ],
    [
      'an object in a Map',
      'const map = new Map([["a", { n: 0 }]])',
      'map.get("a").n',
      'map.get("a").n++',
      [0, 'wrote', 1],
    ],
    [
      'an object in a closure',
      'const f = (() => { const kept = { n: 0 }; return () => kept })()',
      'f().n',
      'f().n++',
      [0, 'wrote', 1],
    ],
    [
      'a prototype that is replaced',
      'const kept = {}',
      'kept.n',
      'Object.setPrototypeOf(kept, { n: 1 })',
      [null, REFUSED, null],
    ],
    [
      'an exported default object',
      'const own = { n: 0 }; export default own',
      'own.n',
      'own.n++',
      [0, REFUSED, 0],
    ],
  ])

  it('are what a template object always is', async () => {
    const contract = await load(
      sandbox(),
      'const tag = (strings) => strings; const site = () => tag`x`; export function apply () { return [site() === site(), Object.isFrozen(site()), Object.isFrozen(site().raw)] }',
    )
    expect(await repeated(sandbox(), contract, 2)).toEqual([
      [true, true, true],
      [true, true, true],
    ])
  })
})
