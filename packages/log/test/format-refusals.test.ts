/** spec/2-index, spec/3-oplog, spec/1-identity §3: what each format refuses, and as what. */
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
  readOp,
  runPath,
  runsPrefix,
  toHex,
} from '../src/index.js'
import { bytes, outcome } from './arbitraries.js'
import { refusal } from './helpers.js'

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
      // ABI 2 is known as well (spec/1-identity 1.3.4).
      const next = typeof value === 'number' ? value + (name === 'abi' ? 2 : 1) : `${value}x`
      const other = { ...CURRENT_RULES, [name]: next }
      expect(refusal(() => decodeRules(encodeValue(other)))).toMatchObject({ code: 'RULES_UNKNOWN' })
      expect(refusal(() => encodeRules(other))).toMatchObject({ code: 'RULES_UNKNOWN' })
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
    ['no fuel', { ...CURRENT_RULES, limits: { ...CURRENT_RULES.limits, fuelMax: 0 } }],
    [
      'more fuel than is counted',
      { ...CURRENT_RULES, limits: { ...CURRENT_RULES.limits, fuelMax: 2 ** 31 } },
    ],
    ['no depth', { ...CURRENT_RULES, limits: { ...CURRENT_RULES.limits, depthMax: 0 } }],
    [
      'more depth than engines have',
      { ...CURRENT_RULES, limits: { ...CURRENT_RULES.limits, depthMax: 1001 } },
    ],
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
    ['batches of no op', { ...CURRENT_RULES, limits: { ...CURRENT_RULES.limits, batchOpsMax: 0 } }],
    ['runs of no bytes', { ...CURRENT_RULES, limits: { ...CURRENT_RULES.limits, runBytesMax: 0 } }],
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
