// Method calls that go to the guest together (spec/4-execution §6): each ends as if it had been alone.
import { decodeValue, encodeValue, Overlay } from '@vitra/log/values'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Contract,
  type ContractLogEntry,
  type MethodHost,
  Sandbox,
  StateSession,
  steps,
} from '../src/index.js'
import { COUNTER, call, caller, inputOf, MemorySource, RULES, SHORT_RULES } from './helpers.js'
import { guests, IS_LINUX } from './processes.js'

const TIMEOUT_MS = 120_000

const SOURCE = `import { index, listOplogs, oplog } from 'contract'
export async function read ({ path }) { return (await index.get(path))?.value ?? null }
export async function sum ({ paths }) {
  const entries = await Promise.all(paths.map((path) => index.get(path)))
  return entries.reduce((sum, entry) => sum + (entry?.value ?? 0), 0)
}
export async function names () { return (await index.list('/')).map(({ name }) => name) }
export async function own () { return [oplog.pubkey, await oplog.getLength(), (await listOplogs()).length] }
export function emits ({ count, ends }, emit) {
  for (let n = 0; n < count; n++) emit({ op: 'SET', n })
  if (ends) throw new Error('after ' + count)
  return count
}
export function fails ({ message }) { throw new TypeError(message) }
export function spends () { for (;;) {} }
export function waits () { return new Promise(() => {}) }
export function says ({ text }) { console.log(text) }
export function hangs () { return /^(a|a)*$/.test('a'.repeat(64) + 'b') }
export const apply = { async SET (tx, { n }) { tx.put('/n', n) } }`

const STATE = { '/a': 1, '/b': 2, '/c/d': 3 }

let sandbox: Sandbox
const logged: ContractLogEntry[] = []
beforeAll(async () => {
  sandbox = await Sandbox.open({ opMs: 500, guests: 2, onLog: (entry) => logged.push(entry) })
})
afterAll(() => sandbox.close())

type Wanted = readonly [method: string, params?: unknown, host?: MethodHost]

/** What becomes of a call, told so that two of them can be compared. */
async function outcomeOf(contract: Contract, [method, params = {}, host]: Wanted): Promise<unknown> {
  try {
    return await call(contract, method, params, host)
  } catch (error) {
    const { code, message, line, column, errorName } = error as Record<string, unknown>
    return { code, message, line, column, errorName }
  }
}

const together = (contract: Contract, wanted: readonly Wanted[]) =>
  Promise.all(wanted.map((one) => outcomeOf(contract, one)))

/** Counts what the guest asks of a state. */
function counted(content: Record<string, unknown>) {
  const host = caller(new MemorySource(content))
  const asked: string[] = []
  const view = {
    get: (path: string) => {
      asked.push(path)
      return host.view.get(path)
    },
    list: host.view.list,
  }
  return { asked, host: { ...host, view } }
}

describe('calls at once', () => {
  const paths = fc.constantFrom('/a', '/b', '/c/d', '/none')
  const wanted: fc.Arbitrary<readonly [string, unknown]> = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constant('read'), fc.record({ path: paths })) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('sum'), fc.record({ paths: fc.array(paths) })) },
    fc.tuple(fc.constant('read'), fc.record({ path: fc.constantFrom('/.sys/acks/a', 'no path') })),
    fc.tuple(fc.constantFrom('names', 'own', 'unknown'), fc.constant({})),
    fc.tuple(fc.constant('emits'), fc.record({ count: fc.constantFrom(0, 1, 3, 1001), ends: fc.boolean() })),
    fc.tuple(fc.constant('fails'), fc.record({ message: fc.string() })),
    fc.tuple(fc.constantFrom('spends', 'waits'), fc.constant({})),
    fc.tuple(fc.constant('own'), fc.constant(5)),
  )

  it('end as one after the other', { timeout: TIMEOUT_MS }, async () => {
    const contract = await sandbox.load(SOURCE, SHORT_RULES)
    await fc.assert(
      fc.asyncProperty(fc.array(wanted, { maxLength: 12 }), fc.boolean(), async (all, isShared) => {
        const host = caller(new MemorySource(STATE), [{ op: 'first' }])
        const calls = all.map((one): Wanted => [...one, host])
        const alone: unknown[] = []
        for (const [method, params] of all) {
          // With views of their own, or with what the guest knows from those before.
          const view = isShared ? host : caller(new MemorySource(STATE), [{ op: 'first' }])
          alone.push(await outcomeOf(contract, [method, params, view]))
        }
        expect(await together(contract, calls)).toEqual(alone)
      }),
      { numRuns: process.env.MODE === 'soak' ? 60 : 25 },
    )
  })

  it('read their own state, whichever other calls there are', async () => {
    const contract = await sandbox.load(SOURCE, RULES)
    const hosts = [1, 2, 3].map((a) => caller(new MemorySource({ '/a': a })))
    for (let round = 0; round < 3; round++) {
      const calls = Array.from({ length: 30 }, (_, n): Wanted => ['read', { path: '/a' }, hosts[n % 3]!])
      const found = (await together(contract, calls)) as { response: unknown }[]
      expect(found.map(({ response }) => response)).toEqual(calls.map((_, n) => (n % 3) + 1))
    }
  })

  it('ask for an entry of a state once, and not at all where a call before did', async () => {
    const contract = await sandbox.load(SOURCE, RULES)
    const { host, asked } = counted(STATE)
    const calls = Array.from({ length: 20 }, (): Wanted => ['read', { path: '/a' }, host])
    await together(contract, calls)
    await together(contract, calls)
    expect(asked).toEqual(['/a'])
  })

  it('leave alone what the guest knows of the state that ops go on from', async () => {
    const contract = await sandbox.load(COUNTER, RULES)
    const session = new StateSession()
    const state = new MemorySource({ '/counter': 5 })
    const { host } = counted({ '/counter': 70 })
    const reads: number[] = []
    for (let round = 0; round < 3; round++) {
      const input = inputOf(sandbox, { op: 'INCREMENT', amount: 1 })
      const [step] = await steps(contract, new Overlay(state), [input], session)
      state.apply(step!.changes)
      reads.push(step!.reads.length)
      expect((await call(contract, 'get', {}, host)).response).toBe(70)
    }
    expect(reads).toEqual([1, 0, 0])
    expect(decodeValue(state.entries.get('/counter')!)).toBe(8)
  })

  it('of a contract that keeps something get a fresh realm each', async () => {
    const contract = await sandbox.load(
      'let kept = 0\nexport function count () { return ++kept }\nexport function apply () {}',
      RULES,
    )
    const found = await together(contract, Array(20).fill(['count']))
    expect(found).toEqual(Array(20).fill({ response: 1, ops: [] }))
  })
})

describe('a call that ends the guest', () => {
  const reads = (count: number, host: MethodHost): Wanted[] =>
    Array(count).fill(['read', { path: '/a' }, host])
  const ONE = { response: 1, ops: [] }

  it('is the only one to hear of it, and ends it once, or twice the first time', {
    timeout: TIMEOUT_MS,
  }, async () => {
    // Guests that stand back get little of a busy machine.
    await using own = await Sandbox.open({ opMs: 1000, guests: 2 })
    const contract = await own.load(`${SOURCE}\n// killed`, RULES)
    const host = caller(new MemorySource(STATE))
    const bad: Wanted = ['hangs', {}, host]
    // Six ends within minutes have a contract refused. Of the first it is not known which call it was.
    const calls = [...reads(9, host), bad, ...reads(9, host), bad, bad, ...reads(9, host)]
    const found = await together(contract, calls)
    const expected = calls.map((one) => (one === bad ? { code: 'CALL_TIMEOUT' } : ONE))
    expect(found).toMatchObject(expected)
    expect(await outcomeOf(contract, bad)).toMatchObject({ code: 'CALL_TIMEOUT' })
    expect(await outcomeOf(contract, reads(1, host)[0]!)).toEqual(ONE)
  })

  it('by its memory is the only one to hear of it', { timeout: TIMEOUT_MS }, async () => {
    await using own = await Sandbox.open({ opMs: 20_000, guests: 2, memoryMb: 32 })
    const contract = await own.load(
      `${SOURCE}\nexport function swells () { const all = []; for (;;) all.push(new Array(10000).fill(all.length)) }`,
      RULES,
    )
    const host = caller(new MemorySource(STATE))
    const bad: Wanted = ['swells', {}, host]
    const found = await together(contract, [...reads(9, host), bad, ...reads(9, host)])
    expect(found.slice(0, 9)).toEqual(Array(9).fill(ONE))
    expect(found[9]).toMatchObject({ code: expect.stringMatching(/^(GUEST_MEMORY|CONTRACT_ERROR)$/) })
    expect(found.slice(10)).toEqual(Array(9).fill(ONE))
  })

  it.runIf(IS_LINUX)('however it dies', { timeout: TIMEOUT_MS }, async () => {
    await using own = await Sandbox.open({ opMs: 60_000, guests: 2, memoryMb: 40 })
    const contract = await own.load(`${SOURCE}\n// shot`, RULES)
    const host = caller(new MemorySource(STATE))
    const shot = {
      ...host,
      view: {
        ...host.view,
        get: async (path: string) => {
          if (path !== '/shoot') return host.view.get(path)
          for (const pid of guests()) process.kill(pid, 'SIGKILL')
          return new Promise<never>(() => {})
        },
      },
    }
    const calls = [...reads(9, shot), ['read', { path: '/shoot' }, shot] as const, ...reads(9, shot)]
    const found = await together(contract, calls)
    expect(found[9]).toMatchObject({ code: 'GUEST_CRASHED' })
    expect(found.toSpliced(9, 1)).toEqual(Array(18).fill(ONE))
  })

  it('because the host cannot answer it gets the host’s own error', async () => {
    const contract = await sandbox.load(SOURCE, RULES)
    const host = caller(new MemorySource(STATE))
    const gone = new Error('the network is gone')
    const view = {
      ...host.view,
      get: (path: string) => (path === '/gone' ? Promise.reject(gone) : host.view.get(path)),
    }
    const torn = { ...host, view }
    const calls = [...reads(5, torn), ['read', { path: '/gone' }, torn] as const, ...reads(5, torn)]
    const found = await Promise.allSettled(
      calls.map(([method, params, host]) => call(contract, method, params, host)),
    )
    expect(found[5]).toMatchObject({ status: 'rejected' })
    expect((found[5] as PromiseRejectedResult).reason).toBe(gone)
    expect(found.toSpliced(5, 1)).toEqual(Array(10).fill({ status: 'fulfilled', value: ONE }))
  })
})

describe('a call that its caller gives up', () => {
  const host = caller(new MemorySource(STATE))

  function start(contract: Contract, method: string, params: unknown, signal: AbortSignal) {
    const done = contract.call({ method, params: encodeValue(params), caller: host, signal })
    return done.catch((error: Error) => error.message)
  }

  it('while it is at work ends, and those behind it go on', { timeout: TIMEOUT_MS }, async () => {
    await using own = await Sandbox.open({ opMs: 60_000, guests: 2 })
    const contract = await own.load(`${SOURCE}\n// at work`, RULES)
    const controller = new AbortController()
    const before = call(contract, 'read', { path: '/a' }, host)
    const hangs = start(contract, 'hangs', {}, controller.signal)
    const behind = call(contract, 'read', { path: '/b' }, host)
    await before
    setTimeout(() => controller.abort(new Error('enough')), 100)
    expect(await hangs).toBe('enough')
    expect((await behind).response).toBe(2)
  })

  it('before its turn keeps nobody waiting, however long it would take', {
    timeout: TIMEOUT_MS,
  }, async () => {
    await using own = await Sandbox.open({ opMs: 60_000, guests: 2 })
    const contract = await own.load(
      `${SOURCE}\nexport function works () { let n = 0; while (n < 3_000_000) n++; return n }`,
      RULES,
    )
    const controller = new AbortController()
    const first = call(contract, 'works', {}, host)
    const hangs = start(contract, 'hangs', {}, controller.signal)
    const behind = call(contract, 'read', { path: '/b' }, host)
    await new Promise((resolve) => setImmediate(resolve))
    controller.abort(new Error('enough'))
    expect(await hangs).toBe('enough')
    expect((await first).response).toBe(3_000_000)
    expect((await behind).response).toBe(2)
  })

  it('with all the others leaves the guest to the next', async () => {
    const contract = await sandbox.load(SOURCE, RULES)
    const controller = new AbortController()
    const calls = Array.from({ length: 20 }, (_, n) =>
      start(contract, 'says', { text: `given up ${n}` }, controller.signal),
    )
    controller.abort(new Error('enough'))
    expect(await Promise.all(calls)).toEqual(Array(20).fill('enough'))
    expect((await call(contract, 'read', { path: '/a' }, host)).response).toBe(1)
    expect(logged.filter(({ text }) => text.startsWith('given up'))).toEqual([])
  })
})
