/** spec/2-index §1, spec/3-oplog: what is encoded comes back, and nothing else is believed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BatchRecord,
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
  encodeOp,
  encodeOpBody,
  encodeRules,
  encodeRun,
  encodeValue,
  FAILURE_CODES,
  OUTCOME_KINDS,
  type Outcome,
  outcomeBytes,
  parseRunPath,
  type Run,
  readOp,
  runPath,
  runsPrefix,
  toHex,
} from '../src/index.js'
import { refusal } from './helpers.js'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const count = fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat())
const encoded = fc
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
const outcome = fc.oneof(executed, failed)
const run: fc.Arbitrary<Run> = fc.record({
  head,
  prevRun: count,
  outcomes: fc.array(outcome, { minLength: 1, maxLength: 5 }),
})
const laterBatch: fc.Arbitrary<BatchRecord> = fc.record({
  number: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  prevEnd: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  prevTreeHash: bytes(32),
  prevSignature: bytes(64),
  lastTs: count,
  engine: fc.string({ unit: 'grapheme' }),
  runs: count,
  blocks: count,
})
const genesisBatch: fc.Arbitrary<BatchRecord> = laterBatch.map((record) => ({
  ...record,
  number: 0,
  prevEnd: 0,
  prevTreeHash: new Uint8Array(),
  prevSignature: new Uint8Array(),
}))

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
    fc.record({ rules: fc.uint8Array(), nonce: bytes(32) }),
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

describe('versions', () => {
  const batch = {
    number: 1,
    prevEnd: 1,
    prevTreeHash: new Uint8Array(32),
    prevSignature: new Uint8Array(64),
    lastTs: 0,
    engine: '',
    runs: 0,
    blocks: 0,
  }
  const outcomes: Outcome[] = [{ kind: 'ok', ts: 0, numChanges: 0, fuel: 0 }]
  const someHead = { length: 1, treeHash: new Uint8Array(32), signature: new Uint8Array(64) }
  it.each<[string, Uint8Array, (bytes: Uint8Array) => unknown]>([
    ['oplog blocks', encodeOp(1), decodeEnvelope],
    ['runs', encodeRun({ head: someHead, prevRun: 0, outcomes }), decodeRun],
    ['batch records', encodeBatch(batch), decodeBatch],
    ['genesis records', encodeGenesis({ rules: new Uint8Array(), nonce: new Uint8Array(32) }), decodeGenesis],
  ])('of %s other than 1 are refused as such', (_, block, decode) => {
    for (const version of [0, 2, 127]) {
      const other = block.slice()
      expect(other[1]).toBe(1)
      other[1] = version
      expect(refusal(() => decode(other))).toEqual({ name: 'FormatError', code: 'VERSION_UNKNOWN' })
    }
  })

  it('of the rules that are not known here are refused as such, each by name', () => {
    const { limits, initialState, ...versions } = CURRENT_RULES
    expect(initialState).toBe(undefined)
    for (const [name, value] of Object.entries(versions)) {
      const other = { ...CURRENT_RULES, [name]: typeof value === 'number' ? value + 1 : `${value}x` }
      expect(refusal(() => decodeRules(encodeRules(other)))).toMatchObject({ code: 'RULES_UNKNOWN' })
      const wrong = { ...CURRENT_RULES, [name]: true }
      expect(refusal(() => decodeRules(encodeValue(wrong)))).toMatchObject({ code: 'RULES_INVALID' })
      const { [name]: _, ...missing } = CURRENT_RULES as unknown as Record<string, unknown>
      expect(refusal(() => decodeRules(encodeValue(missing)))).toMatchObject({ code: 'RULES_INVALID' })
    }
    expect(Object.keys(limits).length).toBeGreaterThan(5)
  })
})

describe('oplog blocks', () => {
  it('of a type that is not known are refused as such', () => {
    const block = encodeOp(1)
    block[3] = 3
    expect(refusal(() => decodeEnvelope(block))).toEqual({ name: 'FormatError', code: 'TYPE_UNKNOWN' })
  })

  it('carry an op only where its value is canonical', () => {
    expect(refusal(() => decodeEnvelope(encodeOpBody(Uint8Array.of(0x18, 1))))).toMatchObject({
      code: 'VALUE_BYTES_INVALID',
    })
  })

  it('give the op they carry, or null', () => {
    expect(readOp(encodeOp({ op: 'PUT', n: 1 }))).toEqual({ op: 'PUT', n: 1 })
    for (const block of [
      encodeEcho(1, new Uint8Array(32)),
      new Uint8Array(),
      Uint8Array.of(9, 9),
      encodeOpBody(new Uint8Array()),
    ]) {
      expect(readOp(block)).toBe(null)
    }
  })

  it('refuse an echo of something that is no tree hash', () => {
    expect(refusal(() => decodeEnvelope(encodeEcho(1, new Uint8Array(31))))).toMatchObject({
      code: 'FORMAT_INVALID',
    })
  })

  it('refuse an op that is no value', () => {
    expect(refusal(() => encodeOp({ at: new Date() }))).toMatchObject({
      code: 'VALUE_REFUSED',
      at: 'value.at',
    })
  })
})

describe('outcomes', () => {
  const ok: Outcome = { kind: 'ok', ts: 1, numChanges: 0, fuel: 0 }
  const head = { length: 1, treeHash: new Uint8Array(32), signature: new Uint8Array(64) }
  const runOf = (...outcomes: Outcome[]) => encodeRun({ head, prevRun: 0, outcomes })

  it.each<[string, Outcome]>([
    ['a failure without a code', { ...ok, kind: 'failed' }],
    ['a failure with an empty code', { ...ok, kind: 'failed', code: '' as never }],
    ['a failure with a code of its own', { ...ok, kind: 'failed', code: 'bad-luck' as never }],
    ['a code with a success', { ...ok, code: 'contract' }],
    ['a message with a success', { ...ok, message: 'hello' }],
    ['an empty message with a success', { ...ok, message: '' }],
    ['a result that is no value', { ...ok, value: Uint8Array.of(0xff) }],
    ['an empty result', { ...ok, value: new Uint8Array() }],
    ['metadata that is no value', { ...ok, metadata: Uint8Array.of(0x18, 0) }],
  ])('are refused with %s', (_, bad) => {
    expect(refusal(() => decodeRun(runOf(ok, bad))).code).toMatch(/^(FORMAT_INVALID|VALUE_BYTES_INVALID)$/)
  })

  it('are refused with a kind beyond the list', () => {
    const bytes = runOf(ok)
    const at = bytes.length - 8
    expect([...bytes.subarray(at)]).toEqual([8, 0, 16, 1, 24, 0, 32, 0])
    bytes[at + 1] = OUTCOME_KINDS.length
    expect(refusal(() => decodeRun(bytes))).toMatchObject({ code: 'FORMAT_INVALID' })
  })

  it('come in runs of one at least', () => {
    expect(refusal(() => decodeRun(runOf()))).toMatchObject({ code: 'FORMAT_INVALID' })
  })

  it('take the bytes that they are said to take', () => {
    fc.assert(
      fc.property(outcome, outcome, (a, b) => {
        const grows = runOf(a, b).length - runOf(a).length
        const prefix = outcomeBytes(b) < 128 ? 2 : outcomeBytes(b) < 16384 ? 3 : 4
        expect(grows).toBe(outcomeBytes(b) + prefix)
      }),
    )
  })

  it('have lists that only ever grow at the end', () => {
    expect(OUTCOME_KINDS).toEqual(['ok', 'failed', 'undecodable', 'too-large', 'echo'])
    expect(FAILURE_CODES.slice(0, 11)).toEqual([
      'contract',
      'engine',
      'process',
      'value',
      'no-handler',
      'never-settles',
      'size',
      'source',
      'fuel',
      'depth',
      'unexecutable',
    ])
  })
})

describe('batch records', () => {
  const record = {
    number: 1,
    prevEnd: 5,
    prevTreeHash: new Uint8Array(32),
    prevSignature: new Uint8Array(64),
    lastTs: 0,
    engine: 'v8-11.3',
    runs: 1,
    blocks: 2,
  }
  it.each<[string, Partial<BatchRecord>]>([
    ['a first batch that has one before it', { number: 0 }],
    ['a later batch that begins at nothing', { prevEnd: 0 }],
    ['no tree hash', { prevTreeHash: new Uint8Array() }],
    ['a short tree hash', { prevTreeHash: new Uint8Array(31) }],
    ['no signature', { prevSignature: new Uint8Array() }],
    ['a long signature', { prevSignature: new Uint8Array(68) }],
    ['a first batch with a signature only', { number: 0, prevEnd: 0, prevTreeHash: new Uint8Array() }],
  ])('are refused with %s', (_, wrong) => {
    expect(refusal(() => decodeBatch(encodeBatch({ ...record, ...wrong })))).toMatchObject({
      code: 'FORMAT_INVALID',
    })
  })
})

describe('inputs', () => {
  const input = { active: true, oplog: new Uint8Array(32), signer: new Uint8Array(32) }
  it.each<[string, unknown]>([
    ['null', null],
    ['a list', [true]],
    ['a text', 'input'],
    ['a field missing', { active: true, oplog: input.oplog }],
    ['a field more', { ...input, name: 'bob' }],
    ['a short key', { ...input, signer: new Uint8Array(31) }],
    ['a key as text', { ...input, oplog: toHex(input.oplog) }],
    ['active as a number', { ...input, active: 1 }],
  ])('are refused when they are %s', (_, value) => {
    expect(refusal(() => decodeInput(encodeValue(value)))).toMatchObject({ code: 'FORMAT_INVALID' })
  })
})

describe('rules', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['bytes', new Uint8Array()],
    ['a list', []],
    ['a field more', { ...CURRENT_RULES, extra: 1 }],
    ['limits missing', { ...CURRENT_RULES, limits: null }],
    ['a limit missing', { ...CURRENT_RULES, limits: { fuelMax: 0 } }],
    ['a limit more', { ...CURRENT_RULES, limits: { ...CURRENT_RULES.limits, extraMax: 1 } }],
    ['a negative limit', { ...CURRENT_RULES, limits: { ...CURRENT_RULES.limits, fuelMax: -1 } }],
    ['a fractional limit', { ...CURRENT_RULES, limits: { ...CURRENT_RULES.limits, batchOpsMax: 0.5 } }],
    [
      'values larger than any decoder takes',
      { ...CURRENT_RULES, limits: { ...CURRENT_RULES.limits, valueBytesMax: 2 ** 30 } },
    ],
    [
      'values deeper than any decoder takes',
      { ...CURRENT_RULES, limits: { ...CURRENT_RULES.limits, valueDepthMax: 65 } },
    ],
    ['a short initial state', { ...CURRENT_RULES, initialState: new Uint8Array(31) }],
    ['an initial state of null', { ...CURRENT_RULES, initialState: null }],
  ])('are refused when they are or have %s', (_, value) => {
    expect(refusal(() => decodeRules(encodeValue(value)))).toMatchObject({ code: 'RULES_INVALID' })
  })

  it('are refused as bytes that are no value', () => {
    expect(refusal(() => decodeRules(Uint8Array.of(0xff)))).toMatchObject({ code: 'RULES_INVALID' })
  })

  it('may set smaller limits, and cannot be changed once read', () => {
    const limits = Object.fromEntries(Object.keys(CURRENT_RULES.limits).map((name) => [name, 1]))
    const rules = decodeRules(encodeValue({ ...CURRENT_RULES, limits }))
    expect(rules.limits.batchOpsMax).toBe(1)
    expect(() => Object.assign(rules.limits, { batchOpsMax: 2 })).toThrow(TypeError)
    expect(() => Object.assign(rules, { abi: 2 })).toThrow(TypeError)
    expect(() => Object.assign(CURRENT_RULES.limits, { batchOpsMax: 2 })).toThrow(TypeError)
  })
})

describe('run paths', () => {
  it('name an oplog and a block, and sort by it', () => {
    fc.assert(
      fc.property(bytes(32), fc.nat({ max: 10 ** 15 - 1 }), fc.nat({ max: 10 ** 15 - 1 }), (oplog, a, b) => {
        const path = runPath({ oplog, firstSeq: a })
        expect(parseRunPath(path)).toEqual({ oplog, firstSeq: a })
        expect(path.startsWith(`${runsPrefix(oplog)}/`)).toBe(true)
        expect(path < runPath({ oplog, firstSeq: b })).toBe(a < b)
      }),
    )
  })

  it.each([
    '/.sys/acks/genesis',
    `/.sys/acks/${'0'.repeat(64)}`,
    `/.sys/acks/${'0'.repeat(64)}/1`,
    `/.sys/acks/${'0'.repeat(64)}/0000000000000001`,
    `/.sys/acks/${'0'.repeat(64)}/00000000000000a`,
    `/.sys/acks/${'A'.repeat(64)}/000000000000001`,
    `/.sys/acks/${'0'.repeat(64)}/000000000000001/x`,
    `/x/.sys/acks/${'0'.repeat(64)}/000000000000001`,
  ])('are not %s', (path) => {
    expect(parseRunPath(path)).toBe(null)
  })
})
