// Attacks with errors: stacks, messages of the engine, hooks that the host would run, lies about what was thrown
// (spec/6-determinism §3).
import { describe, expect, it } from 'vitest'
import { caller, MemorySource, RULES, run, stepOver } from '../helpers.js'
import { type Attack, attacks, failed, load, result, useSandbox } from './attack.js'

const sandbox = useSandbox()

describe('stacks', () => {
  attacks(sandbox, "import assert from 'assert'", [
    ['return typeof new Error("x").stack', 'undefined'],
    ['return typeof (class extends Error {}).captureStackTrace', 'undefined'],
    [
      'try { null.x } catch (error) { return [typeof error.stack, Object.getOwnPropertyNames(error).includes("stack")] }',
      ['undefined', false],
    ],
    [
      'return new Promise((resolve) => { throw new Error("x") }).catch((error) => typeof error.stack)',
      'undefined',
    ],
    ['return Promise.resolve().then(() => null.x).catch((error) => typeof error.stack)', 'undefined'],
    ['return Promise.resolve().then(() => null.x).then(null, (error) => error.message)', ''],
    [
      'return Promise.allSettled([Promise.resolve().then(() => null.x)]).then(([{ reason }]) => [typeof reason.stack, reason.message])',
      ['undefined', ''],
    ],
    [
      'return Promise.any([Promise.resolve().then(() => null.x)]).catch(({ errors: [error] }) => [typeof error.stack, error.message])',
      ['undefined', ''],
    ],
    // A class of the contract's own is told the reason before any handler is.
    [
      'let told; class Own extends Promise { constructor (run) { super((resolve, reject) => run(resolve, (error) => { told = error; reject(error) })) } }; await Own.resolve(1).then(() => null.x).catch(() => {}); return [typeof told.stack, told.message]',
      ['undefined', ''],
    ],
    [
      'let told; class Own extends Promise { constructor (run) { super((resolve, reject) => run(resolve, (error) => { told = error; reject(error) })) } }; Promise.prototype.then.call(Object.defineProperty((async () => null.x)(), "constructor", { value: Own })); await 1; await 1; return [typeof told.stack, told.message]',
      ['undefined', ''],
    ],
    ...['all', 'allSettled', 'any', 'race'].map(
      (name): Attack => [
        `let told; function Own (run) { run(() => {}, (error) => { told = error }) } Own.resolve = () => null; Promise.${name}.call(Own, [1]); return [typeof told.stack, told.message, told.name]`,
        ['undefined', '', 'TypeError'],
      ],
    ),
    [
      'class Own extends Promise {}; const all = Own.all([1, Own.resolve(2)]); return [await all, all instanceof Own, Own.all.name, Own.all.length]',
      [[1, 2], true, 'all', 1],
    ],
    ['try { assert.fail("x") } catch (error) { return typeof error.stack }', 'undefined'],
    [
      'try { tx.put(1) } catch (error) { return [typeof error.stack, Object.getOwnPropertyNames(error)] }',
      ['undefined', ['message']],
    ],
    [
      'try { await tx.get(1) } catch (error) { return [typeof error.stack, Object.getOwnPropertyNames(error)] }',
      ['undefined', ['message']],
    ],
    ['Error.prepareStackTrace = (error, sites) => sites; return 1', failed('engine', 'TypeError')],
    ['Error.stackTraceLimit = 50', failed('engine', 'TypeError')],
    ['return Reflect.defineProperty(Error, "prepareStackTrace", { value: (error, sites) => sites })', false],
    [
      'class Mine extends Error { static prepareStackTrace () { throw 1 } } return [typeof new Mine("x").stack]',
      ['undefined'],
    ],
    [
      'Object.defineProperty(Object.prototype, "prepareStackTrace", { value: (error, sites) => sites })',
      failed('engine', 'TypeError'),
    ],
    [
      'return Object.getPrototypeOf(Error) === Function.prototype && !("captureStackTrace" in Function.prototype)',
      true,
    ],
    [
      'try { null.x } catch ({ stack, message, constructor }) { return [typeof stack, message, constructor.name] }',
      ['undefined', '', 'TypeError'],
    ],
    [
      'try { try { null.x } finally { null.y } } catch (error) { return [typeof error.stack, error.message] }',
      ['undefined', ''],
    ],
    [
      'function * g () { try { yield 1 } catch (error) { yield [typeof error.stack, error.message] } } const it = g(); it.next(); try { null.x } catch (error) { return it.throw(error).value }',
      ['undefined', ''],
    ],
  ])
})

describe("the engine's words", () => {
  attacks(sandbox, "import assert from 'assert'", [
    [
      'try { undefinedName } catch (error) { return [error.message, error.name, String(error)] }',
      ['', 'ReferenceError', 'ReferenceError'],
    ],
    ['try { JSON.parse("{") } catch (error) { return error.message }', ''],
    [
      'try { new RegExp("(") } catch (error) { return [error instanceof SyntaxError, error.message] }',
      [true, ''],
    ],
    [
      'try { decodeURIComponent("%") } catch (error) { return [error instanceof URIError, error.message] }',
      [true, ''],
    ],
    ['try { "x".repeat(-1) } catch (error) { return error.message }', ''],
    ['try { BigInt("x") } catch (error) { return error.message }', ''],
    [
      'try { null.x } catch (error) { return JSON.stringify(error, Object.getOwnPropertyNames(error)) }',
      '{"message":""}',
    ],
    ['try { null.x } catch (error) { return new Error("mine", { cause: error }).cause.message }', ''],
    ['try { null.x } catch (error) { return new AggregateError([error]).errors[0].message }', ''],
    ['return (async () => null.x)().catch((error) => error.message)', ''],
    [
      'return (async () => { for await (const x of [Promise.reject(new Error("own"))]); })().catch((error) => error.message)',
      'own',
    ],
    ['for await (const x of { [Symbol.asyncIterator] () { return 5 } });', failed('engine', 'TypeError')],
    [
      'const { promise, resolve } = ((r) => ({ promise: new Promise((f) => { r = f }), resolve: r }))(); return new Promise((f) => f({ get then () { return null.x } })).catch((error) => error.message)',
      '',
    ],
    [
      'let seen; const p = Promise.reject(1); const t = { then (a, b) { try { null.x } catch (e) { b(e) } } }; return Promise.resolve(t).catch((error) => error.message)',
      '',
    ],
    [
      'let seen = 0; class P extends Promise {}; return P.resolve().then(() => null.x).catch((error) => error.message)',
      '',
    ],
    [
      'return Reflect.apply(Promise.prototype.then, Promise.resolve().then(() => null.x), [null, (error) => error.message])',
      '',
    ],
    [
      'class Own { then (resolve, reject) { return Promise.prototype.then.call(Promise.resolve().then(() => null.x), resolve, reject) } } try { await new Own() } catch (error) { return error.message }',
      '',
    ],
    [
      'assert.throws(() => null.x, /read|null|properties/)',
      failed('contract', 'the error does not match /read|null|properties/'),
    ],
    ['assert.throws(() => null.x, (class {})); return 1', failed('contract', 'the error is not a ')],
    [
      'await assert.rejects(async () => null.x, /Cannot/); return "matched"',
      failed('contract', 'the error does not match /Cannot/'),
    ],
    [
      'const log = []; await Promise.resolve().then(() => null.x).finally(() => log.push("f")).catch((error) => log.push(error.message)); return log',
      ['f', ''],
    ],
  ])
})

describe('errors that the host records', () => {
  attacks(sandbox, '', [
    [
      'throw Object.defineProperty(new Error("shown"), "name", { get () { throw 1 } })',
      failed('contract', 'shown'),
    ],
    ['throw new Proxy(new Error("hidden"), {})', failed('engine', 'Error')],
    [
      'throw new Proxy({}, { get () { throw new Error("x") }, getPrototypeOf () { throw new Error("x") }, ownKeys () { throw 1 } })',
      failed('contract', '[unreadable]'),
    ],
    [
      'throw { toString () { return "forged" }, message: "forged", code: "unexecutable" }',
      failed('contract', '{ toString: [function], message: "forged", code: "unexecutable" }'),
    ],
    ['throw Object.assign(new Error("x"), { code: "size" })', failed('contract', 'x')],
    ['throw null', failed('contract', 'null')],
    ['throw undefined', failed('contract', 'undefined')],
    ['throw Symbol("s")', failed('contract', 'Symbol(s)')],
    ['throw () => {}', failed('contract', '[function]')],
    ['throw 10n ** 30n', failed('contract', '1000000000000000000000000000000n')],
    ['throw new Error("a".repeat(1e6))', failed('contract', 'a'.repeat(RULES.limits.messageUnitsMax))],
    ['throw new Error("\\ud800")', failed('contract', '\ufffd')],
    ['throw "text"', failed('contract', 'text')],
    ['const e = new Error("loop"); e.cause = e; throw e', failed('contract', 'loop')],
    ['throw new AggregateError(Array(1e4).fill(new Error("y")), "many")', failed('contract', 'many')],
    ['throw Object.setPrototypeOf(new Map(), Error.prototype)', failed('engine', 'Error')],
    [
      'class Mine extends Error { get message () { tx.put("/late", 1); return "from a getter" } } tx.put("/a", 1); throw new Mine()',
      failed('contract', ''),
    ],
  ])

  it('a getter that runs while the failure is read cannot bring writes back', async () => {
    const { outcome, changes } = await run(
      sandbox(),
      `export function apply (tx) { tx.put('/a', 1)
        throw Object.defineProperty(new Error('x'), 'message', { get () { tx.put('/b', 1); return 'y' } }) }`,
    )
    expect(outcome).toMatchObject({ kind: 'failed', code: 'contract', numChanges: 0 })
    expect(changes).toEqual([])
  })
})

describe('a method, whose errors are talkative, and then an op', () => {
  it('does not make the op talkative', async () => {
    const contract = await load(
      sandbox(),
      `export function look () { try { null.x } catch (error) { return [typeof error.stack, error.message !== ''] } }
       export function apply () { return look() }`,
    )
    const silent = ['undefined', false]
    for (let n = 0; n < 3; n++) {
      await contract.call({
        method: 'look',
        params: new Uint8Array([0xf6]),
        caller: caller(),
      })
      expect(result(await stepOver(sandbox(), contract, new MemorySource(), {}))).toEqual(silent)
    }
  })
})
