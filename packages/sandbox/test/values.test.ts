// The realm's coder against the one of @vitra/log: one value, one encoding, on both sides (spec/5-values).
import { isDeepStrictEqual } from 'node:util'
import { decodeValue, encodeValue } from '@vitra/log/values'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Contract, Sandbox } from '../src/index.js'
import { decode, encode } from '../src/realm/cbor.js'
import { decodeUtf8, encodeUtf8 } from '../src/realm/text.js'
import { MemorySource, RULES, stepOver } from './helpers.js'

/** Canonical bytes, never as a Buffer: the matchers tell them apart. */
const bytesOf = (value: unknown) => new Uint8Array(encodeValue(value))

const LIMITS = { depthMax: 64, bytesMax: 2 ** 20 }
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const key = fc.oneof(
  text,
  fc.constantFrom('constructor', 'toString', '__defineGetter__', 'hasOwnProperty', '', '0', 'then'),
)
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.integer({ min: -70000, max: 70000 }),
  fc.integer({ min: -(2 ** 14), max: 2 ** 14 }).map((n) => n * 2 ** -24),
  fc.constantFrom(0, -0, 2 ** 53, -(2 ** 53), 65504, 65505, 2 ** -24, 5e-324, 1.5, 0.1, Number.MAX_VALUE),
)
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false),
    number,
    text,
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(
      key.filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 30 },
    ),
  ),
}))

describe('the coder of the realm', () => {
  it('encodes every value as @vitra/log does', () => {
    fc.assert(
      fc.property(anyValue, (value) => void expect(encode(value, LIMITS)).toEqual(bytesOf(value))),
      { numRuns: 2000 },
    )
  })

  it('decodes every value as @vitra/log does', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const bytes = bytesOf(value)
        expect(bytesOf(decode(bytes))).toEqual(bytes)
        expect(isDeepStrictEqual(decode(bytes), decodeValue(new Uint8Array(bytes)))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('writes and reads every code point', () => {
    const encoder = new TextEncoder()
    for (let code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 97) {
      if (code >= 0xd800 && code < 0xe000) continue
      const character = String.fromCodePoint(code)
      const bytes = encodeUtf8(`${character}a`)
      if (Buffer.compare(bytes, encoder.encode(`${character}a`)) !== 0) expect(bytes).toBe(character)
      if (decodeUtf8(bytes) !== `${character}a`) expect(decodeUtf8(bytes)).toBe(character)
    }
    expect(decodeUtf8(encodeUtf8('é'.repeat(10_000)))).toBe('é'.repeat(10_000))
  })

  it.each([
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['a function', () => 1],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['another typed array', new Int8Array(2)],
    ['a hole', new Array(2)],
    ['a lone surrogate', { a: ['\ud800'] }],
    ['a lone surrogate as key', { '\udfff': 1 }],
    ['a symbol key', { [Symbol('s')]: 1 }],
    ['__proto__', JSON.parse('{"__proto__": 1}')],
    ['an instance', new (class Some {})()],
    ['depth', JSON.parse('['.repeat(64) + ']'.repeat(64))],
  ])('refuses %s where @vitra/log does, in the same words', (_, value) => {
    const thrown = (run: () => unknown): string => {
      try {
        run()
      } catch (error) {
        return (error as Error).message
      }
      return 'nothing'
    }
    const expected = thrown(() => encodeValue(value))
    expect(expected).not.toBe('nothing')
    expect(thrown(() => encode(value, LIMITS))).toBe(expected)
  })

  it('is not fooled by what a value claims to be', () => {
    const lying = Object.create(Uint8Array.prototype) as object
    expect(() => encode(lying, LIMITS)).toThrow('only plain objects')
    const longer = Object.defineProperty(Uint8Array.of(1, 2), 'length', { value: 5 })
    expect(encode(longer, LIMITS)).toEqual(Uint8Array.of(0x42, 1, 2))
    const shapeless = Object.setPrototypeOf(Uint8Array.of(7), null)
    expect(encode(shapeless, LIMITS)).toEqual(Uint8Array.of(0x41, 7))
  })
})

describe('values through the realm', () => {
  let sandbox: Sandbox
  let contract: Contract
  beforeAll(async () => {
    sandbox = await Sandbox.open()
    contract = await sandbox.load(
      `import { index } from 'contract'
      export async function apply (tx, op) {
        tx.put('/value', op.value)
        return [(await tx.get('/value')).value, (await index.get('/stored'))?.value ?? null]
      }`,
      RULES,
    )
  })
  afterAll(() => sandbox.close())

  it('come back unchanged: as op, as change, as entry and as return value', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue, async (value) => {
        const source = new MemorySource({ '/stored': value })
        const { outcome, changes } = await stepOver(sandbox, contract, source, { value })
        expect(changes).toEqual([{ path: '/value', value: bytesOf(value) }])
        expect(outcome.value).toEqual(bytesOf([value, value]))
      }),
      { numRuns: 200 },
    )
  })
})
