// Method calls: what a method sees, what it gives, and how its errors reach the caller (spec/4-execution §2).
import { encodeValue } from '@vitra/log/values'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ContractLogEntry, Sandbox } from '../src/index.js'
import { call, caller, hex, MemorySource, RULES, SIGNER } from './helpers.js'

let sandbox: Sandbox
const logged: ContractLogEntry[] = []
beforeAll(async () => {
  sandbox = await Sandbox.open({ opMs: 5000, onLog: (entry) => logged.push(entry) })
})
afterAll(() => sandbox.close())

/** Limits of a sandbox for what is to run for too long, or must not count as if it did. */
const HASTY = { opMs: 1000 }

const load = (source: string) => sandbox.load(`${source}\nexport function apply () {}`, RULES)

describe('a method', () => {
  it('gets its parameters as an object, and gives a value', async () => {
    const contract = await load('export function echo (params) { return params }')
    expect((await call(contract, 'echo', { a: [1, { b: null }] })).response).toEqual({ a: [1, { b: null }] })
    expect((await call(contract, 'echo', null)).response).toEqual({})
    for (const params of [5, 'text', [1], Uint8Array.of(1)]) {
      await expect(call(contract, 'echo', params)).rejects.toMatchObject({ code: 'PARAMS_INVALID' })
    }
  })

  it('gives nothing where it returns nothing', async () => {
    const contract = await load('export async function quiet () {}')
    expect(await contract.call({ method: 'quiet', params: encodeValue({}), caller: caller() })).toEqual({
      ops: [],
    })
  })

  it.each(['nothing', 'apply', 'process', 'toString', '__proto__', 'hidden'])(
    'named %s is not found',
    async (method) => {
      const contract = await load(
        'function hidden () {}\nexport function process () {}\nexport function shown () {}',
      )
      await expect(call(contract, method)).rejects.toMatchObject({
        code: 'METHOD_NOT_FOUND',
        message: `the contract has no method ${method}; it has shown`,
      })
    },
  )

  it('reads the index, its own oplog and the participants', async () => {
    const contract = await load(`import { index, isWriter, listOplogs, oplog } from 'contract'
      export async function all () {
        return [(await index.get('/a')).value, await index.get('/none'), (await index.list('/')).map((item) => item.name),
          oplog.pubkey, await oplog.getLength(), await oplog.get(0), await oplog.get(9), isWriter, await listOplogs()]
      }`)
    const host = caller(new MemorySource({ '/a': 1, '/b/c': 2 }), [{ op: 'first' }])
    const { response } = await call(contract, 'all', {}, host)
    expect(response).toEqual([1, null, ['a', 'b'], hex(SIGNER), 1, { op: 'first' }, null, true, []])
    const without = { ...host, oplog: null, isWriter: false }
    const bare = await load(`import { isWriter, oplog } from 'contract'
      export async function all () { return [oplog.pubkey ?? null, await oplog.getLength(), await oplog.get(0), isWriter] }`)
    expect((await call(bare, 'all', {}, without)).response).toEqual([null, 0, null, false])
  })

  it('passes on, unchanged, what the host rejects with', async () => {
    const contract = await load(`import { index } from 'contract'
      export async function read () { return index.get('/a') }`)
    const gone = new Error('the network is gone')
    const host = { ...caller(), view: { get: () => Promise.reject(gone), list: async () => [] } }
    await expect(call(contract, 'read', {}, host)).rejects.toBe(gone)
    expect((await call(contract, 'read')).response).toBe(null)
  })

  it('ends when its caller aborts', async () => {
    const contract = await load(
      "export function loop () { return /^(a|a)*$/.test('a'.repeat(64) + 'b') }\nexport function fine () { return 1 }",
    )
    const controller = new AbortController()
    const running = contract.call({
      method: 'loop',
      params: encodeValue({}),
      caller: caller(),
      signal: controller.signal,
    })
    setTimeout(() => controller.abort(new Error('enough')), 50)
    await expect(running).rejects.toThrow('enough')
    expect((await call(contract, 'fine')).response).toBe(1)
  })

  it('that runs for too long is ended', async () => {
    const contract = await load(`export function loop () { for (;;) {} }
      export function backtrack () { return /^(a|a)*$/.test('a'.repeat(64) + 'b') }`)
    await expect(call(contract, 'loop')).rejects.toMatchObject({
      code: 'CONTRACT_ERROR',
      message: expect.stringContaining('fuel'),
    })
    await using hasty = await Sandbox.open(HASTY)
    const same = await hasty.load(contract.source, RULES)
    await expect(call(same, 'backtrack')).rejects.toMatchObject({ code: 'CALL_TIMEOUT' })
  })

  it('does not count the time that the host takes to answer', async () => {
    await using hasty = await Sandbox.open(HASTY)
    const source = `import { index } from 'contract'
      export async function read () { return (await index.get('/a')).value }
      export function apply () {}`
    const contract = await hasty.load(source, RULES)
    const slow = {
      get: () => new Promise<Uint8Array>((resolve) => setTimeout(() => resolve(encodeValue(7)), 1500)),
      list: async () => [],
    }
    expect((await call(contract, 'read', {}, { ...caller(), view: slow })).response).toBe(7)
  })
})

describe('emit', () => {
  it('gives the ops in order, each as it was at that moment', async () => {
    const contract = await load(`export async function many (params, emit) {
      const op = {n: 0}
      for (; op.n < 3; op.n++) { emit(op); await null }
    }`)
    expect((await call(contract, 'many')).ops).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
  })

  it('refuses at once what is not a value, and names the place', async () => {
    const contract = await load(`export function bad (params, emit) {
      try { emit({list: [1, {at: undefined}]}) } catch (error) { return error.message }
    }
    export function uncaught (params, emit) { emit({ok: 1}); emit(() => 1) }`)
    expect(await call(contract, 'bad')).toEqual({
      response: 'value.list[1].at: undefined is not allowed in a value',
      ops: [],
    })
    await expect(call(contract, 'uncaught')).rejects.toMatchObject({ code: 'CONTRACT_ERROR' })
  })

  it('is closed once the method has settled', async () => {
    const contract = await load(`export async function late (params, emit) {
      const later = async () => { for (let n = 0; n < 20; n++) await null; emit({late: true}) }
      later()
      emit({late: false})
    }`)
    expect((await call(contract, 'late')).ops).toEqual([{ late: false }])
  })

  it('is limited in number and size', async () => {
    const contract = await load(`export function flood (params, emit) { for (;;) emit({}) }
      export function swell (params, emit) { for (;;) emit({text: 'x'.repeat(1000000)}) }
      export function huge (params, emit) { emit('x'.repeat(2 ** 20)) }`)
    await expect(call(contract, 'flood')).rejects.toThrow('a method emits at most 1000 ops')
    await expect(call(contract, 'swell')).rejects.toThrow('a method emits at most')
    await expect(call(contract, 'huge')).rejects.toThrow('store it in pieces')
  })
})

describe('an error of a method', () => {
  it.each([
    ['throw new RangeError("too much")', 'too much', 'RangeError', 3, 10],
    ['const user = null; user.name', "Cannot read properties of null (reading 'name')", 'TypeError', 3, 28],
    ['JSON.parse("{")', expect.stringContaining('JSON'), 'SyntaxError', 3, 9],
    ['await null; throw new Error("later")', 'later', 'Error', 3, 22],
    ['deeper()', 'inside', 'Error', 1, 28],
  ])('%s says what and where', async (code, message, errorName, line, column) => {
    const contract = await load(`function deeper () { throw new Error('inside') }
export async function bad () {
   ${code}
}`)
    const error = await call(contract, 'bad').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'CONTRACT_ERROR', message, errorName, line, column })
    const { stack } = (error as { details: { stack: string[] } }).details
    expect(stack[0]).toBe(`contract.js:${line}:${column}`)
    for (const place of stack) expect(place).toMatch(/^contract\.js:\d+:\d+$/)
  })

  it('that is no error is told as well', async () => {
    const contract = await load(
      'export function bad () { throw {reason: "none"} }\nexport function never () { return new Promise(() => {}) }',
    )
    await expect(call(contract, 'bad')).rejects.toMatchObject({
      code: 'CONTRACT_ERROR',
      message: '{ reason: "none" }',
      line: undefined,
    })
    await expect(call(contract, 'never')).rejects.toMatchObject({
      code: 'CONTRACT_ERROR',
      message: expect.stringContaining('never comes'),
    })
  })

  it('has no stack inside the contract', async () => {
    const contract = await load(`export function look () {
      const seen = [new Error('x').stack]
      try { null.x } catch (error) { seen.push(error.stack) }
      return seen.map((stack) => typeof stack)
    }`)
    expect((await call(contract, 'look')).response).toEqual(['undefined', 'undefined'])
  })
})

describe('the console', () => {
  it('reaches the log of this machine', async () => {
    logged.length = 0
    const contract = await load(`console.log('at load')
      export function talk () {
        console.log('text', 1, {a: [true, null]}, undefined, 5n)
        for (const level of ['info', 'warn', 'error', 'debug']) console[level](level)
        console.log(new Error('told'))
      }`)
    await call(contract, 'talk')
    await call(contract, 'talk')
    const once = [
      { level: 'log', text: 'text 1 { a: [true, null] } undefined 5n' },
      { level: 'info', text: 'info' },
      { level: 'warn', text: 'warn' },
      { level: 'error', text: 'error' },
      { level: 'debug', text: 'debug' },
      { level: 'log', text: 'Error: told' },
    ]
    expect(logged).toEqual([...once, ...once])
  })

  it('is limited in number and size, and survives hostile values', async () => {
    logged.length = 0
    const contract = await load(`export function flood () {
      console.log('x'.repeat(1e6))
      console.log({get a () { throw new Error('no') }}, new Proxy({}, {ownKeys () { throw 1 }}), Object.create(null), '\\ud800')
      for (let n = 0; n < 100000; n++) console.log(n)
    }`)
    await call(contract, 'flood')
    expect(logged).toHaveLength(200)
    expect(logged[0]!.text).toHaveLength(4096)
    expect(logged[1]!.text).toBe('[unreadable] [unreadable] {} \ufffd')
  })
})
