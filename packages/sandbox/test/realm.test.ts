// The realm of a contract: what is in it, what is not, and that nothing outlives an op (spec/6-determinism).
import { ABIS, CURRENT_ABI } from '@vitra/contract-sdk'
import { decodeValue } from '@vitra/log/values'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oldestAbi, Sandbox } from '../src/index.js'
import { namesOf, PERMITS, permittedNames } from '../src/realm/permits/index.js'
import { call, evaluate, MemorySource, RULES, run, stepOver } from './helpers.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

describe('the ABI table', () => {
  const all = ABIS.flatMap(({ version, modules }) =>
    Object.entries(modules).map(([specifier, abi]) => ({ version, specifier, abi })),
  )
  it.each(all)(
    'of version $version: module $specifier offers exactly its names',
    async ({ version, specifier, abi }) => {
      const contract = await sandbox.load(
        `import * as offered from '${specifier}'
      export function names () { return Object.getOwnPropertyNames(offered).sort() }
      export function apply () {}`,
        { ...RULES, abi: version },
      )
      const expected = [...abi.names, ...(abi.hasDefault ? ['default'] : [])].sort()
      expect((await call(contract, 'names')).response).toEqual(expected)
    },
  )

  it('of version 1 has no module of scripts', async () => {
    const source = "import { runCall } from 'vitra:script'\nexport function apply () {}"
    const loading = sandbox.load(source, RULES)
    await expect(loading).rejects.toMatchObject({ code: 'CONTRACT_LOAD' })
    await expect(loading).rejects.toThrow(/there is no module "vitra:script"/)
    expect(oldestAbi(source, RULES)).toBe(2)
    expect(oldestAbi('export function apply () {}', RULES)).toBe(1)
    expect(oldestAbi("import fs from 'fs'", RULES)).toBe(1)
  })

  it('tx, ack and console offer exactly their names', async () => {
    const source = `export function process () { return 1 }
      export function apply (tx, op, ack) { return [tx, ack, console].map((object) => Object.getOwnPropertyNames(object).sort()) }`
    const { outcome } = await run(sandbox, source)
    expect(decodeValue(outcome.value!)).toEqual([CURRENT_ABI.tx, CURRENT_ABI.ack, CURRENT_ABI.console])
  })

  it('util draws the same under both of its names', async () => {
    const drawn = (name: string) =>
      evaluate(sandbox, 'return [random(), genUUID()]', `import { genUUID, random } from '${name}'`)
    expect(await drawn('vitra:util')).toEqual(await drawn('util'))
    expect(await drawn('util')).toEqual([expect.any(Number), expect.any(String)])
  })

  it('globals are exactly the permitted ones', async () => {
    const found = await evaluate(sandbox, 'return Object.getOwnPropertyNames(globalThis).sort()')
    expect(found).toEqual(permittedNames(PERMITS.globalThis!, false).sort())
    expect(await evaluate(sandbox, 'return Object.getOwnPropertySymbols(globalThis).length')).toBe(0)
  })
})

describe('what differs between machines is gone', () => {
  it.each(Object.keys(PERMITS.globalThis!.remove!).flatMap(namesOf))('%s', async (name) => {
    expect(await evaluate(sandbox, `return [typeof ${name}, '${name}' in globalThis]`)).toEqual([
      'undefined',
      false,
    ])
  })

  it.each([
    'Math.random',
    'RegExp.$1',
    'RegExp.lastMatch',
    'RegExp["$&"]',
    'RegExp.input',
    'RegExp.prototype.compile',
    'Error.captureStackTrace',
    'Error.prepareStackTrace',
    'Error.stackTraceLimit',
    'TypeError.captureStackTrace',
    'setTimeout',
    'require',
    'process',
    'performance',
    'queueMicrotask',
    'structuredClone',
    'TextEncoder',
    '$vitra',
    '$host',
  ])('%s', async (path) => {
    expect(
      await evaluate(sandbox, `try { return typeof globalThis.${path} } catch { return 'undefined' }`),
    ).toBe('undefined')
  })

  it.each([
    ['new Error("x").stack', null],
    ['(() => { try { null.x } catch (error) { return error.stack } })()', null],
    [
      '(() => { try { "".repeat(-1) } catch (error) { return typeof error.constructor.captureStackTrace } })()',
      'undefined',
    ],
    ['"stack" in new RangeError("x")', false],
    ['["b", "a", "B", "ä", "z"].sort((a, b) => a.localeCompare(b)).join("")', 'Babzä'],
    ['"\\uffff".localeCompare("😀")', -1],
    ['(1234.5).toLocaleString()', '1234.5'],
    ['[1234.5, "a"].toLocaleString("de")', '1234.5,a'],
    ['(12345n).toLocaleString()', '12345'],
    ['new Uint8Array([1, 2]).toLocaleString()', '1,2'],
    ['"I".toLocaleLowerCase("tr")', 'i'],
    ['"i".toLocaleUpperCase("tr")', 'I'],
  ])('%s', async (code, expected) => {
    expect(await evaluate(sandbox, `const value = ${code}; return value === undefined ? null : value`)).toBe(
      expected,
    )
  })

  it.each([
    'Function("return 1")',
    'new Function("return 1")',
    '(function () {}).constructor("return 1")',
    '(() => {}).constructor("return 1")',
    '(async () => {}).constructor("return 1")',
    '(function * () {}).constructor("return 1")',
    '(async function * () {}).constructor("return 1")',
    '(class {}).constructor("return 1")',
    'Object.getPrototypeOf(console.log).constructor("return globalThis")()',
    'Reflect.construct(Object.getPrototypeOf(async () => {}).constructor, ["return 1"])',
    'Object.getPrototypeOf(tx.put).constructor("return globalThis")()',
    'new (class extends Function {})("return 1")',
  ])('%s makes no code', async (code) => {
    const { outcome } = await run(sandbox, `export function apply (tx) { ${code} }`)
    expect(outcome).toMatchObject({ kind: 'failed', code: 'contract' })
    expect(outcome.message).toMatch(/cannot make code at run time/)
  })
})

describe('engine and contract errors', () => {
  it('keep their classes', async () => {
    const code = `class Mine extends TypeError { constructor (m) { super(m); this.name = 'Mine' } }
      const error = new Mine('m')
      let engine
      try { null.x } catch (thrown) { engine = thrown }
      return [error instanceof Mine, error instanceof TypeError, error instanceof Error, error.message, error.name, String(error),
        engine instanceof TypeError, engine.constructor === TypeError, Object.getPrototypeOf(TypeError) === Error,
        Error('f') instanceof Error, new Error('x', {cause: 1}).cause, new AggregateError([1], 'a').errors.length,
        Error.name, TypeError.name, Object.prototype.toString.call(error)]`
    expect(await evaluate(sandbox, code)).toEqual([
      true,
      true,
      true,
      'm',
      'Mine',
      'Mine: m',
      true,
      true,
      true,
      true,
      1,
      1,
      'Error',
      'TypeError',
      '[object Error]',
    ])
  })
})

describe('standard objects', () => {
  it.each([
    'Array.prototype.push = 1',
    'Array.prototype.extra = 1',
    'Object.prototype.extra = 1',
    'Map.prototype.get = () => 1',
    'Promise.prototype.then = 1',
    'Promise.resolve = 1',
    'JSON.parse = 1',
    'globalThis.extra = 1',
    'globalThis.Array = 1',
    'globalThis.console = 1',
    'console.log = 1',
    'Object.getPrototypeOf([][Symbol.iterator]()).next = 1',
    'Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())).extra = 1',
    'Object.getPrototypeOf(Uint8Array).prototype.set = 1',
    'Object.getPrototypeOf(function * () {}).prototype.next = 1',
    'Object.setPrototypeOf(Array.prototype, null)',
    'Object.defineProperty(Object.prototype, "get", {value: 1})',
    'Error.prototype.extra = 1',
    'tx.put = 1',
    'ack.ts = 1',
  ])('%s throws', async (code) => {
    const { outcome } = await run(sandbox, `export function apply (tx, op, ack) { ${code} }`)
    expect(outcome).toMatchObject({ kind: 'failed', code: 'engine', message: 'TypeError' })
  })

  it('do not get in the way of ordinary code', async () => {
    const code = `function Old () { this.toString = () => 'old'; this.constructor = Old }
      Old.prototype.valueOf = function () { return 5 }
      const object = {}
      object.hasOwnProperty = 1
      const error = new Error('a'); error.message = 'b'; error.name = 'N'
      return [String(new Old()), new Old() + 1, object.hasOwnProperty, error.message, error.name]`
    expect(await evaluate(sandbox, code)).toEqual(['old', 6, 1, 'b', 'N'])
  })
})

describe('one op, one realm', () => {
  const COUNTING = `let n = 0
    const kept = new Uint8Array(1)
    const closed = (() => { let n = 0; return () => ++n })()
    class Counter { #m = 0; next () { return ++this.#m } }
    const counter = new Counter()
    export function peek () { return [++n, ++kept[0], closed(), counter.next()] }
    export function apply (tx) {
      const log = [++n, ++kept[0], closed(), counter.next()]
      try { globalThis.seen = true } catch {}
      try { Error.prototype.seen = true } catch {}
      try { Error.prototype.name = 'Seen' } catch {}
      log.push(globalThis.seen === undefined, new Error().seen === undefined)
      return log
    }`

  it('keeps nothing in module scope, whatever ran before', async () => {
    const contract = await sandbox.load(COUNTING, RULES)
    const outcomes: unknown[] = []
    for (let round = 0; round < 4; round++) {
      await call(contract, 'peek')
      const { outcome } = await stepOver(sandbox, contract, new MemorySource(), {})
      outcomes.push(decodeValue(outcome.value!))
    }
    expect(outcomes).toEqual(Array(4).fill([1, 1, 1, 1, true, true]))
    expect((await call(contract, 'peek')).response).toEqual([1, 1, 1, 1])
  })

  it('keeps nothing in the errors that it changed', async () => {
    const contract = await sandbox.load(COUNTING, RULES)
    await stepOver(sandbox, contract, new MemorySource(), {})
    expect(await evaluate(sandbox, 'return new Error("x").name')).toBe('Error')
  })

  it('does not let a method reach the next op, with a private field on a standard object', async () => {
    const source = `class Stamp extends (class { constructor (o) { return o } }) { #v = 0; static next (o) { return ++o.#v } static has (o) { return #v in o } }
      export function apply () { if (!Stamp.has(JSON)) new Stamp(JSON); return Stamp.next(JSON) }`
    const contract = await sandbox.load(source, RULES)
    for (let n = 0; n < 3; n++) {
      const { outcome } = await stepOver(sandbox, contract, new MemorySource(), {})
      expect(decodeValue(outcome.value!)).toBe(1)
    }
  })
})

describe('what is not available where', () => {
  it.each([
    ['oplog.pubkey', 'oplog is not available in apply'],
    ['await oplog.getLength()', 'oplog is not available in apply'],
    ['await oplog.get(0)', 'oplog is not available in apply'],
  ])('%s in apply', async (code, message) => {
    const { outcome } = await run(
      sandbox,
      `import { oplog } from 'contract'\nexport async function apply () { ${code} }`,
    )
    expect(outcome).toMatchObject({ code: 'contract', message })
  })

  it('isWriter: reading it in apply throws, in every way of importing it', async () => {
    const ways = [
      'import { isWriter } from "contract"\nexport function apply () { return isWriter ? 1 : 2 }',
      'import { isWriter as own } from "contract"\nexport async function apply () { return typeof own }',
      'import * as all from "contract"\nexport function apply () { return all.isWriter }',
      'import { isWriter, index } from "contract"\nconst kept = index\nawait null\nexport async function apply () { await kept.get("/a"); return isWriter }',
    ]
    for (const source of ways) {
      expect((await run(sandbox, source)).outcome, source).toMatchObject({
        code: 'engine',
        message: 'ReferenceError',
      })
    }
  })

  it('isWriter: a boolean in methods, unusable in process and while loading', async () => {
    const contract = await sandbox.load(
      `import { isWriter } from 'contract'
      let early = 'unset'
      try { early = isWriter } catch { early = 'threw' }
      export function both () { return [isWriter, early] }
      export function process () { return isWriter }
      export function apply () {}`,
      RULES,
    )
    expect((await call(contract, 'both')).response).toEqual([true, 'threw'])
    const { endings } = await contract.process([new Uint8Array([0xf6])])
    expect(endings).toMatchObject([{ kind: 'failed', code: 'engine', message: 'ReferenceError' }])
  })

  it('reads and randomness while the module is evaluated', async () => {
    const source = `import { index } from 'contract'
      import { random } from 'util'
      let said = []
      try { await index.get('/a') } catch (error) { said.push(error.message) }
      try { random() } catch (error) { said.push(error.message) }
      export function apply () { return said }`
    const { outcome } = await run(sandbox, source)
    expect(decodeValue(outcome.value!)).toEqual([
      'index is not available while the contract is being loaded',
      'util is not available while the contract is being loaded',
    ])
  })
})
