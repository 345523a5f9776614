/** Random values of the formats, for the tests that state laws. */
import fc from 'fast-check'
import {
  type BatchRecord,
  encodeValue,
  FAILURE_CODES,
  type Outcome,
  type Run,
  type Value,
} from '../src/index.js'

/** Keys of maps, those that every object inherits among them. */
export const key = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('constructor', 'toString', '__defineGetter__', 'hasOwnProperty', '', '0', 'then'),
  )
  .filter((name) => name !== '__proto__')
/** Numbers of every encoding; never -0, which is encoded as 0. */
export const number = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.integer({ min: -(2 ** 12), max: 2 ** 12 }).map((n) => n * 2 ** -24),
    fc.constantFrom(2 ** 53, -(2 ** 53), 65504, 65504.5, 65505, 5e-324, 1.5, 0.1, Number.MAX_VALUE),
  )
  .map((n) => (n === 0 ? 0 : n))
export const scalar = fc.oneof(
  fc.constantFrom(null, true, false),
  number,
  fc.string({ unit: 'grapheme' }),
  fc.uint8Array({ maxLength: 300 }),
)
export const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(key, tie('value'), { maxKeys: 30 }) as fc.Arbitrary<Value>,
  ),
}))

export const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length })
export const count = fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat())
export const encoded = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.array(fc.nat()))
  .map((value) => encodeValue(value))
const head = fc.record({ length: count, treeHash: bytes(32), signature: bytes(64) })
const executed: fc.Arbitrary<Outcome> = fc.record(
  {
    kind: fc.constantFrom('ok' as const, 'echo' as const, 'undecodable' as const, 'too-large' as const),
    ts: count,
    numChanges: count,
    fuel: count,
    metadata: encoded,
    value: encoded,
  },
  { requiredKeys: ['kind', 'ts', 'numChanges', 'fuel'] },
)
const failed: fc.Arbitrary<Outcome> = fc.record(
  {
    kind: fc.constant('failed' as const),
    ts: count,
    numChanges: fc.constant(0),
    fuel: count,
    code: fc.constantFrom(...FAILURE_CODES),
    message: fc.string({ unit: 'grapheme' }),
    metadata: encoded,
  },
  { requiredKeys: ['kind', 'ts', 'numChanges', 'fuel', 'code'] },
)
export const outcome = fc.oneof(executed, failed)
export const run: fc.Arbitrary<Run> = fc.record({
  head,
  prevRun: count,
  outcomes: fc.array(outcome, { minLength: 1, maxLength: 5 }),
})
export const laterBatch: fc.Arbitrary<BatchRecord> = fc.record({
  number: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  prevEnd: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  prevTreeHash: bytes(32),
  prevSignature: bytes(64),
  lastTs: count,
  engine: fc.tuple(fc.nat(99_999), fc.nat(99_999)).map(([major, minor]) => `v8-${major}.${minor}`),
  runs: count,
  blocks: count,
})
export const genesisBatch: fc.Arbitrary<BatchRecord> = laterBatch.map((record) => ({
  ...record,
  number: 0,
  prevEnd: 0,
  prevTreeHash: new Uint8Array(),
  prevSignature: new Uint8Array(),
}))
