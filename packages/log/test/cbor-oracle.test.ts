// The coder of values against two others: cborg, an independent one, and for floats the rule written out
// (spec/5-values §2, §3). cborg writes a subnormal half only where it is a power of two, so those are left out there.
import { isDeepStrictEqual } from 'node:util'
import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeValue, encodeValue, fromHex, sameBytes, toHex } from '../src/index.js'
import { anyValue, number } from './arbitraries.js'
import { refusal } from './helpers.js'

/** Times the cases of an ordinary run; `cbor-oracle.soak.ts` has more. */
const CASES = process.env.MODE === 'soak' ? 50 : 1

const STRICT = {
  allowIndefinite: false,
  allowUndefined: false,
  allowNaN: false,
  allowInfinity: false,
  allowBigInt: false,
  strict: true,
  rejectDuplicateMapKeys: true,
}

const isSubnormalHalf = (value: unknown): boolean =>
  typeof value === 'number' && value !== 0 && Math.abs(value) < 2 ** -14 && Number.isInteger(value * 2 ** 24)

function holdsSubnormalHalf(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array)
    return isSubnormalHalf(value)
  return Object.values(value).some(holdsSubnormalHalf)
}

const ordinaryValue = anyValue.filter((value) => !holdsSubnormalHalf(value))

/** What cborg takes strictly and gives back as the same bytes. */
function oracle(bytes: Uint8Array): { value: unknown } | null {
  try {
    const value = decode(bytes, STRICT)
    return sameBytes(encode(value, rfc8949EncodeOptions), bytes) ? { value } : null
  } catch {
    return null
  }
}

function ours(bytes: Uint8Array): { value: unknown } | null {
  try {
    return { value: decodeValue(bytes) }
  } catch {
    return null
  }
}

describe('cborg', () => {
  it('encodes every value to the same bytes', () => {
    fc.assert(
      fc.property(ordinaryValue, (value) => {
        expect(toHex(encodeValue(value))).toBe(toHex(encode(value, rfc8949EncodeOptions)))
      }),
      { numRuns: 400 * CASES },
    )
  })

  it('decodes every value to the same', () => {
    fc.assert(
      fc.property(ordinaryValue, (value) => {
        const bytes = encodeValue(value)
        expect(isDeepStrictEqual(decodeValue(bytes), decode(bytes, STRICT))).toBe(true)
      }),
      { numRuns: 400 * CASES },
    )
  })

  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 24 }),
    fc
      .tuple(ordinaryValue, fc.nat(), fc.integer({ min: 1, max: 255 }))
      .map(([value, at, by]) =>
        encodeValue(value).map((byte, i, { length }) => (i === at % length ? byte ^ by : byte)),
      ),
    fc.tuple(ordinaryValue, fc.nat()).map(([value, at]) => encodeValue(value).slice(0, at)),
    fc
      .tuple(ordinaryValue, ordinaryValue)
      .map(([a, b]) => Uint8Array.of(...encodeValue(a), ...encodeValue(b))),
  )

  it('takes and refuses the same bytes', () => {
    let taken = 0
    fc.assert(
      fc.property(bytes, (given) => {
        const found = ours(given)
        const expected = oracle(given)
        if (found !== null) taken++
        if (found !== null && holdsSubnormalHalf(found.value)) return
        if (expected !== null && holdsSubnormalHalf(expected.value)) return
        expect(isDeepStrictEqual(found, expected), toHex(given)).toBe(true)
      }),
      { numRuns: 1200 * CASES },
    )
    expect(taken).toBeGreaterThan(60)
  })
})

/** Every finite half by its value; of the two zeros the positive one. */
const HALVES = new Map<number, number>()
for (let bits = 0xffff; bits >= 0; bits--) {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) continue
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
  HALVES.set(bits & 0x8000 ? -size : size, bits)
}

/** The rule, step by step: half if that is exact, else single if that is, else double. */
function reference(value: number): string {
  const view = new DataView(new ArrayBuffer(8))
  const half = HALVES.get(value)
  if (half !== undefined) {
    view.setUint16(0, half)
    return `f9${toHex(new Uint8Array(view.buffer, 0, 2))}`
  }
  view.setFloat32(0, value)
  if (view.getFloat32(0) === value) return `fa${toHex(new Uint8Array(view.buffer, 0, 4))}`
  view.setFloat64(0, value)
  return `fb${toHex(new Uint8Array(view.buffer))}`
}

describe('floats', () => {
  it('are the shortest that is exact', () => {
    fc.assert(
      fc.property(number, (value) => {
        fc.pre(!Number.isSafeInteger(value))
        expect(toHex(encodeValue(value))).toBe(reference(value))
        expect(decodeValue(fromHex(reference(value)))).toBe(value)
      }),
      { numRuns: 2000 * CASES },
    )
  })

  it('have every half that is no integer, subnormal ones too, and not what lies beside it', () => {
    for (const [value, bits] of HALVES) {
      if (Number.isInteger(value)) continue
      const bytes = Uint8Array.of(0xf9, bits >> 8, bits & 255)
      if (toHex(encodeValue(value)) !== toHex(bytes)) expect(value).toBe(bits)
      if (decodeValue(bytes) !== value) expect(bits).toBe(value)
      const beside = value * (1 + 2 ** -23)
      if (toHex(encodeValue(beside)) !== reference(beside)) expect(beside).toBe(bits)
    }
    expect(toHex(encodeValue(3 * 2 ** -24))).toBe('f90003')
  })

  it('are refused in any longer form, and where they are integers, -0, infinite or no number', () => {
    const view = new DataView(new ArrayBuffer(8))
    const forms = (value: number): string[] => {
      view.setFloat32(0, value)
      const single = `fa${toHex(new Uint8Array(view.buffer, 0, 4))}`
      const isSingle = Object.is(view.getFloat32(0), value)
      view.setFloat64(0, value)
      return [...(isSingle ? [single] : []), `fb${toHex(new Uint8Array(view.buffer))}`]
    }
    const halves = [...HALVES.keys()].filter((_, n) => n % 16 < 2)
    for (const value of [...halves, -0, Number.POSITIVE_INFINITY, Number.NaN]) {
      for (const form of forms(value)) {
        if (ours(fromHex(form)) !== null) expect(form).toBe('refused')
      }
    }
    expect(refusal(() => decodeValue(fromHex('fa34000000'))).code).toBe('VALUE_BYTES_INVALID')
  })
})
