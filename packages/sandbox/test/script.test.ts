// Compiled scripts in the sandbox: one call at a time over an index in memory (spec/10-scripts).
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox } from '../src/index.js'
import { hex, MemorySource, RULES, stepOver } from './helpers.js'
import { loadScript, ME } from './scripts.js'

const OTHER = new Uint8Array(32).fill(9)

/** The contract of the first seed, to the letter. */
const FORUM = readFileSync(new URL('../../../apps/examples/scripts/forum.js', import.meta.url), 'utf8')

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

/** A script that has begun. */
async function begin(text: string) {
  const script = await loadScript(sandbox, text)
  expect(await script.run('init')).toBe(undefined)
  return script
}

describe('calls', () => {
  it('of the forum of the seed', async () => {
    const { contract, run, entries } = await begin(FORUM)
    expect(contract.warnings).toEqual([])
    expect(await run('addTopic', 'Hello world')).toBe(1)
    expect(await run('addPost', 1, 'My name is bob')).toBe(1)
    expect(entries()).toEqual({
      '/topics': {},
      '/topics/1': {},
      '/topics/1/title': 'Hello world',
      '/topics/1/1': 'My name is bob',
      '/.exports/topicCounter': 1,
      '/.exports/postCounter': 1,
      '/.script': { owner: ME, variables: ['topicCounter', 'postCounter'] },
    })
  })

  it('that throw change nothing, variables included', async () => {
    const { run, entries } = await begin(FORUM)
    await run('addTopic', 'one')
    const before = entries()
    expect(await run('addPost', 7, 'nowhere')).toEqual({
      failed: 'contract',
      message: "ENOENT: no such file or directory, open '/topics/7/1'",
    })
    expect(await run('addTopic', 3)).toMatchObject({ failed: 'contract', message: /a text or a Uint8Array/ })
    expect(await run('addTopic')).toMatchObject({ failed: 'contract' })
    expect(entries()).toEqual(before)
    expect(await run('addTopic', 'two')).toBe(2)
  })

  it('begin with init, which runs once', async () => {
    const { run, op, entries } = await loadScript(sandbox, 'exports.add = () => 1')
    const early = { failed: 'contract', message: 'the database has not begun: its first call is init()' }
    expect(await run('add')).toEqual(early)
    expect(await run('addParticipant', ME)).toEqual(early)
    expect(await run('init', 1)).toEqual({ failed: 'contract', message: 'init takes no arguments' })
    expect(entries()).toEqual({})
    expect(await run('init')).toBe(undefined)
    expect(entries()).toEqual({ '/.script': { owner: ME, variables: [] } })
    expect(await run('init')).toMatchObject({ message: expect.stringMatching(/^init has run/) })
    expect(await run('add')).toBe(1)
    for (const other of [
      null,
      1,
      {},
      { call: 'add' },
      { call: 'add', args: [], more: 1 },
      { call: 1, args: [] },
    ])
      expect(await op(other)).toMatchObject({ message: expect.stringMatching(/^an op of a script is/) })
    for (const name of ['nothing', 'toString', 'constructor', '__proto__', 'then'])
      expect(await run(name)).toMatchObject({ message: `the script exports no function ${name}` })
  })

  it('know who calls, when, and no clock', async () => {
    const { run, runAs } = await begin('exports.who = () => ({ ...caller })')
    expect(await run('who')).toEqual({ id: ME, seq: 3, ts: 1_700_000_000_000 })
    expect(await runAs(OTHER, 'who')).toMatchObject({ id: hex(OTHER) })
  })

  it('leave what is not awaited without effect, but for what state was asked for', async () => {
    const { run, entries } = await begin(`
      exports.count = 0
      exports.start = () => {
        state.writeFile('/a', 'first').then(() => state.writeFile('/late', 'x'))
        state.writeFile('/a', 'second')
        const later = async () => { await null; await null; await null; await null; exports.count = 1 }
        later()
      }`)
    expect(await run('start')).toBe(undefined)
    expect(entries()).toMatchObject({ '/a': 'second', '/.exports/count': 0 })
  })

  it('fail where state failed and nobody waited', async () => {
    const { run, entries } = await begin(`
      exports.forget = () => { state.writeFile('/kept', 'x'); state.unlink('/none') }
      exports.handle = () => { state.unlink('/none').catch(() => {}); state.writeFile('/kept', 'y') }
      exports.all = async () => (await Promise.allSettled([state.unlink('/none'), state.readFile('/kept')])).map(({ status }) => status)
      exports.later = async () => { const gone = state.unlink('/none'); await null; try { await gone } catch ({ code }) { return code } }
      exports.same = async () => { const gone = state.unlink('/none'); try { await gone } catch (error) { return [gone instanceof Promise, error instanceof Error, error.path] } }`)
    expect(await run('forget')).toMatchObject({
      failed: 'contract',
      message: expect.stringMatching(/^ENOENT: .*'\/none'$/),
    })
    expect(entries()).not.toHaveProperty('/kept')
    expect(await run('handle')).toBe(undefined)
    expect(entries()).toMatchObject({ '/kept': 'y' })
    expect(await run('all')).toEqual(['rejected', 'fulfilled'])
    expect(await run('later')).toBe('ENOENT')
    expect(await run('same')).toEqual([true, true, '/none'])
  })

  it('keep nothing but variables and files from one to the next', async () => {
    const { run, contract } = await begin(`
      let hidden = 0
      const list = []
      exports.kept = []
      exports.both = () => { list.push(1); exports.kept.push(1); state.own = 1; return [++hidden, list.length, exports.kept.length] }
      exports.marked = () => Object.keys(state).includes('own')`)
    expect(contract.warnings).toEqual([])
    expect(await run('both')).toEqual([1, 1, 1])
    expect(await run('both')).toEqual([1, 1, 2])
    expect(await run('marked')).toBe(false)
  })
})

describe('variables', () => {
  it('are written one by one, where they changed', async () => {
    const { run, state, entries } = await begin(`
      exports.a = { list: [1] }
      exports.b = 'text'
      exports.nothing = undefined
      exports.push = (n) => { exports.a.list.push(n) }
      exports.make = (name, value) => { exports[name] = value }
      exports.remove = (name) => { delete exports[name] }
      exports.names = () => Object.keys(exports).filter((name) => typeof exports[name] !== 'function')`)
    const before = new Map(state.entries)
    expect(await run('push', 2)).toBe(undefined)
    const changed = [...state.entries]
      .filter(([path, value]) => before.get(path) !== value)
      .map(([path]) => path)
    expect(changed).toEqual(['/.exports/a'])
    await run('make', 'c', -0)
    expect(entries()).toMatchObject({ '/.exports/c': 0, '/.script': { variables: ['a', 'b', 'c'] } })
    expect(await run('names')).toEqual(['a', 'b', 'nothing', 'c'])
    await run('remove', 'c')
    expect(entries()).toMatchObject({ '/.script': { variables: ['a', 'b'] } })
    expect(entries()).not.toHaveProperty('/.exports/c')
    expect(await run('remove', 'b')).toEqual({
      failed: 'value',
      message: 'exports.b is undefined, but the script begins with a value for it: set it to null',
    })
    await run('make', 'b', null)
    expect(entries()).toMatchObject({ '/.exports/b': null })
  })

  it('that are no values fail the call, by name', async () => {
    const { run, entries } = await begin(`
      exports.set = (name, kind) => { exports[name] = { map: new Map(), nan: NaN, deep: { x: [1n] }, no: { x: undefined } }[kind] }
      exports.text = (name) => { exports[name] = 1 }`)
    const before = entries()
    expect(await run('set', 'users', 'map')).toMatchObject({
      failed: 'value',
      message: expect.stringMatching(/^exports\.users cannot be kept: /),
    })
    for (const kind of ['nan', 'deep', 'no'])
      expect(await run('set', 'x', kind)).toMatchObject({
        failed: 'value',
        message: expect.stringMatching(/^exports\.x /),
      })
    for (const name of ['a/b', '', '.', '..', '\0'])
      expect(await run('text', name)).toMatchObject({
        failed: 'value',
        message: expect.stringMatching(/cannot be kept under this name/),
      })
    expect(entries()).toEqual(before)
  })

  it('come back as what the text gives, where it gives a function', async () => {
    const { run } = await begin(
      'exports.f = () => 1; exports.swap = () => { exports.f = 5 }; exports.kind = () => typeof exports.f',
    )
    await run('swap')
    expect(await run('kind')).toBe('function')
  })

  it('of module.exports, and of an ES module, are kept as well', async () => {
    const common = await begin(`
      const add = function (n) { this.sum += n; return module.exports.sum }
      module.exports = { sum: 0, add }`)
    await common.run('add', 2)
    expect(await common.run('add', 3)).toBe(5)
    const module = await begin(`
      import { ok } from 'assert'
      export let sum = 0, last
      export const seen = []
      export async function add(n) { ok(n > 0, 'only up'); sum += n; last = n; seen.push(n); return sum }
      const hidden = () => [sum, last, seen]
      export { hidden as all, sum as total }`)
    expect(module.contract.warnings).toEqual([])
    await module.run('add', 2)
    expect(await module.run('add', 3)).toBe(5)
    expect(await module.run('all')).toEqual([5, 3, [2, 3]])
    expect(await module.run('add', -1)).toEqual({ failed: 'contract', message: 'only up' })
    expect(module.entries()).toMatchObject({
      '/.exports/sum': 5,
      '/.exports/last': 3,
      '/.exports/seen': [2, 3],
    })
  })
})

describe('read-only calls', () => {
  it('see the state and say so when they would change it', async () => {
    const { run, read, entries } = await begin(`${FORUM}
      exports.topics = () => state.readdir('/topics')
      exports.title = (id) => state.readFile('/topics/' + id + '/title')
      exports.silent = () => { exports.topicCounter = 9 }
      exports.invent = () => { exports.fresh = 1 }
      exports.me = () => ({ ...caller })`)
    await run('addTopic', 'one')
    await run('addTopic', 'two')
    const before = entries()
    expect(await read('topics')).toEqual(['1', '2'])
    expect(await read('title', 2)).toBe('two')
    expect(await read('me')).toEqual({ id: ME })
    await expect(read('addTopic', 'three')).rejects.toThrow(
      "EROFS: read-only file system, mkdir '/topics/3': this is a read-only call: make it through db.api()",
    )
    await expect(read('silent')).rejects.toThrow('silent changes exports.topicCounter')
    await expect(read('invent')).rejects.toThrow('invent changes exports.fresh')
    await expect(read('addParticipant', ME)).rejects.toThrow('read-only call')
    expect(entries()).toEqual(before)
  })
})

describe('state', () => {
  it('keeps what is reserved out of reach and out of sight', async () => {
    const { run } = await begin(`
      exports.count = 1
      exports.try = async (name, ...args) => { try { return await state[name](...args) } catch ({ code, message }) { return [code, message] } }`)
    for (const path of ['/.sys', '/.sys/contract/source', '/.exports/count', '/.script', 'x/../.script'])
      for (const name of ['readFile', 'writeFile', 'stat', 'unlink', 'readdir', 'mkdir'])
        expect(await run('try', name, path, ...(name === 'writeFile' ? ['x'] : []))).toMatchObject({
          0: 'EPERM',
        })
    expect(await run('try', 'rename', '/a', '/.script')).toMatchObject({ 0: 'EPERM' })
    expect(await run('try', 'readdir', '/')).toEqual([])
    await run('try', 'writeFile', '.sysx', 'allowed')
    expect(await run('try', 'readdir', '/')).toEqual(['.sysx'])
  })

  it('reads as text or bytes, and takes paths as people write them', async () => {
    const { run } = await begin(`
      exports.go = async () => {
        await state.writeFile('/text', 'hällo')
        await state.writeFile('./bytes', new Uint8Array([104, 105]))
        await state.writeFile('/broken', new Uint8Array([255]))
        return [
          await state.readFile('text'), await state.readFile('/x/../text', 'utf8'), await state.readFile('//text', { encoding: null }),
          await state.readFile('bytes'), await state.readFile('bytes', { encoding: 'utf8' }),
          await state.readFile('broken', 'utf8').catch(({ code }) => code),
          (await state.stat('text')).size,
          await state.readFile('/a' + 'b'.repeat(2000)).catch(({ code }) => code),
          await state.readFile('/\\0').catch(({ code }) => code),
          await state.readFile(3).catch(({ code }) => code),
          await state.readFile('text', 'latin1').catch(({ code }) => code),
        ]
      }`)
    expect(await run('go')).toEqual([
      'hällo',
      'hällo',
      new Uint8Array(Buffer.from('hällo')),
      new Uint8Array([104, 105]),
      'hi',
      'EINVAL',
      6,
      'ENAMETOOLONG',
      'EINVAL',
      'ERR_INVALID_ARG_TYPE',
      'ERR_INVALID_ARG_VALUE',
    ])
  })
})

describe('participants', () => {
  it('are admitted by the owner, where the script says nothing else', async () => {
    const { run, runAs, state } = await begin(`
      exports.all = () => participants.list()
      exports.both = async (id) => { await participants.add(id); return participants.list() }`)
    const inputs = () => [...state.entries.keys()].filter((path) => path.startsWith('/.sys/inputs/')).length
    expect(await runAs(OTHER, 'addParticipant', hex(OTHER))).toMatchObject({
      message: `addParticipant is for the owner of the database, ${ME}`,
    })
    expect(await run('addParticipant', hex(OTHER))).toBe(undefined)
    expect(inputs()).toBe(1)
    expect(await run('all')).toEqual([hex(OTHER)])
    expect(await run('both', ME)).toHaveLength(2)
    expect(await run('removeParticipant', ME)).toBe(undefined)
    expect(await run('all')).toEqual([hex(OTHER)])
    expect(await run('addParticipant', 'nonsense')).toMatchObject({ failed: 'value' })
    expect(await run('addParticipant')).toMatchObject({ failed: 'value' })
  })
})

describe('the adapter', () => {
  it('requires assert and util, the same at every replay', async () => {
    const { run } = await begin(`
      const assert = require('node:assert')
      const { random } = require('util')
      exports.draw = () => { assert.ok(true); return [random(), random()] }
      exports.more = (name) => { try { require(name) } catch ({ code }) { return code } }`)
    const drawn = await run('draw')
    expect(await run('draw')).toEqual(drawn)
    expect(await run('more', 'fs')).toBe('MODULE_NOT_FOUND')
  })

  it('takes the same fuel in a fresh realm', async () => {
    const fresh = await Sandbox.open({ freshRealms: true })
    try {
      const [shared, alone] = await Promise.all([sandbox, fresh].map((one) => loadScript(one, FORUM)))
      for (const script of [shared!, alone!]) await script.run('init')
      for (const call of [
        ['addTopic', 'x'],
        ['addPost', 1, 'y'],
        ['addPost', 2, 'z'],
      ] as [string, ...unknown[]][])
        expect(await shared!.fuel(...call)).toBe(await alone!.fuel(...call))
    } finally {
      await fresh.close()
    }
  })

  it('is for contracts of ABI 2, and takes only the tx that apply got', async () => {
    const contract = await sandbox.load(
      `import { runCall } from 'vitra:script'
      export function apply (tx, op, ack) { return runCall(() => {}, {}, { ...tx }, op, ack) }`,
      { ...RULES, abi: 2 },
    )
    const { outcome } = await stepOver(
      sandbox,
      contract,
      new MemorySource(),
      {},
      { rules: { ...RULES, abi: 2 } },
    )
    expect(outcome).toMatchObject({
      kind: 'failed',
      code: 'contract',
      message: 'runCall takes the tx, op and ack that apply gets',
    })
  })
})
