// Scripts and ops that try to break the adapter (spec/10-scripts): nothing of one call is left for another, whichever way they
// are executed, and what the adapter does for a script runs nothing of it for nothing.
import { compileScript, readScript } from '@vitra/contract-sdk/script'
import { decodeValue } from '@vitra/log/values'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox, type Step } from '../src/index.js'
import { call, playEveryWay } from './script-play.js'
import { loadScript, ME } from './scripts.js'

let shared: Sandbox
let fresh: Sandbox
beforeAll(async () => {
  shared = await Sandbox.open()
  fresh = await Sandbox.open({ freshRealms: true })
})
afterAll(async () => {
  await shared.close()
  await fresh.close()
})

/** What calls returned, or `{failed, message}`; the same in every way. */
async function results(text: string, ...calls: Parameters<typeof call>[]): Promise<unknown[]> {
  const ops = calls.map((one) => call(...one))
  const { single, batched, alone } = await playEveryWay({ shared, fresh }, text, ops)
  expect(batched.published).toEqual(single.published)
  expect(alone.published).toEqual(single.published)
  return single.steps.slice(1).map(shownOf)
}

function shownOf({ outcome: { kind, code, message, value } }: Step): unknown {
  if (kind === 'ok') return value === undefined ? undefined : decodeValue(value)
  return { failed: code, message }
}

/** Marks whatever it gets hold of, and says which marks it finds. */
const marking = (targets: string) => `
exports.mark = () => {
  const marks = []
  for (const target of [${targets}]) {
    try { if (target.marked) marks.push(String(target.marked)); target.marked = 'yes' } catch {}
    try { Object.defineProperty(target, 'defined', { value: 1 }) } catch {}
    try { Object.setPrototypeOf(target, { inherited: 1 }) } catch {}
    if ('defined' in target && !Object.hasOwn(target, 'defined')) marks.push('defined above')
    if ('inherited' in target && Object.isFrozen(target)) marks.push('inherits')
  }
  return marks
}`

describe('nothing of a call is left in', () => {
  const held: [string, string][] = [
    ['state, participants and caller', 'state, participants, caller'],
    ['their functions', 'state.readFile, state.writeFile, participants.list, require'],
    [
      'their prototypes',
      'Object.getPrototypeOf(state), Object.getPrototypeOf(participants.add), Object.prototype',
    ],
    ['modules', "require('assert'), require('assert').equal, require('util'), require('util').genUUID ?? {}"],
    ['errors of modules', "require('assert').AssertionError ?? Error, Error.prototype, TypeError"],
    ['what state promises', "state.stat('/'), Object.getPrototypeOf(state.readdir('/')), Promise.prototype"],
    ['module', 'module, exports.mark'],
    ['functions of the script', 'exports.mark, (() => {}), (async () => {}).constructor'],
    ['templates', '((parts) => parts)`a`, ((parts) => parts.raw)`a`'],
    ['functions of the contract around it', 'apply, call, read, functions, addParticipant'],
  ]
  for (const [what, targets] of held) {
    it(what, async () => {
      const found = await results(marking(targets), ['mark'], ['mark'], ['mark'])
      expect(found).toEqual([[], [], []])
    })
  }

  it('errors, lists, stat objects and bytes that it was given', async () => {
    const text = `
      exports.init = async () => { await state.mkdir('/d'); await state.writeFile('/d/f', new Uint8Array([1, 2])) }
      exports.spoil = async () => {
        const seen = []
        const bytes = await state.readFile('/d/f')
        seen.push([...bytes])
        new Uint8Array(bytes.buffer).fill(9)
        const names = await state.readdir('/d')
        seen.push([...names])
        names.push('made up')
        const stat = await state.stat('/d/f')
        seen.push(stat.size, stat.isFile())
        stat.size = 77
        stat.isFile = () => false
        const error = await state.readFile('/none').catch((thrown) => thrown)
        seen.push(error.code, Object.keys(error))
        error.code = 'MINE'
        Object.assign(error, { extra: 1 })
        const list = await participants.list()
        seen.push(list.length)
        list.push('nobody')
        return seen
      }`
    const seen = [[1, 2], ['f'], 2, true, 'ENOENT', ['code', 'syscall', 'path'], 0]
    expect(await results(text, ['spoil'], ['spoil'])).toEqual([seen, seen])
  })

  it('functions that were replaced, module.exports that was swapped, and proxies', async () => {
    const text = `
      exports.n = 0
      exports.add = () => ++exports.n
      exports.replace = () => { exports.add = () => 'replaced'; return exports.add() }
      exports.swap = () => { module.exports = { n: 100, add: () => 'swapped' } }
      exports.freeze = () => { Object.freeze(exports); exports.add.kept = 1 }`
    const calls: [string][] = [['add'], ['replace'], ['add'], ['swap'], ['add'], ['freeze'], ['add']]
    expect(await results(text, ...calls)).toEqual([1, 'replaced', 2, undefined, 3, undefined, 4])
    const proxy = `
      const kept = { n: 0 }
      let reads = 0
      module.exports = new Proxy(kept, {
        get: (target, name) => name === 'add' ? () => ++target.n : name === 'n' ? target.n + (reads++ % 2) : target[name],
        ownKeys: () => ['n', 'add'],
        getOwnPropertyDescriptor: (target, name) => ({ value: target[name], writable: true, enumerable: true, configurable: true }),
      })`
    expect(await results(proxy, ['add'], ['add'], ['add'])).toHaveLength(3)
  })

  it('promises that never settle, loops that go on, and what was still to come', async () => {
    const text = `
      exports.n = 0
      const log = []
      exports.hang = () => new Promise(() => {})
      exports.spin = () => { for (;;) {} }
      exports.later = () => { const go = async () => { for (let i = 0; i < 50; i++) { await null; log.push(i); exports.n++ } }; go(); return log.length }
      exports.race = () => { Promise.resolve().then(() => state.writeFile('/late', 'x')).then(() => participants.list()); return 1 }
      exports.add = () => [++exports.n, log.length]`
    // One step of what goes on comes before the call has settled, in every engine.
    const found = await results(text, ['add'], ['hang'], ['add'], ['later'], ['add'], ['race'], ['add'])
    expect(found).toMatchObject([[1, 0], { failed: 'never-settles' }, [2, 0], 0, [4, 0], 1, [5, 0]])
  })
})

describe('exports', () => {
  it('of any kind are kept or refused, the same in every way', async () => {
    const kinds = `{
      proto: () => Object.defineProperty(exports, '__proto__', { value: 1, enumerable: true }),
      chain: () => Object.setPrototypeOf(exports, { inherited: 5 }),
      symbol: () => { exports[Symbol('s')] = 1 },
      getter: () => { let n = 0; Object.defineProperty(exports, 'g', { get: () => n++, enumerable: true }) },
      throws: () => Object.defineProperty(exports, 'g', { get () { throw new Error('not now') }, enumerable: true }),
      turns: () => { let n = 0; Object.defineProperty(exports, 'g', { get: () => n++ === 0 ? 1 : () => {}, enumerable: true }) },
      writes: () => Object.defineProperty(exports, 'g', { get () { state.writeFile('/read', 'x'); return 1 }, enumerable: true }),
      aliases: () => { exports.a = { n: 1 }; exports.b = exports.a; exports.b.n++ },
      cycle: () => { exports.a = []; exports.a.push(exports.a) },
      itself: () => { exports.a = exports },
      then: () => { exports.then = (done) => done('awaited') },
      thenable: () => { exports.a = { then: (done) => done(1) } },
      many: () => { for (let i = 0; i < 500; i++) exports['v' + i] = i },
      tooMany: () => { for (let i = 0; i < 10_001; i++) exports['v' + i] = i },
      sparse: () => { exports.a = [1, , 3] },
      zero: () => { exports.a = -0 },
      nan: () => { exports.a = NaN },
      lone: () => { exports.a = '\\ud800' },
      loneName: () => { exports['\\ud800'] = 1 },
      slash: () => { exports['a/b'] = 1 },
      empty: () => { exports[''] = 1 },
      date: () => { exports.a = new (class A { x = 1 })() },
      bytes: () => { exports.a = new (class extends Uint8Array { get length () { return 99 } })([1, 2]) },
      revoked: () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); exports.a = proxy },
      own: () => { exports.constructor = 1; exports.toString = 2; exports.hasOwnProperty = 3 },
      nothing: () => { module.exports = null },
      big: () => { exports.a = 'x'.repeat(1_100_000) },
      gone: () => { delete exports.n; delete exports.as },
    }`
    const text = `
      exports.n = 0
      exports.as = (kind) => { exports.n++; return kinds[kind]() === undefined ? null : 'done' }
      exports.look = () => Object.keys(exports).slice(0, 9)
      const kinds = ${kinds}`
    const names = [...kinds.matchAll(/^ {6}(\w+): \(/gm)].map(([, name]) => name!)
    expect(names.length).toBe(28)
    for (const name of names) {
      const [as, look] = await results(text, ['as', name], ['look'])
      const isFailed = typeof as === 'object' && as !== null && 'failed' in as
      expect({ name, as: isFailed ? as.failed : 'ok' }).toEqual({ name, as: OUTCOMES[name] ?? 'ok' })
      expect(look).toEqual(isFailed ? ['n', 'as', 'look'] : expect.arrayContaining(['n', 'as', 'look']))
    }
  })

  const OUTCOMES: Record<string, string> = {
    proto: 'value',
    throws: 'contract',
    cycle: 'value',
    itself: 'value',
    thenable: 'value',
    tooMany: 'size',
    sparse: 'value',
    nan: 'value',
    lone: 'value',
    loneName: 'value',
    slash: 'value',
    empty: 'value',
    date: 'value',
    revoked: 'engine',
    big: 'value',
    gone: 'value',
  }
})

describe('a module', () => {
  it.each([
    'let n = [5]\nexport { n }\n;[1].forEach((one) => { n.push(one) })',
    'const n = [5]\nexport { n }; [1].forEach((one) => { n.push(one) })',
    'const n = [5]\nexport { n };; [1].forEach((one) => { n.push(one) })',
    "const n = [5]\nimport { ok } from 'assert'\n(() => { n.push(1) })()\nexport { n }",
    "let n = [5]\nexport { n }\n/1/.test('1') && n.push(1)",
    "let n = [5]\nexport { n } // and\n;`1`.split('').forEach((one) => { n.push(Number(one)) })",
  ])('means what it says where its imports and exports were: %j', async (lines) => {
    const text = `${lines}\nexport const count = () => n`
    expect(readScript(compileScript(text))).toBe(text)
    expect(await results(text, ['count'])).toEqual([[5, 1]])
  })
})

describe('the adapter', () => {
  it('does not believe what a script makes of its caller', async () => {
    const script = await loadScript(
      shared,
      `exports.init = () => { caller.id = 'nobody'; Object.defineProperty(caller, 'seq', { get () { return 1 } }) }
       exports.claim = () => { caller.id = 'ab'; return caller.id }`,
    )
    await script.run('init')
    expect(script.entries()).toEqual({ '/.script': { owner: ME, variables: [] } })
    const claiming = await loadScript(shared, `caller.id = '${ME}'; exports.f = () => 1`)
    const other = new Uint8Array(32).fill(9)
    expect(await claiming.run('init')).toBe(undefined)
    expect(await claiming.runAs(other, 'addParticipant', 'cd'.repeat(32))).toMatchObject({
      failed: 'contract',
      message: `addParticipant is for the owner of the database, ${ME}`,
    })
  })

  it('runs nothing of a script for nothing', async () => {
    const heavy = `for (let i = 0; i < 300; i++) 'x'.repeat(100_000).toUpperCase()`
    const ways = {
      caller: `Object.defineProperty(caller, 'id', { get () { ${heavy}; return 'x' } })`,
      content: `return state.writeFile('/a', new Proxy(new Uint8Array(1), { getPrototypeOf () { ${heavy}; return Uint8Array.prototype } }))`,
      length: `const bytes = new Uint8Array([65]); Object.defineProperty(bytes, 'length', { get () { ${heavy}; return 1 } }); return state.appendFile('/t', bytes)`,
      kind: `const bytes = new Uint8Array([65]); bytes.constructor = { get [Symbol.species] () { ${heavy} } }; return state.appendFile('/t', bytes)`,
      path: `for (let i = 0; i < 100; i++) state.stat('../'.repeat(1365))`,
      message: `exports.x = { get a () { throw { __proto__: Error.prototype, get message () { ${heavy}; return 'm' } } } }`,
      text: `exports.x = { get a () { throw Object.assign(new Error(), { message: { toString () { ${heavy}; return 'm' } } }) } }`,
      refusal: `return participants.add('no').catch((error) => { Object.defineProperty(error, 'message', { get () { ${heavy}; return 'm' } }); exports.x = { get a () { throw error } } })`,
    }
    const price = 300 * 100_000
    for (const [name, way] of Object.entries(ways)) {
      const script = await loadScript(
        shared,
        `exports.init = () => state.writeFile('/t', 'text'); exports.way = () => { ${way} }`,
      )
      await script.run('init')
      const fuel = await script.fuel('way')
      // Either nothing of it was run, or it was paid for.
      expect({ name, isFair: fuel < 10_000 || fuel > price / 100 }).toEqual({ name, isFair: true })
    }
  })

  it('takes bytes for what they are, whatever the object says', async () => {
    const text = `
      exports.init = () => state.writeFile('/t', 'text')
      exports.append = async (kind) => {
        const bytes = new Uint8Array([65, 66])
        if (kind === 'short') Object.defineProperty(bytes, 'length', { value: 1 })
        if (kind === 'long') Object.defineProperty(bytes, 'length', { value: 100 })
        await state.appendFile('/t', kind === 'fake' ? Object.create(Uint8Array.prototype, { length: { value: 2 } }) : bytes)
        return state.readFile('/t', 'utf8')
      }`
    expect(await results(text, ['append', 'short'], ['append', 'long'], ['append', 'fake'])).toEqual([
      'textAB',
      'textABAB',
      { failed: 'contract', message: 'what is written to a file is a text or a Uint8Array' },
    ])
  })

  it('takes as many arguments as any call', async () => {
    const text = 'exports.count = function () { return arguments.length }'
    const { single, batched, alone } = await playEveryWay({ shared, fresh }, text, [
      { op: { call: 'count', args: Array(32_768).fill(0) } },
      { op: { call: 'count', args: Array(32_769).fill(0) } },
      { op: { call: 'count', args: Array(200_000).fill(0) } },
    ])
    expect(batched.published).toEqual(single.published)
    expect(alone.published).toEqual(single.published)
    const most = { failed: 'contract', message: 'a call takes at most 32768 arguments' }
    expect(single.steps.slice(1).map(shownOf)).toEqual([32_768, most, most])
  })

  it('holds at any depth of the script’s own calls', async () => {
    const text = `
      exports.n = 0
      exports.init = () => state.mkdir('/' + 'd/'.repeat(40), { recursive: true })
      const down = (n, then) => n === 0 ? then() : down(n - 1, then)
      const next = (n) => { state.writeFile('/a', 'x', { get flag () { if (n > 0) next(n - 1); return 'w' } }) }
      exports.remove = (n) => down(n, () => state.rm('/d', { recursive: true }))
      exports.options = (n) => { next(n) }
      exports.values = (n) => { const make = (n) => n === 0 ? 0 : { get x () { return make(n - 1) } }; exports.v = make(n) }`
    const calls: [string, number][] = [
      ['remove', 985],
      ['remove', 1000],
      ['options', 480],
      ['options', 2000],
      ['values', 60],
      ['values', 2000],
    ]
    const found = await results(text, ...calls)
    expect(found.map((one) => (one as { failed?: string } | undefined)?.failed ?? 'ok')).toEqual([
      'ok',
      'depth',
      'ok',
      'depth',
      'ok',
      'value',
    ])
  })
})

describe('ops past the methods', () => {
  it('fail, change nothing, and are the same in every way', async () => {
    const text = `exports.n = 0; exports.add = (by = 1) => { exports.n += by; return exports.n }`
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
    const ops: unknown[] = [
      { call: '__proto__', args: [] },
      { call: 'constructor', args: [] },
      { call: 'toString', args: [] },
      { call: 'n', args: [] },
      { call: 'init', args: [] },
      { call: 'init', args: [1] },
      { call: 'add', args: {} },
      { call: 'add', args: 'list' },
      { call: 'add', args: { 0: 1, length: 1 } },
      { call: 'add', args: [], extra: 1 },
      { call: ['add'], args: [] },
      { call: '', args: [] },
      { call: 'ad\u0000d', args: [] },
      { call: 'àdd', args: [] },
      { call: '\u202eadd', args: [] },
      { call: 'x'.repeat(100_000), args: [] },
      { call: 'missing', args: [deep(60)] },
      { call: 'missing', args: ['x'.repeat(900_000)] },
      { call: 'addParticipant', args: [] },
      { call: 'addParticipant', args: [{ pubkey: 'ab'.repeat(32) }], also: 1 },
      { call: 'addParticipant', args: ['ab'] },
      { call: 'removeParticipant', args: [null] },
      'add',
      null,
      [],
      [{ call: 'add', args: [] }],
      new Uint8Array([1]),
      42,
    ]
    const stranger = new Uint8Array(32).fill(9)
    const owners = ['addParticipant', 'removeParticipant'].map((name) => ({
      ...call(name, 'ab'.repeat(32)),
      signer: stranger,
    }))
    const played = [...ops.map((op) => ({ op })), ...owners]
    const { single, batched, alone } = await playEveryWay({ shared, fresh }, text, played)
    expect(batched.published).toEqual(single.published)
    expect(alone.published).toEqual(single.published)
    for (const [nth, { outcome, changes }] of single.steps.slice(1).entries()) {
      expect({ nth, kind: outcome.kind, changes }).toEqual({ nth, kind: 'failed', changes: [] })
      expect(outcome.message).toMatch(/\w/)
      expect(['contract', 'value']).toContain(outcome.code)
    }
  })
})
