// Contracts that attack (spec/4-execution §5, §9 of the threat model): the host goes on, whatever they do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox, SandboxError, UnexecutableError } from '../src/index.js'
import { evaluate, run } from './helpers.js'

const OP_MS = 500
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open({ opMs: OP_MS, memoryMb: 64 })
})
afterAll(() => sandbox.close())

/** Runs a body as an op; then the sandbox has to run another one, and the host has to be no larger. */
async function attack(body: string): Promise<unknown> {
  const result = await run(sandbox, `export async function apply (tx, op, ack) {\n${body}\n}`).then(
    ({ outcome }) => outcome,
    (error: unknown) => error,
  )
  expect(await evaluate(sandbox, 'return 6 * 7')).toBe(42)
  return result
}

async function expectUnexecutable(body: string, codes: string[]): Promise<void> {
  const error = await attack(body)
  expect(error, JSON.stringify(error)).toBeInstanceOf(UnexecutableError)
  const { cause } = error as UnexecutableError
  expect(cause).toBeInstanceOf(SandboxError)
  expect(codes).toContain((cause as SandboxError).code)
}

describe('time', () => {
  it.each([
    ['an endless loop', 'for (;;) {}'],
    ['an endless loop in a microtask', 'await null; for (;;) {}'],
    ['a microtask storm', 'const again = () => Promise.resolve().then(again); await again()'],
    ['a microtask storm after the end', 'const again = () => Promise.resolve().then(again); again()'],
    ['a call that V8 does not interrupt', 'Array.prototype.indexOf.call({length: 2 ** 53 - 1}, 1)'],
    [
      'a looping getter on a thrown error',
      'throw Object.defineProperty(new Error("x"), "message", {get () { for (;;) {} }})',
    ],
    [
      'a looping stack getter',
      'throw {get stack () { for (;;) {} }, get message () { for (;;) {} }, get name () { for (;;) {} }}',
    ],
    ['a looping prototype of a thrown proxy', 'throw new Proxy({}, {getPrototypeOf () { for (;;) {} }})'],
    ['a looping toString of an assertion', 'throw {toString () { for (;;) {} }, get a () { for (;;) {} }}'],
    ['a looping getter in the return value', 'return {get a () { for (;;) {} }}'],
    ['a looping thenable', 'return {then () { for (;;) {} }}'],
    ['a slow regular expression', '/^(a+)+$/.test("a".repeat(40) + "b")'],
    ['a large power', '(3n ** 3000000n).toString()'],
  ])('%s', async (_, body) => {
    const error = await attack(body)
    if (error instanceof UnexecutableError)
      expect((error.cause as SandboxError).code).toMatch(/GUEST_(TIMEOUT|MEMORY|CRASHED)/)
    else expect(error).toMatchObject({ kind: expect.stringMatching(/ok|failed/) })
  })

  it('is measured: what fuel does not see ends after two times the limit', async () => {
    const from = performance.now()
    await expectUnexecutable('/^(a+)+$/.test("a".repeat(40) + "b")', ['GUEST_TIMEOUT'])
    expect(performance.now() - from).toBeGreaterThan(2 * OP_MS)
    expect(performance.now() - from).toBeLessThan(2 * OP_MS + 10_000)
  })
})

describe('memory', () => {
  it.each([
    ['an array', 'const all = []; for (;;) all.push(new Array(1000).fill(1))'],
    ['a map', 'const all = new Map(); for (let n = 0; ; n++) all.set(n, {n})'],
    ['a string', 'let text = "x"; for (;;) text += text + "y"'],
    ['array buffers', 'const all = []; for (;;) all.push(new Uint8Array(10000000).fill(1))'],
    ['one huge fill', 'new Array(1e9).fill(0)'],
    ['Array.from', 'Array.from({length: 1e9}, (_, n) => n)'],
    ['JSON', 'let value = "x".repeat(1e6); for (;;) value = JSON.stringify([value, value])'],
    ['symbols', 'for (let n = 0; ; n++) Symbol.for("x".repeat(10000) + n)'],
    ['split', '"x".repeat(2 ** 28).split("")'],
    ['closures of promises', 'const all = []; for (;;) all.push(new Promise(() => {}).then(() => all))'],
  ])('%s', async (_, body) => {
    const before = process.memoryUsage().rss
    const error = await attack(body)
    if (error instanceof UnexecutableError)
      expect((error.cause as SandboxError).code).toMatch(/GUEST_(TIMEOUT|MEMORY|CRASHED)/)
    else expect(error).toMatchObject({ kind: 'failed', code: expect.stringMatching(/^(engine|fuel)$/) })
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6)
  })
})

describe('escapes', () => {
  it.each([
    ['(function () {}).constructor("return this")()'],
    ['tx.put.constructor("return this")()'],
    ['Object.getPrototypeOf(tx.get("/a")).constructor.constructor("return this")()'],
    ['(await import("contract")).index'],
  ])('%s', async (code) => {
    const result = await run(sandbox, `export async function apply (tx) { return typeof ${code} }`).catch(
      (error: unknown) => error,
    )
    expect(JSON.stringify(result)).toMatch(/cannot make code at run time|CONTRACT_LOAD/)
  })

  it('finds nothing of the host on what it is given', async () => {
    const code = `const seen = new Set()
      const look = (object, depth) => {
        if ((typeof object !== 'object' && typeof object !== 'function') || object === null || seen.has(object) || depth > 6) return
        seen.add(object)
        for (const key of Reflect.ownKeys(object)) {
          const found = Reflect.getOwnPropertyDescriptor(object, key)
          look(found.value, depth + 1); look(found.get, depth + 1); look(found.set, depth + 1)
        }
        look(Object.getPrototypeOf(object), depth + 1)
      }
      look(tx, 0); look(op, 0); look(ack, 0); look(globalThis, 0)
      try { tx.put(1) } catch (error) { look(error, 0) }
      try { await tx.get('x') } catch (error) { look(error, 0) }
      const names = new Set()
      for (const object of seen) for (const key of Reflect.ownKeys(object)) names.add(String(key))
      return ['Reference', 'ExternalCopy', 'applySync', 'derefInto', 'release', 'captureStackTrace', 'prepareStackTrace',
        '$vitra', '$host', 'Callback', 'Isolate'].filter((name) => names.has(name))`
    expect(await evaluate(sandbox, code)).toEqual([])
  })
})

describe('values that lie', () => {
  it.each([
    ['return new Proxy({a: 1}, {})', { a: 1 }],
    ['return new Proxy([1, 2], {})', [1, 2]],
    ['let n = 0; return {get a () { return ++n }, get b () { return ++n }}', { a: 1, b: 2 }],
    [
      'return {then: undefined}',
      { failed: 'value', message: 'value.then: undefined is not allowed in a value' },
    ],
    ['return {then: 5}', Object.fromEntries([['then', 5]])],
    ['return {then (resolve) { resolve({adopted: true}) }}', { adopted: true }],
    [
      'return {then (resolve, reject) { reject(new Error("from thenable")) }}',
      { failed: 'contract', message: 'from thenable' },
    ],
    [
      'return {toJSON () { return 1 }}',
      { failed: 'value', message: 'value.toJSON: function is not allowed in a value' },
    ],
    [
      'return JSON.parse(`{"__proto__": {"polluted": true}}`)',
      { failed: 'value', message: 'value: the key __proto__ is not allowed' },
    ],
    [
      'return Object.assign(Object.create({inherited: 1}), {own: 1})',
      { failed: 'value', message: 'value: only plain objects, arrays and Uint8Array are allowed' },
    ],
    [
      'return new Proxy({}, {ownKeys () { throw new Error("no keys") }})',
      { failed: 'contract', message: 'no keys' },
    ],
    [
      'const {proxy, revoke} = Proxy.revocable({}, {}); revoke(); return proxy',
      { failed: 'engine', message: 'TypeError' },
    ],
    [
      'const list = [1, 2, 3]; Object.defineProperty(list, 1, {get () { list.length = 1; return 9 }}); return list',
      { failed: 'value', message: 'value[2]: the array has a hole' },
    ],
    [
      'return {constructor: 1, hasOwnProperty: 2, toString: 3}',
      { constructor: 1, hasOwnProperty: 2, toString: 3 },
    ],
  ])('%s', async (body, expected) => {
    expect(await evaluate(sandbox, body)).toEqual(expected)
  })

  it('come out as data of this realm, with nothing polluted', async () => {
    await evaluate(sandbox, 'return {a: {b: 1}}')
    expect(({} as { polluted?: boolean }).polluted).toBe(undefined)
  })

  it('stay what they were: a value put is copied at once', async () => {
    const code =
      'const value = {n: 1}; tx.put("/a", value); value.n = 2; const read = (await tx.get("/a")).value; read.n = 3; return (await tx.get("/a")).value.n'
    expect(await evaluate(sandbox, code)).toBe(1)
  })
})

describe('errors that lie', () => {
  it.each([
    ['throw Object.create(TypeError.prototype)', 'engine', 'TypeError'],
    ['throw Object.setPrototypeOf(new Error("mine"), null)', 'contract', 'mine'],
    ['throw Object.defineProperty(new Error("x"), "message", {value: 5})', 'contract', ''],
    ['throw Object.defineProperty(new Error("x"), "message", {get () { throw 1 }})', 'contract', ''],
    ['try { null.x } catch (error) { error.message = "forged"; throw error }', 'engine', 'TypeError'],
    [
      'try { null.x } catch (error) { throw Object.assign(new Error("wrapped"), {cause: error}) }',
      'contract',
      'wrapped',
    ],
    ['await Promise.reject(new RangeError("rejected"))', 'contract', 'rejected'],
    [
      'Promise.reject(new Error("unhandled")); await null; await null; throw new Error("shown")',
      'contract',
      'shown',
    ],
  ])('%s', async (body, code, message) => {
    expect(await evaluate(sandbox, body)).toEqual({ failed: code, message })
  })

  it('an unhandled rejection has no meaning', async () => {
    expect(
      await evaluate(
        sandbox,
        'Promise.reject(new Error("unhandled")); (async () => { throw 1 })(); return "fine"',
      ),
    ).toBe('fine')
  })
})
