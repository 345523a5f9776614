// Attacks with proxies and getters on what is handed to the host's services: every trap and getter runs inside the realm,
// before a byte goes out, and what goes out is a plain copy.
import { describe, expect, it } from 'vitest'
import { evaluate, run } from '../helpers.js'
import { attacks, failed, useSandbox } from './attack.js'

const sandbox = useSandbox()
const IMPORTS = "import { index } from 'contract'; import assert from 'assert'"

describe('values handed over', () => {
  attacks(sandbox, IMPORTS, [
    [
      'const log = []; tx.put("/a", new Proxy({ a: 1 }, { get (t, k) { log.push(String(k)); return 2 } })); return [(await tx.get("/a")).value, log.includes("then")]',
      [{ a: 2 }, false],
    ],
    [
      'let n = 0; tx.put("/a", new Proxy([0, 0, 0], { get (t, k) { return k === "length" ? ++n : t[k] } })); return "put"',
      failed('value', 'value: an array holds elements only'),
    ],
    ['tx.put("/a", new Proxy({}, { ownKeys: () => ["a", "a"] }))', failed('engine', 'TypeError')],
    [
      'tx.put("/a", new Proxy({}, { ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }), get: () => 7 })); return (await tx.get("/a")).value',
      { a: 7 },
    ],
    [
      'tx.put("/a", new Proxy({}, { getPrototypeOf: () => Array.prototype })); return 1',
      failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
    ],
    [
      'tx.put("/a", new Proxy(new Uint8Array([1]), {})); return 1',
      failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
    ],
    ['tx.put("/a", new Proxy([1], { getPrototypeOf: () => null })); return 1', 1],
    ['tx.put("/a", new Proxy(() => {}, {}))', failed('value', 'value: function is not allowed in a value')],
    [
      'const reading = { get a () { tx.put("/b", 1); return 1 } }; tx.put("/a", reading); return [(await tx.get("/a")).value, (await tx.get("/b")).value]',
      [{ a: 1 }, 1],
    ],
    ['tx.put("/a", { get a () { throw new Error("from a getter") } })', failed('contract', 'from a getter')],
    ['try { tx.put("/a", { get a () { return null.x } }) } catch (error) { return error.message }', ''],
    [
      'const a = { get b () { return a } }; tx.put("/a", a)',
      failed('value', 'value.b: the value contains itself'),
    ],
    [
      'const endless = { get a () { return { get a () { return endless } } } }; return endless',
      failed('value', 'value.a.a: the value contains itself'),
    ],
    ['const a = []; a[0] = a; return a', failed('value', 'value[0]: the value contains itself')],
  ])
})

describe('arguments of services', () => {
  attacks(sandbox, IMPORTS, [
    ['tx.put({ toString: () => "/a" }, 1)', failed('value', expect.any(String))],
    ['tx.put(new String("/a"), 1)', failed('value', expect.any(String))],
    ['await tx.get(new Proxy({}, { get: () => () => "/a" }))', failed('value', expect.any(String))],
    ['await tx.get(["/a"])', failed('value', expect.any(String))],
    [
      'await tx.list("/", new Proxy({}, { get: (t, k) => { throw new Error("trap " + String(k)) } }))',
      failed('contract', 'trap reverse'),
    ],
    ['await tx.list("/", { get limit () { throw new Error("getter") } })', failed('contract', 'getter')],
    ['await tx.list("/", { limit: { valueOf: () => 1 } })', failed('value', expect.any(String))],
    ['await tx.list("/", { limit: 2 ** 60 })', failed('value', expect.any(String))],
    ['await tx.list("/", { limit: -1 })', failed('value', expect.any(String))],
    ['await tx.list("/", { offset: NaN })', failed('value', expect.any(String))],
    ['await tx.list("/", { cursor: {} })', failed('value', expect.any(String))],
    ['await index.get()', failed('value', expect.any(String))],
    ['await index.list("/.sys/acks")', failed('value', '/.sys/acks is not readable by contracts')],
    ['await index.get("/.sys/batch")', failed('value', '/.sys/batch is not readable by contracts')],
    [
      'await index.get("/.sys/acks/genesis")',
      failed('value', '/.sys/acks/genesis is not readable by contracts'),
    ],
    ['await index.get("/.SYS/acks/genesis"); return "other path"', 'other path'],
    ['await index.get("//.sys/batch")', failed('value', expect.any(String))],
    ['await index.get("/a/../.sys/batch")', failed('value', expect.any(String))],
    ['await index.get("/.sys\\0batch")', failed('value', expect.any(String))],
    [
      'tx.addOplog({ get pubkey () { return { toLowerCase: () => "x" } } })',
      failed('value', expect.any(String)),
    ],
    ['tx.addOplog({ pubkey: "A".repeat(64) + "\\n" })', failed('value', expect.any(String))],
    ['tx.addOplog(new Proxy({}, { get: () => "zz".repeat(32) }))', failed('value', expect.any(String))],
    ['tx.setContractSource(new Proxy({}, { get: () => ({}) }))', failed('value', expect.any(String))],
    ['tx.setContractSource({ code: "\\ud800" })', failed('value', expect.any(String))],
    [
      'console.log(new Proxy({}, { get () { throw 1 }, ownKeys () { throw 1 }, getPrototypeOf () { throw 1 } })); return "quiet"',
      'quiet',
    ],
    [
      'console.log({ toString () { throw 1 } }, Symbol("a"), 1n, () => {}, null, undefined, { get a () { throw 1 } }); return "quiet"',
      'quiet',
    ],
    ['const out = []; console.log({ get a () { out.push("ran"); return 1 } }); return out.length < 2', true],
    [
      'assert.equal(new Proxy({}, { get () { throw 1 } }), new Proxy({}, {}))',
      failed('contract', expect.any(String)),
    ],
    [
      'assert.deepEqual(new Proxy({}, { ownKeys () { throw new Error("trap") } }), {})',
      failed('contract', 'trap'),
    ],
    ['assert.ok(false, new Proxy(new Error("p"), {}))', failed('engine', 'Error')],
    [
      'assert.throws(() => { throw { get message () { throw new Error("inner") } } }, /x/)',
      failed('contract', expect.any(String)),
    ],
  ])
})

describe('the handler record and the op', () => {
  it.each([
    ['new Proxy({}, { get: () => () => "forged", has: () => true })', 'failed', 'no-handler'],
    ['Object.create({ X: () => "inherited" })', 'failed', 'no-handler'],
    ['{ __proto__: { X: () => "inherited" } }', 'failed', 'no-handler'],
    ['Object.defineProperty({}, "X", { get: () => () => "from a getter" })', 'ok', undefined],
    ['new Proxy({ X: () => "own" }, { get: (target, key) => target[key] })', 'ok', undefined],
  ])('apply = %s', async (apply, kind, code) => {
    const { outcome } = await run(sandbox(), `export const apply = ${apply}`, { op: 'X' })
    expect(outcome).toMatchObject(code === undefined ? { kind } : { kind, code })
  })

  it.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'then',
    'valueOf',
    '__defineGetter__',
    'X\0',
    '',
  ])('an op named %j reaches no inherited function', async (name) => {
    const { outcome } = await run(sandbox(), 'export const apply = { X () { return 1 } }', { op: name })
    expect(outcome).toMatchObject({ kind: 'failed', code: 'no-handler', numChanges: 0 })
  })

  it.each(['constructor', 'then', 'toString', 'length', 'name', 'default'])(
    'an op may be named %j where the record has it',
    async (name) => {
      const { outcome } = await run(sandbox(), `export const apply = { ${name} (tx) { tx.put('/x', 1) } }`, {
        op: name,
      })
      expect(outcome).toMatchObject({ kind: 'ok', numChanges: 1 })
    },
  )

  it('op and ack are data of the realm', async () => {
    const code = `return [Object.getPrototypeOf(op) === Object.prototype, Object.getPrototypeOf(ack) === Object.prototype,
      Object.isFrozen(ack), Reflect.ownKeys(ack), Object.getOwnPropertyDescriptor(ack, 'ts').get === undefined]`
    expect(await evaluate(sandbox(), code)).toEqual([true, true, true, ['ts', 'seq', 'origin'], true])
  })
})
