// The pool (spec/4-execution §6): sandboxes share guests, and nobody pays for somebody else's contract.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { decodeValue } from '@vitra/log/values'
import { describe, expect, it } from 'vitest'
import { type Contract, Sandbox, type SandboxError } from '../src/index.js'
import { COUNTER, call, caller, MemorySource, RULES, stepOver } from './helpers.js'
import { guests, IS_LINUX, until } from './processes.js'

// Fuel ends a loop; only the clock ends this.
const BACKTRACK = "/^(a|a)*$/.test('a'.repeat(64) + 'b')"
const LOOP = `export function spin () { ${BACKTRACK} }\nexport function apply () { ${BACKTRACK} }`
const OK = { status: 'fulfilled' }

async function counterOf(sandbox: Sandbox, count: number): Promise<() => Promise<unknown>> {
  const contract = await sandbox.load(COUNTER, RULES)
  const host = caller(new MemorySource({ '/counter': count }))
  return async () => (await call(contract, 'get', {}, host)).response
}

/** A contract that is told from others with the same rules by its text only. */
function loop(n: number): string {
  return `${LOOP}\n// ${n} ${Math.random()}`
}

describe.runIf(IS_LINUX)('sandboxes', () => {
  it('with the same limits share a guest, others do not', async () => {
    await using first = await Sandbox.open({ memoryMb: 70, guests: 1 })
    await using second = await Sandbox.open({ memoryMb: 70, guests: 1, onLog: () => {} })
    expect(await (await counterOf(first, 1))()).toBe(1)
    expect(await (await counterOf(second, 2))()).toBe(2)
    expect(guests()).toHaveLength(1)
    await using other = await Sandbox.open({ memoryMb: 71, guests: 1 })
    expect(await (await counterOf(other, 3))()).toBe(3)
    expect(guests()).toHaveLength(2)
  })

  it('start one guest where they open together', async () => {
    const open = () => Sandbox.open({ memoryMb: 72, guests: 1 })
    const all = await Promise.all(Array.from({ length: 20 }, open))
    expect(guests()).toHaveLength(1)
    await Promise.all(all.map((sandbox) => sandbox.close()))
    expect(guests()).toEqual([])
  })

  it('end the guests with the last of them', async () => {
    const first = await Sandbox.open()
    const second = await Sandbox.open()
    const count = await counterOf(second, 7)
    await first.close()
    expect(await count()).toBe(7)
    await second.close()
    expect(guests()).toEqual([])
  })

  it('do the ops of a contract before calls of it that wait, and calls between two of them', async () => {
    await using sandbox = await Sandbox.open({ guests: 1 })
    const count = await counterOf(sandbox, 3)
    const contract = await sandbox.load(COUNTER, RULES)
    const done: string[] = []
    const calls = Array.from({ length: 3000 }, async () => {
      await count()
      done.push('call')
    })
    await Promise.race(calls)
    for (let nth = 0; nth < 2; nth++) {
      await stepOver(sandbox, contract, new MemorySource({ '/counter': 3 }), { op: 'INCREMENT', amount: 1 })
      done.push('op')
    }
    await Promise.all(calls)
    const first = done.indexOf('op')
    const second = done.indexOf('op', first + 1)
    expect(second).toBeGreaterThan(first + 1)
    expect(second).toBeLessThan(1500)
  })

  it('end only their own work', async () => {
    const first = await Sandbox.open()
    await using second = await Sandbox.open()
    const count = await counterOf(second, 5)
    const bad = await first.load(loop(0), RULES)
    const spins = [call(bad, 'spin'), call(bad, 'spin')].map((spin) => spin.catch((error) => error))
    const counts = Promise.all([count(), count()])
    await new Promise((resolve) => setTimeout(resolve, 100))
    await first.close()
    for (const error of await Promise.all(spins)) expect(error).toMatchObject({ code: 'SANDBOX_CLOSED' })
    expect(await counts).toEqual([5, 5])
    expect(await count()).toBe(5)
  })

  it('leave no process and no descriptor behind, however often they open', async () => {
    const descriptors = () => readdirSync('/proc/self/fd').length
    await (await Sandbox.open()).close()
    const before = descriptors()
    for (let n = 0; n < 5; n++) {
      await using sandbox = await Sandbox.open()
      for (let m = 0; m < 200; m++) await (await Sandbox.open()).close()
      expect(sandbox.engine).toMatch(/^v8-/)
    }
    expect(guests()).toEqual([])
    expect(descriptors()).toBeLessThanOrEqual(before + 2)
  })

  it('keep a spare guest', async () => {
    await using sandbox = await Sandbox.open()
    const count = await counterOf(sandbox, 1)
    expect(await count()).toBe(1)
    await until(guests, ({ length }) => length === 2)
    const [used] = guests()
    process.kill(used!, 'SIGKILL')
    // It is gone from there once the host has heard of its end.
    await until(
      () => existsSync(`/proc/${used}`),
      (isThere) => !isThere,
    )
    expect(await count()).toBe(1)
    await until(guests, ({ length }) => length === 2)
  })

  it('keep no spare where there may be one guest only', async () => {
    await using sandbox = await Sandbox.open({ guests: 1, opMs: 300 })
    const count = await counterOf(sandbox, 4)
    const bad = await sandbox.load(loop(0), RULES)
    const all = [call(bad, 'spin'), count(), call(bad, 'spin'), count()]
    expect(await Promise.allSettled(all)).toMatchObject([
      { reason: { code: 'CALL_TIMEOUT' } },
      { ...OK, value: 4 },
      { reason: { code: 'CALL_TIMEOUT' } },
      { ...OK, value: 4 },
    ])
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(guests().length).toBeLessThanOrEqual(1)
  })
})

describe('while one contract', () => {
  const hostile: [string, string][] = [
    ['backtracks', `export function bad () { ${BACKTRACK} }`],
    ['backtracks while it loads', BACKTRACK],
  ]
  const attackOf = async (sandbox: Sandbox, source: string) => {
    const whole = `${source}\nexport function apply () {}\n// ${Math.random()}`
    return call(await sandbox.load(whole, RULES), 'bad')
  }

  it.each(hostile)('%s, another database is served', async (_, source) => {
    // It goes on for as long as it takes to see.
    const limits = { opMs: 60_000, loadMs: 60_000 }
    await using first = await Sandbox.open(limits)
    await using second = await Sandbox.open(limits)
    const count = await counterOf(second, 5)
    let isOver = false
    const attack = attackOf(first, source)
      .catch((error) => error)
      .finally(() => {
        isOver = true
      })
    for (let served = 0; served <= 20; served++) expect(await count()).toBe(5)
    expect(isOver).toBe(false)
    await first.close()
    expect((await attack) as Error).toMatchObject({ code: 'SANDBOX_CLOSED' })
    expect(await count()).toBe(5)
  })

  it.each(hostile)('%s, it is ended in time, and another database is served on', async (_, source) => {
    const limits = { opMs: 500, loadMs: 500 }
    await using first = await Sandbox.open(limits)
    await using second = await Sandbox.open(limits)
    const count = await counterOf(second, 5)
    const attack = attackOf(first, source).catch((error) => error)
    expect(await count()).toBe(5)
    expect((await attack) as Error).toMatchObject({
      code: expect.stringMatching(/CALL_TIMEOUT|GUEST_|CONTRACT_/),
    })
    expect(await count()).toBe(5)
  })

  it('is ended, no work of others is', async () => {
    await using sandbox = await Sandbox.open({ opMs: 250 })
    const honest = await Promise.all(
      Array.from({ length: 30 }, (_, n) => sandbox.load(`export function apply () { return ${n} }`, RULES)),
    )
    const bad = await Promise.all([1, 2, 3].map((n) => sandbox.load(loop(n), RULES)))
    const isOver = Promise.allSettled(
      bad.flatMap((contract) => [call(contract, 'spin'), call(contract, 'spin')]),
    )
    for (let round = 0; round < 5; round++) {
      const steps = honest.map((contract) => stepOver(sandbox, contract, new MemorySource(), {}))
      const values = (await Promise.all(steps)).map(({ outcome }) => decodeValue(outcome.value!))
      expect(values).toEqual(honest.map((_, n) => n))
    }
    for (const { status } of await isOver) expect(status).toBe('rejected')
  })
})

describe('a contract that had its guest ended', () => {
  it.runIf(IS_LINUX)('gets guests of its own, which stand back', async () => {
    await using sandbox = await Sandbox.open({ opMs: 500 })
    const count = await counterOf(sandbox, 5)
    const bad = await sandbox.load(loop(0), RULES)
    await expect(call(bad, 'spin')).rejects.toMatchObject({ code: 'CALL_TIMEOUT' })
    const again = call(bad, 'spin').catch((error) => error)
    const standsBack = until(
      () => guests().map(niceOf),
      (nices) => nices.filter((nice) => nice === 10).length === 1,
    )
    expect(await count()).toBe(5)
    await standsBack
    expect(await count()).toBe(5)
    expect(await again).toMatchObject({ code: 'CALL_TIMEOUT' })
  })

  it('is refused when it happens again and again, and nobody else is', async () => {
    // A call of somebody else gets no second attempt, and so long on a busy machine.
    const limits = { opMs: 400 }
    await using sandbox = await Sandbox.open(limits)
    await using other = await Sandbox.open(limits)
    const source = loop(0)
    const [bad, same] = await Promise.all([sandbox.load(source, RULES), other.load(source, RULES)])
    const count = await counterOf(sandbox, 5)
    for (let n = 0; n < 6; n++) await expect(spin(bad)).rejects.toMatchObject({ code: 'CALL_TIMEOUT' })
    const from = Date.now()
    const refusal = await spin(bad).catch((error) => error as SandboxError)
    expect(refusal).toMatchObject({ code: 'CONTRACT_REFUSED', details: { kills: 6 } })
    expect(refusal.details.retryAt).toBeGreaterThan(from)
    await expect(spin(same)).rejects.toMatchObject({ code: 'CALL_TIMEOUT' })
    expect(await count()).toBe(5)
  })

  function spin(contract: Contract): Promise<never> {
    return call(contract, 'spin') as Promise<never>
  }
})

describe('a run that is called off', () => {
  it('before its turn never runs', async () => {
    await using sandbox = await Sandbox.open({ opMs: 500 })
    const bad = await sandbox.load(loop(0), RULES)
    const spin = call(bad, 'spin')
    const { signal, abort } = aborter()
    const params = new Uint8Array([0xa0])
    const second = bad.call({ method: 'spin', params, caller: caller(), signal })
    abort()
    await expect(second).rejects.toThrow('called off')
    await expect(spin).rejects.toMatchObject({ code: 'CALL_TIMEOUT' })
    await expect(bad.call({ method: 'spin', params, caller: caller(), signal })).rejects.toThrow('called off')
  })

  function aborter() {
    const controller = new AbortController()
    return { signal: controller.signal, abort: () => controller.abort(new Error('called off')) }
  }
})

function niceOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
}
