// Attacks on the way to the host: what a contract holds of the driver, and whether a step leads from there to the guest
// process (spec/4-execution §6). The walk follows every property, prototype and accessor of everything it is given.
import { describe, expect, it } from 'vitest'
import { call, evaluate } from '../helpers.js'
import { attacks, failed, load, useSandbox } from './attack.js'
import { IMPORTS, WALK } from './walk.js'

const sandbox = useSandbox()
describe('everything within reach of an op', () => {
  it.each([
    [
      'names no handle of the engine',
      `const names = new Set(all.flatMap((object) => Reflect.ownKeys(object).map(String)))
      return ['Reference', 'ExternalCopy', 'applySync', 'applyIgnored', 'derefInto', 'deref', 'release', 'getSync', 'copyInto', 'transferIn',
        'captureStackTrace', 'prepareStackTrace', 'stackTraceLimit', 'stack', '$vitra', '$host', 'Callback', 'Isolate', 'mainModule', 'process',
        'binding', 'require', 'exit', 'env', 'argv', 'memoryUsage', 'hrtime'].filter((name) => names.has(name))`,
      [],
    ],
    [
      'has no caller and no arguments of its own',
      "return all.filter((object) => typeof object === 'function' && object !== Function.prototype && (Object.hasOwn(object, 'caller') || Object.hasOwn(object, 'arguments'))).length",
      0,
    ],
    [
      'inherits from this realm',
      'return all.filter((object) => { let top = object; for (let next = top; next !== null; next = Object.getPrototypeOf(top)) top = next; return top !== Object.prototype && Object.getPrototypeOf(object) !== null }).length',
      0,
    ],
    [
      'has functions of this realm only',
      "return all.filter((object) => typeof object === 'function' && object !== Function.prototype && !(object instanceof Function)).length",
      0,
    ],
    [
      'shows no path of this machine',
      "return all.filter((object) => Reflect.ownKeys(object).some((key) => { const { value } = Reflect.getOwnPropertyDescriptor(object, key); return typeof value === 'string' && /node_modules|\\/home|\\/usr|\\/tmp|\\.cjs|\\.ts\\b|file:|driver\\.js/.test(value) })).length",
      0,
    ],
    [
      'makes no code',
      "const made = []; for (const object of all) { if (typeof object !== 'function') continue; for (const args of [['return 1'], ['a', 'return a']]) { try { const f = Reflect.construct(object, args); if (typeof f === 'function' && f.toString().includes('return 1')) made.push(object.name) } catch {} } } return made",
      [],
    ],
    ['is found: the walk is no empty one', 'return all.length > 300', true],
  ])('%s', async (_, code, expected) => {
    expect(await evaluate(sandbox(), `${WALK}\n${code}`, IMPORTS)).toEqual(expected)
  })
})

describe('driver internals', () => {
  attacks(sandbox, IMPORTS, [
    [
      'return [tx.put, tx.get, index.get, console.log, util.random].map((f) => { try { return f.caller === undefined || f.caller === null } catch { return "threw" } })',
      [true, true, true, true, true],
    ],
    [
      'return [tx.put, tx.get, index.get, console.log, util.random].map((f) => { try { return f.arguments === undefined || f.arguments === null } catch { return "threw" } })',
      [true, true, true, true, true],
    ],
    [
      'const seen = []; tx.put("/a", { get a () { try { seen.push(arguments.callee) } catch (error) { seen.push(error.constructor.name) } return 1 } }); return seen',
      ['TypeError'],
    ],
    ['let self; tx.put("/a", { get a () { self = typeof this; return 1 } }); return self', 'object'],
    [
      'const seen = []; Reflect.apply(tx.put, new Proxy({}, { get (t, k) { seen.push(k) } }), ["/a", 1]); return seen',
      [],
    ],
    ['const put = tx.put; put("/a", 1); return (await tx.get("/a")).value', 1],
    ['return Reflect.apply(tx.get, null, ["/a"]).then((found) => found)', null],
    ['new tx.put("/a", 1)', failed('engine', 'TypeError')],
    ['class Mine extends tx.put.constructor {} return 1', 1],
    ['return Reflect.ownKeys(tx).length + Reflect.ownKeys(tx.put).length > 8', true],
    ['return typeof tx.put.prototype', 'undefined'],
    [
      'const { get } = Object.getOwnPropertyDescriptor(oplog, "pubkey"); return Reflect.apply(get, {}, [])',
      failed('contract', 'oplog is not available in apply'),
    ],
    ['return Object.getOwnPropertySymbols(tx).length + Object.getOwnPropertySymbols(index).length', 0],
    ['const held = new WeakMap([[tx, 1]]); return held.has(tx)', true],
    ['return JSON.stringify(tx)', '{}'],
    ['return String(tx.put).includes("queue")', false],
    [
      'return [tx.put, index.get, console.log, assert.equal].every((f) => Function.prototype.toString.call(f).length < 20000)',
      true,
    ],
  ])

  it('a method reaches no other: its emit is its own', async () => {
    const contract = await load(
      sandbox(),
      `const kept = []
       export function first (_, emit) { emit({ first: 1 }); return Reflect.ownKeys(emit).map(String) }
       export async function late (_, emit) { Promise.resolve().then(() => {}).then(() => {}).then(() => {}).then(() => emit({ late: 1 })); return 1 }
       export function apply () {}`,
    )
    expect(await call(contract, 'first')).toEqual({ response: ['length', 'name'], ops: [{ first: 1 }] })
    expect((await call(contract, 'late')).ops).toEqual([])
    expect((await call(contract, 'first')).ops).toEqual([{ first: 1 }])
  })
})
