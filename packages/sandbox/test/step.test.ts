// `step`: every outcome, the queue, the reads, system changes.
import { CURRENT_RULES, encodeEcho, encodeInput, encodeOp, inputPath, SOURCE_PATH } from '@vitra/log'
import { decodeValue, encodeValue } from '@vitra/log/values'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OP_MS, Sandbox } from '../src/index.js'
import {
  decoded,
  deriveOplog,
  evaluate,
  hex,
  MemorySource,
  OPLOG,
  RULES,
  run,
  SIGNER,
  stepOver,
} from './helpers.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

const NOTHING = 'export function apply () {}'
const failure = (code: string, message: string) => ({
  kind: 'failed',
  code,
  message,
  numChanges: 0,
  fuel: expect.any(Number),
})

describe('outcomes', () => {
  it('too-large: a block beyond the limit is not even decoded', async () => {
    const contract = await sandbox.load(NOTHING, RULES)
    const block = new Uint8Array(RULES.limits.opBytesMax + 1)
    const { outcome } = await stepOver(sandbox, contract, new MemorySource(), null, { block })
    expect(outcome).toEqual({ kind: 'too-large', ts: 1_700_000_000_000, numChanges: 0, fuel: 0 })
  })

  it.each([
    ['garbage', Uint8Array.of(1, 2, 3)],
    ['nothing', new Uint8Array()],
    ['one byte too much', new Uint8Array([...encodeOp({ a: 1 }), 0])],
  ])('undecodable: %s', async (_, block) => {
    const contract = await sandbox.load(NOTHING, RULES)
    const { outcome } = await stepOver(sandbox, contract, new MemorySource(), null, { block })
    expect(outcome.kind).toBe('undecodable')
  })

  it('echo: acknowledged, never executed', async () => {
    const contract = await sandbox.load('export function apply () { throw new Error("ran") }', RULES)
    const block = encodeEcho(5, new Uint8Array(32))
    const { outcome } = await stepOver(sandbox, contract, new MemorySource(), null, { block })
    expect(outcome.kind).toBe('echo')
  })

  it('ok: the return value is recorded, undefined is no value', async () => {
    expect(await evaluate(sandbox, 'return {a: [1, "b", null]}')).toEqual({ a: [1, 'b', null] })
    const { outcome } = await run(sandbox, NOTHING)
    expect(outcome).toEqual({ kind: 'ok', ts: 1_700_000_000_000, numChanges: 0, fuel: expect.any(Number) })
  })

  it('contract: the message that the contract wrote', async () => {
    const { outcome } = await run(sandbox, 'export function apply () { throw new TypeError("no such user") }')
    expect(outcome).toMatchObject(failure('contract', 'no such user'))
  })

  it.each([
    ['"plain"', 'plain'],
    ['42', '42'],
    ['undefined', 'undefined'],
    ['{ a: 1 }', '{ a: 1 }'],
    ['Object.create(null)', '{}'],
    ['Symbol("s")', 'Symbol(s)'],
    [
      'new (class NotFound extends Error { constructor () { super("gone"); this.name = "NotFound" } })',
      'gone',
    ],
    ['new (class extends Error { get message () { return "by getter" } })', 'by getter'],
  ])('contract: throw %s', async (thrown, message) => {
    const { outcome } = await run(sandbox, `export function apply () { throw ${thrown} }`)
    expect(outcome).toMatchObject(failure('contract', message))
  })

  it('contract: a long message is cut, half a character replaced', async () => {
    const max = CURRENT_RULES.limits.messageUnitsMax
    const long = await run(
      sandbox,
      `export function apply () { throw new Error('x'.repeat(${max - 1}) + '😀tail') }`,
    )
    expect(long.outcome.message).toBe(`${'x'.repeat(max - 1)}\ufffd`)
    const lone = await run(sandbox, 'export function apply () { throw new Error("a\\ud800b") }')
    expect(lone.outcome.message).toBe('a\ufffdb')
  })

  it.each([
    "throw 'x'.repeat(2_000_000)",
    "throw new Error('x'.repeat(1_048_570))",
    "throw new TypeError('é'.repeat(900_000))",
    "throw Object.assign(new Error('é'.repeat(400_000)), { name: 'n'.repeat(2_000_000) })",
  ])('contract: a message of any length is cut: %s', async (body) => {
    const { outcome } = await run(sandbox, `export function apply () { ${body} }`)
    expect(outcome).toMatchObject({ kind: 'failed', code: 'contract' })
    expect(outcome.message).toMatch(/^(?:x|é){512}$/)
  })

  it('contract: a failed assertion says what was expected', async () => {
    const source = `import assert from 'assert'
      export function apply () { assert.equal({a: 1}.a, 2) }`
    expect((await run(sandbox, source)).outcome).toMatchObject(failure('contract', 'expected 1 == 2'))
  })

  it.each([
    ['null.x', 'TypeError'],
    ['x; let x', 'ReferenceError'],
    ['"a".repeat(-1)', 'RangeError'],
    ['JSON.parse("{")', 'SyntaxError'],
    ['decodeURI("%")', 'URIError'],
    ['await Promise.any([])', 'AggregateError'],
  ])('engine: %s shows only its class', async (code, name) => {
    const { outcome } = await run(sandbox, `export async function apply () { ${code} }`)
    expect(outcome).toMatchObject(failure('engine', name))
  })

  it.each([
    ['return {a: [1, NaN]}', 'value.a[1]: NaN is not a finite number'],
    ['return {a: undefined}', 'value.a: undefined is not allowed in a value'],
    ['return new Map()', 'value: only plain objects, arrays and Uint8Array are allowed'],
    ['return "\\ud800"', 'value: the string holds a lone surrogate'],
    ['const a = []; a.push(a); return a', 'value[0]: the value contains itself'],
    ['tx.put("/a", () => 1)', 'value: function is not allowed in a value'],
    ['tx.put("/a", {["__proto__"]: 1})', 'value: the key __proto__ is not allowed'],
    ['tx.put("a", 1)', '"a" is not a path: a path starts with "/"'],
    ['tx.put("/.sys/inputs/x", 1)', '/.sys/inputs/x cannot be written by contracts'],
    ['tx.delete("/.sys/contract/source")', '/.sys/contract/source cannot be written by contracts'],
    ['await tx.get("/.sys/acks/genesis")', '/.sys/acks/genesis is not readable by contracts'],
    ['await tx.list("/.sys/batch")', '/.sys/batch is not readable by contracts'],
    ['await tx.list("/", {limit: -1})', 'list: limit is a whole number from 0'],
    ['tx.put("/a", "x".repeat(2 ** 20 + 1))', 'the value takes more than 1048576 bytes: store it in pieces'],
  ])('value: %s', async (code, message) => {
    const { outcome } = await run(sandbox, `export async function apply (tx) { ${code} }`)
    expect(outcome).toMatchObject(failure('value', message))
  })

  it('depth: calls that go too deep, even where the contract catches it', async () => {
    const deep = 'function f () { f() }'
    const { outcome } = await run(sandbox, `export function apply () { ${deep}; try { f() } catch {} }`)
    expect(outcome).toMatchObject(failure('depth', ''))
  })

  it('no-handler: a record without an own function for op.op', async () => {
    const source = 'export const apply = { A () {}, b: 1 }'
    for (const op of [
      { op: 'B' },
      { op: 'b' },
      { op: 'toString' },
      { op: '__proto__' },
      {},
      [],
      'A',
      null,
      { op: 1 },
    ]) {
      const { outcome } = await run(sandbox, source, op)
      expect(outcome, JSON.stringify(op)).toMatchObject(
        failure('no-handler', 'apply has no handler for the op'),
      )
    }
    expect((await run(sandbox, source, { op: 'A' })).outcome.kind).toBe('ok')
  })

  it('never-settles: at once, without waiting for a clock', async () => {
    const from = performance.now()
    const { outcome } = await run(sandbox, 'export async function apply () { await new Promise(() => {}) }')
    expect(outcome).toMatchObject(failure('never-settles', 'apply never settles'))
    expect(performance.now() - from).toBeLessThan(OP_MS)
  })

  it('size: more changes or bytes than the rules allow, even where the contract catches it', async () => {
    const many = `export function apply (tx) {
      for (let n = 0; n <= ${RULES.limits.opChangesMax}; n++) { try { tx.put('/a/' + n, 1) } catch {} }
    }`
    const message = 'the op writes more than the rules allow'
    expect((await run(sandbox, many)).outcome).toMatchObject(failure('size', message))
    const large =
      'export function apply (tx) { for (let n = 0; n < 9; n++) tx.put("/a/" + n, "x".repeat(1e6)) }'
    expect((await run(sandbox, large)).outcome).toMatchObject(failure('size', message))
  })

  it('the largest queue that the rules allow', async () => {
    const source = `export function apply (tx) {
      for (let n = 0; n < ${RULES.limits.opChangesMax}; n++) tx.put('/a/' + n, n)
    }`
    expect((await run(sandbox, source)).outcome).toMatchObject({
      kind: 'ok',
      numChanges: RULES.limits.opChangesMax,
    })
  })
})

describe('tx', () => {
  it('sees its own queue, while index does not', async () => {
    const source = `import { index } from 'contract'
      export async function apply (tx) {
        tx.put('/a', 2); tx.del('/b'); tx.put('/c/d', {x: 1})
        const values = []
        for (const path of ['/a', '/b', '/c/d']) values.push(await tx.get(path), await index.get(path))
        return values
      }`
    const { outcome, changes } = await run(sandbox, source, {}, { '/a': 1, '/b': 1 })
    expect(decodeValue(outcome.value!)).toEqual([
      { path: '/a', value: 2 },
      { path: '/a', value: 1 },
      null,
      { path: '/b', value: 1 },
      { path: '/c/d', value: { x: 1 } },
      null,
    ])
    expect(decoded(changes)).toEqual([
      ['/a', 2],
      ['/b', null],
      ['/c/d', { x: 1 }],
    ])
  })

  it('lists the state with its own queue over it', async () => {
    const source = `import { index } from 'contract'
      export async function apply (tx) {
        tx.put('/n/a', 1); tx.put('/n/z/deep', 1)
        const first = (await tx.list('/n')).map((item) => item.name)
        tx.delete('/n/b')
        const names = async (from, options) => (await from.list('/n', options)).map((item) => item.name).join()
        return [first.join(), await names(tx), await names(tx, {reverse: true, limit: 2}), await names(index),
          await names(tx, {cursor: 'a'}), await names(tx, {offset: 1})]
      }`
    const { outcome, reads } = await run(sandbox, source, {}, { '/n/b': 1, '/n/c': 2 })
    expect(decodeValue(outcome.value!)).toEqual(['a,b,c,z', 'a,c,z', 'z,c', 'b,c', 'c,z', 'c,z'])
    expect(reads[0]).toMatchObject({ kind: 'list', prefix: '/n' })
    expect(reads[0]).toHaveProperty('over.length', 2)
    expect(reads[1]).toHaveProperty('over.length', 3)
    expect(reads[3]).not.toHaveProperty('over')
  })

  it('gives containers and values of a listing', async () => {
    const source = `import { index } from 'contract'
      export async function apply () { return index.list('/') }`
    const { outcome } = await run(
      sandbox,
      source,
      {},
      { '/a': 1, '/b/c': 2, '/d': 3, '/d/e': 4, '/.sys/acks/x': 1, '/.sys/batch': 1, '/.sys/inputs/q': 1 },
    )
    expect(decodeValue(outcome.value!)).toEqual([
      { path: '/.sys', name: '.sys', container: true, value: null },
      { path: '/a', name: 'a', container: false, value: 1 },
      { path: '/b', name: 'b', container: true, value: null },
      { path: '/d', name: 'd', container: true, value: 3 },
    ])
  })

  it('hides acknowledgements and batch records in listings, both ways', async () => {
    const source = `import { index } from 'contract'
      const names = async (options) => (await index.list('/.sys', options)).map((item) => item.name).join()
      export async function apply () { return [await names(), await names({reverse: true}), await names({limit: 1})] }`
    const content = {
      '/.sys/acks/a/1': 1,
      '/.sys/acks/b': 1,
      '/.sys/batch': 1,
      '/.sys/contract/source': 's',
      '/.sys/inputs/q': 1,
    }
    const { outcome } = await run(sandbox, source, {}, content)
    expect(decodeValue(outcome.value!)).toEqual(['contract,inputs', 'inputs,contract', 'contract'])
  })

  it('drops a delete of what is absent at that moment, and records the absence', async () => {
    const source = `export function apply (tx) {
      tx.delete('/none'); tx.put('/a', 1); tx.delete('/a'); tx.delete('/a'); tx.delete('/b'); tx.put('/b', 2); tx.put('/b', 2)
    }`
    const { outcome, changes, reads } = await run(sandbox, source, {}, { '/b': 1 })
    expect(decoded(changes)).toEqual([
      ['/a', 1],
      ['/a', null],
      ['/b', null],
      ['/b', 2],
      ['/b', 2],
    ])
    expect(outcome.numChanges).toBe(5)
    expect(reads).toEqual([
      { kind: 'get', path: '/none', value: null },
      { kind: 'get', path: '/b', value: encodeValue(1) },
    ])
  })

  it('is closed once apply has settled', async () => {
    const source = `export async function apply (tx) {
      Promise.resolve().then(() => {}).then(() => {}).then(() => {}).then(() => {}).then(() => {}).then(() => tx.put('/late', 1))
      tx.put('/early', 1)
    }`
    expect(decoded((await run(sandbox, source)).changes)).toEqual([['/early', 1]])
  })

  it('writes nothing in a failed op, and keeps its reads', async () => {
    const source = `export async function apply (tx) { tx.put('/a', await tx.get('/b')); throw new Error('no') }`
    const { changes, reads, outcome } = await run(sandbox, source)
    expect({ changes, numChanges: outcome.numChanges }).toEqual({ changes: [], numChanges: 0 })
    expect(reads).toEqual([{ kind: 'get', path: '/b', value: null }])
  })
})

describe('ack', () => {
  it('is exactly origin, seq, ts', async () => {
    expect(await evaluate(sandbox, 'return [Object.keys(ack).sort(), ack, typeof ack.metadata]')).toEqual([
      ['origin', 'seq', 'ts'],
      { origin: hex(SIGNER), seq: 3, ts: 1_700_000_000_000 },
      'undefined',
    ])
  })

  it('carries what process returned', async () => {
    const source = `export function process (op) { return {doubled: op.n * 2} }
      export function apply (tx, op, ack) { return ack.metadata }`
    const { outcome } = await run(sandbox, source, { n: 4 })
    expect(decodeValue(outcome.value!)).toEqual({ doubled: 8 })
    expect(decodeValue(outcome.metadata!)).toEqual({ doubled: 8 })
  })
})

describe('process', () => {
  const WITH_PROCESS = `export function process (op) { if (op.bad) throw new Error('bad op'); if (op.nan) return NaN; return op.value }
    export function apply (tx, op, ack) { if (op.fail) throw new Error('late'); return ack.metadata }`

  it('fails the op with its message', async () => {
    expect((await run(sandbox, WITH_PROCESS, { bad: true })).outcome).toMatchObject(
      failure('process', 'bad op'),
    )
    expect((await run(sandbox, WITH_PROCESS, { nan: true })).outcome).toMatchObject(
      failure('process', 'value: NaN is not a finite number'),
    )
  })

  it('stays with an op that fails later, for the replay', async () => {
    const { outcome } = await run(sandbox, WITH_PROCESS, { fail: true, value: 5 })
    expect(outcome).toMatchObject({ ...failure('contract', 'late'), metadata: encodeValue(5) })
  })

  it('is taken from the log in a replay', async () => {
    const contract = await sandbox.load(WITH_PROCESS, RULES)
    const replay = (processed: never) =>
      stepOver(sandbox, contract, new MemorySource(), { bad: true }, { processed })
    const given = await replay({ ok: true, metadata: encodeValue('given') } as never)
    expect(decodeValue(given.outcome.value!)).toBe('given')
    expect((await replay({ ok: false, message: 'said' } as never)).outcome).toMatchObject(
      failure('process', 'said'),
    )
    expect((await replay(null as never)).outcome).toEqual({
      kind: 'ok',
      ts: 1_700_000_000_000,
      numChanges: 0,
      fuel: expect.any(Number),
    })
  })

  it('may draw real randomness, and reads nothing', async () => {
    const random = `import { random } from 'util'
      export function process () { return random() }
      export function apply (tx, op, ack) { return ack.metadata }`
    const drawn = [await run(sandbox, random), await run(sandbox, random)].map(({ outcome }) =>
      decodeValue(outcome.value!),
    )
    expect(drawn[0]).not.toBe(drawn[1])
    const reading = `import { index } from 'contract'
      export async function process () { return index.get('/a') }
      export function apply () {}`
    expect((await run(sandbox, reading)).outcome).toMatchObject(
      failure('process', 'index is not available in process'),
    )
  })
})

describe('participants', () => {
  const NEW = new Uint8Array(32).fill(9)
  const path = inputPath(deriveOplog(NEW))
  const input = (active: boolean) => encodeInput({ signer: NEW, oplog: deriveOplog(NEW), active })
  const content = (active: boolean) => ({ [path]: decodeValue(input(active)) })

  it('are admitted by their public key; the host derives the rest', async () => {
    for (const given of [`{pubkey: '${hex(NEW)}'}`, `'${hex(NEW).toUpperCase()}'`]) {
      const source = `export async function apply (tx) { tx.addOplog(${given}); return (await tx.get('${path}')).value.active }`
      const result = await run(sandbox, source)
      expect(result.changes).toEqual([{ path, value: input(true) }])
      expect(result.participantsChanged).toBe(true)
      expect(decodeValue(result.outcome.value!)).toBe(true)
    }
  })

  it('are removed by a put, and come back', async () => {
    const source = `export function apply (tx) { tx.removeOplog('${hex(NEW)}'); tx.addOplog('${hex(NEW)}') }`
    const { changes } = await run(sandbox, source, {}, content(true))
    expect(changes).toEqual([
      { path, value: input(false) },
      { path, value: input(true) },
    ])
  })

  it.each([
    ['addOplog', true, 'the participant is active already'],
    ['removeOplog', false, 'the participant is not active'],
  ])('%s against the state fails the op', async (method, active, message) => {
    const source = `export function apply (tx) { tx.${method}({pubkey: '${hex(NEW)}'}) }`
    expect((await run(sandbox, source, {}, content(active))).outcome).toMatchObject(
      failure('contract', message),
    )
  })

  it('count over what the op did before', async () => {
    const twice = `export function apply (tx) { tx.addOplog('${hex(NEW)}'); tx.addOplog('${hex(NEW)}') }`
    expect((await run(sandbox, twice)).outcome).toMatchObject(
      failure('contract', 'the participant is active already'),
    )
    const caught = `export function apply (tx) { tx.addOplog('${hex(NEW)}'); try { tx.addOplog('${hex(NEW)}') } catch {} }`
    expect((await run(sandbox, caught)).outcome).toMatchObject({ kind: 'ok', numChanges: 1 })
  })

  it.each(['undefined', '{}', '"ab"', '{pubkey: 5}', `"${'g'.repeat(64)}"`])(
    'refuse the key %s',
    async (key) => {
      const { outcome } = await run(sandbox, `export function apply (tx) { tx.addOplog(${key}) }`)
      expect(outcome).toMatchObject({ kind: 'failed' })
      expect(outcome.code).toMatch(/value|engine/)
    },
  )

  it('are listed in the order of their oplog keys, the active ones', async () => {
    const signers = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte))
    const entries = signers.map((signer, n) => [
      inputPath(deriveOplog(signer)),
      decodeValue(encodeInput({ signer, oplog: deriveOplog(signer), active: n !== 1 })),
    ])
    const source = `import { listOplogs } from 'contract'
      export async function apply () { return listOplogs() }`
    const { outcome } = await run(sandbox, source, {}, Object.fromEntries(entries))
    expect(decodeValue(outcome.value!)).toEqual([
      { pubkey: hex(signers[2]!), oplog: hex(deriveOplog(signers[2]!)) },
      { pubkey: hex(signers[0]!), oplog: hex(deriveOplog(signers[0]!)) },
    ])
  })
})

describe('setContractSource', () => {
  it.each(['code', 'source'])('takes {%s}', async (name) => {
    const source = `export function apply (tx, op) { tx.setContractSource({${name}: op.text}) }`
    const result = await run(sandbox, source, { text: NOTHING })
    expect(result.source).toBe(NOTHING)
    expect(result.changes).toEqual([{ path: SOURCE_PATH, value: encodeValue(NOTHING) }])
    expect(result.participantsChanged).toBe(false)
  })

  it.each([
    '',
    'export const a = 1',
    'export function apply ( {}',
    'import "fs"; export function apply () {}',
    'throw new Error("x"); export function apply () {}',
  ])('fails the op for %j, with one fixed message', async (text) => {
    const source = 'export function apply (tx, op) { tx.put("/a", 1); tx.setContractSource({code: op.text}) }'
    const result = await run(sandbox, source, { text })
    expect(result.outcome).toMatchObject(failure('source', 'the new contract does not load'))
    expect(result).toMatchObject({ changes: [], participantsChanged: false })
    expect(result).not.toHaveProperty('source')
  })

  it('counts the newest one', async () => {
    const source = `export function apply (tx) { tx.setContractSource({code: 'not loadable ('}); tx.setContractSource({code: ${JSON.stringify(NOTHING)}}) }`
    expect((await run(sandbox, source)).source).toBe(NOTHING)
  })
})

describe('what step does not decide', () => {
  it('passes on, unchanged, what the view rejects with', async () => {
    const contract = await sandbox.load(
      `import { index } from 'contract'
      export async function apply () { try { await index.get('/a') } catch {} }`,
      RULES,
    )
    const missing = new Error('block 5 is not here')
    const source = new MemorySource()
    source.get = () => Promise.reject(missing)
    await expect(stepOver(sandbox, contract, source, {})).rejects.toBe(missing)
    expect((await stepOver(sandbox, contract, new MemorySource(), {})).outcome.kind).toBe('ok')
  })

  it('derives the seed of util from the op', async () => {
    const contract = await sandbox.load(
      `import util, { genUUID, random } from 'util'
      export function apply () { return [genUUID(), random(), util.random()] }`,
      RULES,
    )
    const draw = async (extra = {}) =>
      decodeValue((await stepOver(sandbox, contract, new MemorySource(), { a: 1 }, extra)).outcome.value!)
    const first = await draw()
    expect(await draw({ ts: 5 })).toEqual(first)
    expect(await draw({ seq: 4 })).not.toEqual(first)
    expect(await draw({ oplog: OPLOG.map((byte) => byte + 1) })).not.toEqual(first)
    expect((first as string[])[0]).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })
})
