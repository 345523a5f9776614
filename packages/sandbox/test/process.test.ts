// The guest process: killed, replaced, closed, confined (spec/4-execution §5, §6).
import { readFileSync } from 'node:fs'
import { decodeValue } from '@vitra/log/values'
import { describe, expect, it } from 'vitest'
import { enginePackage } from '../src/engine.js'
import { type Contract, ENGINES, engineName, Sandbox, SandboxError, UnexecutableError } from '../src/index.js'
import { permissionFlag } from '../src/spawn.js'
import { COUNTER, call, caller, evaluate, MemorySource, RULES, run, stepOver } from './helpers.js'
import { startLoneHost } from './lone-host.js'
import { children, guests, IS_LINUX, isAlive, until } from './processes.js'

/** What fuel does not see: it goes on until the guest is ended. */
const BACKTRACK = "void /^(a|a)*$/.test('a'.repeat(64) + 'b')"

describe('a sandbox', () => {
  it('names its engine, one of the closed list', async () => {
    await using sandbox = await Sandbox.open()
    expect(sandbox.engine).toBe(engineName(process.versions.v8))
    expect(ENGINES).toContain(sandbox.engine)
    expect(ENGINES).toEqual(['v8-11.3', 'v8-12.4', 'v8-13.6', 'v8-14.6'])
  })

  it.each([
    ['20.19.0', '@vitra/engine-node20'],
    ['22.0.0', '@vitra/engine-node22'],
    ['23.11.1', '@vitra/engine-node22'],
    ['24.0.0', '@vitra/engine-node24'],
    ['26.1.0', '@vitra/engine-node24'],
  ])('takes the engine for Node %s from %s', (node, name) => {
    expect(enginePackage(node)).toBe(name)
  })

  it.runIf(IS_LINUX)('leaves no process behind', async () => {
    const before = children()
    const sandboxes = await Promise.all([60, 61, 62].map((memoryMb) => Sandbox.open({ memoryMb })))
    expect(children().length).toBe(before.length + 3)
    const endless = `export function apply () { ${BACKTRACK} }`
    const loops = sandboxes.map((sandbox) => run(sandbox, endless).catch((error) => error))
    await new Promise((resolve) => setTimeout(resolve, 200))
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()))
    for (const error of await Promise.all(loops)) expect(error).toMatchObject({ code: 'SANDBOX_CLOSED' })
    expect(children()).toEqual(before)
  })

  it('refuses work once it is closed, and closes twice', async () => {
    const sandbox = await Sandbox.open()
    const contract = await sandbox.load(COUNTER, RULES)
    await sandbox.close()
    await sandbox.close()
    await expect(call(contract, 'get')).rejects.toMatchObject({ code: 'SANDBOX_CLOSED' })
    await expect(sandbox.load('export const apply = {}', RULES)).rejects.toMatchObject({
      code: 'SANDBOX_CLOSED',
    })
  })

  it('serves calls that come together one after another', async () => {
    await using sandbox = await Sandbox.open()
    const contract = await sandbox.load(COUNTER, RULES)
    const source = new MemorySource({ '/counter': 5 })
    const results = await Promise.all(
      Array.from({ length: 50 }, () => call(contract, 'get', {}, caller(source))),
    )
    expect(results.map(({ response }) => response)).toEqual(Array(50).fill(5))
  })

  it('holds more contracts than a guest keeps ready', async () => {
    await using sandbox = await Sandbox.open()
    const sources = Array.from({ length: 40 }, (_, n) => `export function apply () { return ${n} }`)
    const contracts = await Promise.all(sources.map((source) => sandbox.load(source, RULES)))
    for (let round = 0; round < 2; round++) {
      for (const [n, contract] of contracts.entries()) {
        const { outcome } = await stepOver(sandbox, contract, new MemorySource(), {})
        expect(decodeValue(outcome.value!)).toBe(n)
      }
    }
  })
})

describe('a guest that dies', () => {
  it.runIf(IS_LINUX)('in the middle of an op is replaced, and the op runs again', async () => {
    await using sandbox = await Sandbox.open()
    const contract = await sandbox.load(COUNTER, RULES)
    const source = new MemorySource({ '/counter': 1 })
    let kills = 0
    const { get } = source
    source.get = async (key) => {
      if (kills++ === 0) for (const pid of guests()) process.kill(pid, 'SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, 100))
      return get.call(source, key)
    }
    const { outcome, reads } = await stepOver(sandbox, contract, source, { op: 'INCREMENT', amount: 1 })
    expect(outcome).toMatchObject({ kind: 'ok', numChanges: 1 })
    expect(reads).toHaveLength(1)
    expect(kills).toBe(2)
  })

  it('gives the others that die with it a moment, before one of them gets the op', async () => {
    await using sandbox = await Sandbox.open()
    const contract = await sandbox.load(COUNTER, RULES)
    // Which exit the system reports first is chance: here all guests fail for as long as exits may take.
    const goneAt = performance.now() + 50
    const failure = new SandboxError('GUEST_CRASHED', 'the guest ended')
    const apply: Contract['apply'] = async (request) =>
      performance.now() < goneAt ? { endings: [], failure } : contract.apply(request)
    const dying: Contract = Object.assign(Object.create(contract), { apply })
    const source = new MemorySource({ '/counter': 1 })
    const { outcome } = await stepOver(sandbox, dying, source, { op: 'INCREMENT', amount: 1 })
    expect(outcome).toMatchObject({ kind: 'ok', numChanges: 1 })
  })

  it.runIf(IS_LINUX)('twice makes the op unexecutable, and nothing else', async () => {
    await using sandbox = await Sandbox.open()
    const contract = await sandbox.load(COUNTER, RULES)
    const source = new MemorySource()
    source.get = async () => {
      for (const pid of guests()) process.kill(pid, 'SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, 100))
      return null
    }
    const error = await stepOver(sandbox, contract, source, { op: 'INCREMENT', amount: 1 }).catch(
      (thrown) => thrown,
    )
    expect(error).toBeInstanceOf(UnexecutableError)
    expect(error).toMatchObject({ code: 'UNEXECUTABLE', cause: { code: 'GUEST_CRASHED' } })
    expect(await evaluate(sandbox, 'return 1')).toBe(1)
  })

  it('takes no other contract with it', async () => {
    await using sandbox = await Sandbox.open({ opMs: 300 })
    const counter = await sandbox.load(COUNTER, RULES)
    const bad = await sandbox.load(
      'export function spin () { for (;;) {} }\nexport function apply () {}',
      RULES,
    )
    const source = new MemorySource({ '/counter': 3 })
    const all = await Promise.allSettled([
      call(counter, 'get', {}, caller(source)),
      call(bad, 'spin'),
      call(counter, 'get', {}, caller(source)),
      call(bad, 'spin'),
      call(counter, 'get', {}, caller(source)),
    ])
    expect(all.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
  })

  it('while loading says why', async () => {
    await using sandbox = await Sandbox.open({ loadMs: 300 })
    const loop = sandbox.load(`${BACKTRACK}\nexport function apply () {}`, RULES)
    await expect(loop).rejects.toMatchObject({ code: 'GUEST_TIMEOUT' })
    expect(await evaluate(sandbox, 'return 1')).toBe(1)
  })
})

describe.runIf(IS_LINUX)('the host', () => {
  it('that is killed takes its guests with it, even from an endless loop', async () => {
    const host = await startLoneHost()
    const found = await new Promise<number[]>((resolve) => {
      let text = ''
      host.stdout!.on('data', (chunk) => {
        text += chunk
        if (text.includes('looping')) resolve(children(host.pid!))
      })
    })
    expect(found.length).toBe(1)
    host.kill('SIGKILL')
    await until(
      () => found.filter(isAlive),
      (alive) => alive.length === 0,
    )
  })
})

describe('the permission model', () => {
  it.each([
    ['20.19.0', '--experimental-permission'],
    ['22.12.0', '--experimental-permission'],
    ['22.13.0', '--permission'],
    ['23.4.0', '--experimental-permission'],
    ['24.0.0', '--permission'],
  ])('is asked for on Node %s by %s', (version, flag) => {
    expect(permissionFlag(version)).toBe(flag)
  })

  it('is asked for by a flag that this Node knows', () => {
    expect(process.allowedNodeEnvironmentFlags.has(permissionFlag(process.versions.node))).toBe(true)
  })
})

describe.runIf(IS_LINUX)('a guest', () => {
  it('has an empty environment, no descriptor but the channel, and limits', async () => {
    await using sandbox = await Sandbox.open({ memoryMb: 64 })
    const [pid] = guests()
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toMatch(
      /^(PWD=[^\0]*\0|OLDPWD=[^\0]*\0|SHLVL=[^\0]*\0|_=[^\0]*\0)*$/,
    )
    const limits = readFileSync(`/proc/${pid}/limits`, 'utf8')
    expect(limits).toMatch(/Max data size +\d+ +\d+ +bytes/)
    expect(limits).toMatch(/Max open files +64 +64/)
    expect(limits).toMatch(/Max core file size +0 +0/)
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    expect(command).toContain('--no-node-snapshot')
    expect(command.join(' ')).toMatch(/--(experimental-)?permission /)
    expect(await evaluate(sandbox, 'return 1')).toBe(1)
  })
})
