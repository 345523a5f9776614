// Attacks by way of the global scope: code made at run time, by every road to a function constructor, and names that are
// not offered (spec/6-determinism §2).
import { describe, expect, it } from 'vitest'
import { MemorySource, stepOver } from '../helpers.js'
import { attacks, failed, load, result, useSandbox } from './attack.js'

const sandbox = useSandbox()

const closed = (name: string) =>
  failed('contract', `${name} cannot make code at run time: write the function in the contract`)

describe('roads to a function constructor', () => {
  attacks(sandbox, "import { index } from 'contract'; import assert from 'assert'; import util from 'util'", [
    ['return Function("return this")()', closed('Function')],
    ['return new Function("return this")()', closed('Function')],
    ['return Function.apply(null, ["return this"])()', closed('Function')],
    ['return Function.bind(null, "return this")()()', closed('Function')],
    ['return Reflect.construct(Function, ["return this"])()', closed('Function')],
    ['return Reflect.construct(Function, ["return this"], class {})()', closed('Function')],
    ['return new Proxy(Function, {})("return this")()', closed('Function')],
    [
      'return new (class extends Function { constructor () { super("return this") } })()()',
      closed('Function'),
    ],
    ['return Function.prototype.constructor("return this")()', closed('Function')],
    ['return (class { static m () {} }).m.constructor("return this")()', closed('Function')],
    [
      'return ({ get a () { return 1 } }).__lookupGetter__("a").constructor("return this")()',
      closed('Function'),
    ],
    [
      'return Object.getOwnPropertyDescriptor(Map.prototype, "size").get.constructor("x")',
      closed('Function'),
    ],
    [
      'return (function () { return arguments })().constructor.constructor("return this")()',
      closed('Function'),
    ],
    ['return [].map.bind([]).constructor("return this")()', closed('Function')],
    ['return new Proxy(() => {}, {}).constructor("return this")()', closed('Function')],
    ['return Proxy.revocable({}, {}).revoke.constructor("return this")()', closed('Function')],
    ['return tx.put.constructor("return this")()', closed('Function')],
    ['return tx.get("/a").constructor.constructor("return this")()', closed('Function')],
    ['return index.get.constructor("return this")()', closed('AsyncFunction')],
    ['return console.log.constructor("return this")()', closed('Function')],
    ['return util.random.constructor("return this")()', closed('Function')],
    ['return assert.AssertionError.constructor("return this")()', closed('Function')],
    ['return Error.constructor("return this")()', closed('Function')],
    [
      'try { tx.put(1) } catch (error) { return error.constructor.constructor("return this")() }',
      closed('Function'),
    ],
    [
      'try { null.x } catch (error) { return error.constructor.constructor("return this")() }',
      closed('Function'),
    ],
    ['return (async () => {}).constructor("return this")()', closed('AsyncFunction')],
    ['return (function * () {}).constructor("yield this")().next()', closed('GeneratorFunction')],
    ['return (async function * () {}).constructor("yield this")()', closed('AsyncGeneratorFunction')],
    [
      'return Object.getPrototypeOf((function * () {})()).constructor.constructor("yield this")',
      closed('GeneratorFunction'),
    ],
    ['return Array.from.call(Function, ["return this"])', closed('Function')],
    ['return Array.of.call(Function, "return this")', closed('Function')],
    ['return Promise.resolve.call(Function, "return this")', closed('Function')],
    ['return Promise.all.call(Function, [])', closed('Function')],
    [
      'const list = [1]; Object.defineProperty(list, "constructor", { value: { [Symbol.species]: Function } }); return list.map(() => "return this")',
      closed('Function'),
    ],
    [
      'const list = new Uint8Array(1); list.constructor = Function; return list.slice()',
      failed('engine', 'TypeError'),
    ],
    ['Function.prototype.constructor = null; return 1', failed('engine', 'TypeError')],
  ])
})

describe('the global object', () => {
  attacks(sandbox, '', [
    ['return (function () { return typeof this })()', 'undefined'],
    ['return (0, function () { return this })() === undefined', true],
    ['return typeof (() => this)()', 'undefined'],
    ['return [1].map(function () { return this })[0] === undefined', true],
    ['return Reflect.apply(function () { return typeof this }, null, [])', 'object'],
    ['globalThis.leak = 1', failed('engine', 'TypeError')],
    ['Object.defineProperty(globalThis, "leak", { value: 1 })', failed('engine', 'TypeError')],
    ['return Reflect.defineProperty(globalThis, "leak", { value: 1 })', false],
    ['return Reflect.set(globalThis, "leak", 1)', false],
    ['return Reflect.setPrototypeOf(globalThis, { leak: 1 })', false],
    ['return Reflect.deleteProperty(globalThis, "console")', false],
    ['return Reflect.isExtensible(globalThis)', false],
    ['leak = 1', failed('engine', 'ReferenceError')],
    ['return Reflect.set(Object.getPrototypeOf(globalThis), "leak", 1)', false],
    ['undefined = 1', failed('engine', 'TypeError')],
    ['NaN = 1', failed('engine', 'TypeError')],
  ])

  it.each([
    'eval("1")',
    '(0, eval)("1")',
    'globalThis["ev" + "al"]("1")',
    'globalThis.eval?.("1") ?? nothing',
  ])('has no eval: %s', async (code) => {
    const contract = await load(sandbox(), `export function apply () { return ${code} }`)
    const outcome = result(await stepOver(sandbox(), contract, new MemorySource(), {}))
    expect(outcome).toMatchObject({
      failed: 'engine',
      message: expect.stringMatching(/^(Reference|Type)Error$/),
    })
  })
})

describe('names of the host and of the driver', () => {
  const NAMES = [
    '$vitra',
    '$host',
    '$clean',
    'vitra',
    'process',
    'require',
    'module',
    'exports',
    '__dirname',
    'global',
    'Buffer',
    'ivm',
    'isolate',
    'fetch',
    'performance',
    'setTimeout',
    'setImmediate',
    'queueMicrotask',
    'structuredClone',
    'SharedArrayBuffer',
    'Atomics',
    'WeakRef',
    'FinalizationRegistry',
    'Date',
    'Intl',
    'WebAssembly',
    'Temporal',
    'Iterator',
    'AsyncIterator',
    'ShadowRealm',
    'SuppressedError',
    'DisposableStack',
    'Float16Array',
    'gc',
    'd8',
    'escape',
  ]
  it.each(NAMES)('%s is not there', async (name) => {
    const contract = await load(
      sandbox(),
      `export function apply () { return [typeof ${name}, '${name}' in globalThis, '${name}' in Object.prototype] }`,
    )
    expect(result(await stepOver(sandbox(), contract, new MemorySource(), {}))).toEqual([
      'undefined',
      false,
      false,
    ])
  })
})
