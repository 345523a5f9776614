/** spec/2-index §1, spec/3-oplog: what is encoded comes back, and nothing else is believed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CURRENT_RULES,
  decodeBatch,
  decodeEnvelope,
  decodeGenesis,
  decodeInput,
  decodeRules,
  decodeRun,
  encodeBatch,
  encodeEcho,
  encodeGenesis,
  encodeInput,
  encodeOpBody,
  encodeRules,
  encodeRun,
  toHex,
} from '../src/index.js'
import { bytes, count, encoded, genesisBatch, laterBatch, run } from './arbitraries.js'

interface Format<T> {
  readonly name: string
  readonly values: fc.Arbitrary<T>
  encode(value: T): Uint8Array
  decode(bytes: Uint8Array): T
}

const echo: fc.Arbitrary<{ length: number; treeHash: Uint8Array }> = fc.record({
  length: count,
  treeHash: bytes(32),
})
const FORMATS = [
  format('an op', encoded, encodeOpBody, (block) => {
    const envelope = decodeEnvelope(block)
    return envelope.type === 'op' ? envelope.body : fail()
  }),
  format(
    'an echo',
    echo,
    ({ length, treeHash }) => encodeEcho(length, treeHash),
    (block) => {
      const { type, ...rest } = decodeEnvelope(block)
      return type === 'echo' ? (rest as { length: number; treeHash: Uint8Array }) : fail()
    },
  ),
  format('a run', run, encodeRun, decodeRun),
  format('a batch record', fc.oneof(laterBatch, genesisBatch), encodeBatch, decodeBatch),
  format(
    'a genesis record',
    fc.record({ rules: fc.uint8Array() as fc.Arbitrary<Uint8Array>, nonce: bytes(32) }),
    encodeGenesis,
    decodeGenesis,
  ),
  format(
    'an input',
    fc.record({ signer: bytes(32), oplog: bytes(32), active: fc.boolean() }),
    encodeInput,
    decodeInput,
  ),
  format(
    'rules',
    fc.oneof(fc.constant(CURRENT_RULES), fc.record({ ...constants(), initialState: bytes(32) })),
    encodeRules,
    decodeRules,
  ),
]

function format<T>(
  name: string,
  values: fc.Arbitrary<T>,
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => NoInfer<T>,
): Format<unknown> {
  return { name, values, encode: encode as (value: unknown) => Uint8Array, decode }
}

function constants() {
  const entries = Object.entries(CURRENT_RULES).map(([name, value]) => [name, fc.constant(value)])
  return Object.fromEntries(entries) as { [Name in keyof typeof CURRENT_RULES]-?: fc.Arbitrary<never> }
}

function fail(): never {
  throw new Error('another type')
}

/** A change to some bytes: a flipped bit, a cut, an insertion, a repetition. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    extra: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  fc.record({ kind: fc.constant('repeat' as const), at: fc.nat() }),
)
type ByteChange = typeof change extends fc.Arbitrary<infer T> ? T : never

function changed(original: Uint8Array, edit: ByteChange): Uint8Array {
  const at = edit.at % (original.length + 1)
  const [before, after] = [original.subarray(0, at), original.subarray(at)]
  switch (edit.kind) {
    case 'flip': {
      const out = original.slice()
      if (at < out.length) out[at]! ^= edit.by
      return out
    }
    case 'cut':
      return before.slice()
    case 'insert':
      return Uint8Array.from([...before, ...edit.extra, ...after])
    case 'repeat':
      return Uint8Array.from([...before, ...after, ...after])
  }
}

describe.each(FORMATS)('$name', ({ values, encode, decode }) => {
  it('comes back from its bytes', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(decode(encode(value))).toEqual(value)
      }),
    )
  })

  it('is refused after a change, or is exactly what the changed bytes say', () => {
    fc.assert(
      fc.property(values, change, (value, edit) => {
        const forged = changed(encode(value), edit)
        let found: unknown
        try {
          found = decode(forged)
        } catch (error) {
          if (error instanceof Error && error.message === 'another type') return
          expect((error as Error).name).toMatch(/^(Format|Value)Error$/)
          return
        }
        expect(toHex(encode(found))).toBe(toHex(forged))
      }),
      { numRuns: 1000 },
    )
  })

  it('is never read out of noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        try {
          expect(toHex(encode(decode(noise)))).toBe(toHex(noise))
        } catch (error) {
          if (error instanceof Error && error.message === 'another type') return
          expect((error as Error).name).toMatch(/^(Format|Value)Error$/)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('does not change when the bytes it came from do', () => {
    fc.assert(
      fc.property(values, (value) => {
        const source = encode(value)
        const found = decode(source)
        source.fill(0)
        expect(found).toEqual(value)
      }),
      { numRuns: 20 },
    )
  })
})
