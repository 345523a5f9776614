// Values across the boundary of the realm (spec/5-values): the coder of @vitra/log runs on both sides.
import { encodeValue } from '@vitra/log/values'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Contract, Sandbox } from '../src/index.js'
import { MemorySource, RULES, run, stepOver } from './helpers.js'

const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const key = fc
  .oneof(
    text,
    fc.constantFrom('constructor', 'toString', '__defineGetter__', 'hasOwnProperty', '', '0', 'then'),
  )
  .filter((name) => name !== '__proto__')
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.integer({ min: -70000, max: 70000 }),
  fc.integer({ min: -(2 ** 14), max: 2 ** 14 }).map((n) => n * 2 ** -24),
)
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false),
    number,
    text,
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(key, tie('value'), { maxKeys: 30 }),
  ),
}))

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

describe('values through the realm', () => {
  let contract: Contract
  beforeAll(async () => {
    contract = await sandbox.load(
      `import { index } from 'contract'
      export async function apply (tx, op) {
        tx.put('/value', op.value)
        return [(await tx.get('/value')).value, (await index.get('/stored'))?.value ?? null]
      }`,
      RULES,
    )
  })

  it('come back unchanged: as op, as change, as entry and as return value', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue, async (value) => {
        const source = new MemorySource({ '/stored': value })
        const { outcome, changes } = await stepOver(sandbox, contract, source, { value })
        expect(changes).toEqual([{ path: '/value', value: encodeValue(value) }])
        expect(outcome.value).toEqual(encodeValue([value, value]))
      }),
      { numRuns: 200 },
    )
  })
})

describe('a value as deep as values go', () => {
  it('comes through as op, as metadata, as change and as return value', async () => {
    const deep = (depth: number): unknown => (depth === 1 ? 1 : [deep(depth - 1)])
    const source = `export function process (op) { return op }
      export function apply (tx, op, ack) { tx.put('/value', ack.metadata); return op }`
    const { outcome, changes } = await run(sandbox, source, deep(64))
    const bytes = encodeValue(deep(64))
    expect(outcome).toMatchObject({ kind: 'ok', value: bytes, metadata: bytes })
    expect(changes).toEqual([{ path: '/value', value: bytes }])
  })
})

describe('what is no value is refused in the words of @vitra/log', () => {
  const cases: [code: string, value: unknown][] = [
    ['undefined', undefined],
    ['{ a: [0, NaN] }', { a: [0, Number.NaN] }],
    ['[Symbol("s")]', [Symbol('s')]],
    ['{ n: 1n }', { n: 1n }],
    ['() => 1', () => 1],
    ['new Map()', new Map()],
    ['new Int8Array(2)', new Int8Array(2)],
    ['new Array(2)', new Array(2)],
    ['Object.assign([1], { name: 2 })', Object.assign([1], { name: 2 })],
    ['Object.defineProperty({}, "x", { value: 1 })', Object.defineProperty({}, 'x', { value: 1 })],
    ['{ a: ["\\ud800"] }', { a: ['\ud800'] }],
    ['{ "\\udfff": 1 }', { '\udfff': 1 }],
    ['{ [Symbol("s")]: 1 }', { [Symbol('s')]: 1 }],
    ['JSON.parse(\'{"__proto__": 1}\')', JSON.parse('{"__proto__": 1}')],
    ['new (class Some {})()', new (class Some {})()],
    ['Object.create(Uint8Array.prototype)', Object.create(Uint8Array.prototype)],
    ['JSON.parse("[".repeat(64) + "]".repeat(64))', JSON.parse('['.repeat(64) + ']'.repeat(64))],
    ['"x".repeat(2 ** 20)', 'x'.repeat(2 ** 20)],
  ]
  it.each(cases)('%s', async (code, value) => {
    let expected = 'nothing'
    try {
      encodeValue(value)
    } catch (error) {
      expected = (error as Error).message
    }
    const { outcome } = await run(sandbox, `export function apply (tx) { tx.put('/a', ${code}) }`)
    expect(outcome).toMatchObject({ kind: 'failed', code: 'value', message: expected })
  })

  it('a prototype made to look like that of another realm', async () => {
    const code = `const like = Object.assign(Object.create(null), { constructor: Object, hasOwnProperty () {} })
      tx.put('/a', Object.create(like))`
    const { outcome } = await run(sandbox, `export function apply (tx) { ${code} }`)
    expect(outcome).toMatchObject({ code: 'value', message: expect.stringContaining('only plain objects') })
  })
})
