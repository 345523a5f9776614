/** spec/5-values: one value, one encoding. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeValue, encodeValue, fromHex, sameBytes, toHex, type Value, ValueError } from '../src/index.js'
import { anyValue, key, scalar } from './arbitraries.js'
import { refusal } from './helpers.js'

/** Prints the refusal, so that code and place are compared in one go. */
const refusedAt = (value: unknown) => refusal(() => encodeValue(value))

describe('values', () => {
  it('decode to what was encoded', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(decodeValue(encodeValue(value))).toEqual(value)
      }),
    )
  })

  it('have one encoding, whatever the order of keys and the kind of array', () => {
    fc.assert(
      fc.property(fc.dictionary(key, scalar), fc.infiniteStream(fc.nat()), (value, order) => {
        const names = Object.keys(value)
        const ranked = names.map((name) => [order.next().value, name] as const).sort((a, b) => a[0] - b[0])
        const shuffled = Object.fromEntries(ranked.map(([, name]) => [name, value[name]]))
        expect(toHex(encodeValue(shuffled))).toBe(toHex(encodeValue(value)))
      }),
    )
    expect(encodeValue(Buffer.from([1, 2]))).toEqual(encodeValue(Uint8Array.of(1, 2)))
    expect(encodeValue(Object.assign(Object.create(null), { a: 1 }))).toEqual(encodeValue({ a: 1 }))
  })

  it('are refused in every other form of the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
        let value: Value
        try {
          value = decodeValue(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ValueError)
          return
        }
        expect(toHex(encodeValue(value))).toBe(toHex(bytes))
      }),
      { numRuns: 3000 },
    )
  })

  it('are never taken for another value after a change of one byte', () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, by) => {
        const bytes = encodeValue(value)
        const changed = bytes.slice()
        changed[at % bytes.length]! ^= by
        try {
          expect(toHex(encodeValue(decodeValue(changed)))).toBe(toHex(changed))
        } catch (error) {
          expect(error).toMatchObject({ name: 'ValueError', code: 'VALUE_BYTES_INVALID' })
        }
      }),
    )
  })

  it('share nothing with what they were made from', () => {
    const inner = Uint8Array.of(1, 2, 3)
    const bytes = encodeValue({ inner })
    inner[0] = 9
    const first = decodeValue(bytes) as { inner: Uint8Array }
    expect(first.inner).toEqual(Uint8Array.of(1, 2, 3))
    first.inner[0] = 7
    expect(decodeValue(bytes)).toEqual({ inner: Uint8Array.of(1, 2, 3) })
  })

  it('come as plain bytes with memory of their own, never as a part of a pool', () => {
    const isOwn = (bytes: Uint8Array) =>
      Object.getPrototypeOf(bytes) === Uint8Array.prototype && bytes.buffer.byteLength === bytes.length
    for (const length of [0, 3, 5000, 200_000]) {
      const encoded = encodeValue(Buffer.alloc(length, 7))
      expect(isOwn(encoded)).toBe(true)
      expect(isOwn(decodeValue(Buffer.from(encoded)) as Uint8Array)).toBe(true)
    }
  })

  it('may encode another value while they are encoded', () => {
    const inner = { text: 'inner', list: [1, 2, 3] }
    const outer = {
      a: 'before',
      get b() {
        return encodeValue(inner)
      },
      get c(): unknown {
        return refusedAt({ bad: undefined }).code
      },
      d: 'after',
    }
    const expected = { a: 'before', b: encodeValue(inner), c: 'VALUE_REFUSED', d: 'after' }
    expect(decodeValue(encodeValue(outer))).toEqual(expected)
    expect(decodeValue(encodeValue(expected))).toEqual(expected)
  })

  it('are what they are, not what they claim to be', () => {
    expect(refusedAt(Object.create(Uint8Array.prototype))).toMatchObject({ at: 'value' })
    const longer = Object.defineProperty(Uint8Array.of(1, 2), 'length', { value: 5 })
    expect(toHex(encodeValue(longer))).toBe('420102')
    expect(toHex(encodeValue(Object.setPrototypeOf(Uint8Array.of(7), null)))).toBe('4107')
    const detached = Uint8Array.of(1, 2)
    structuredClone(detached, { transfer: [detached.buffer] })
    expect(toHex(encodeValue(detached))).toBe('40')
    for (const made of [Object, Map, Object.assign(Object.bind(null), { prototype: null })]) {
      const like = Object.assign(Object.create(null), { constructor: made, hasOwnProperty: () => true })
      expect(refusedAt(Object.create(like))).toMatchObject({ code: 'VALUE_REFUSED', at: 'value' })
    }
  })

  it('take -0 as 0', () => {
    expect(toHex(encodeValue(-0))).toBe('00')
    expect(toHex(encodeValue([-0, { a: -0 }]))).toBe(toHex(encodeValue([0, { a: 0 }])))
  })

  it('take the key names of Object.prototype, but for __proto__', () => {
    const value = { constructor: 1, toString: 2, hasOwnProperty: 3, valueOf: 4 }
    expect(decodeValue(encodeValue(value))).toEqual(value)
    expect(decodeValue(encodeValue({ [`__proto${'__'}x`]: 1 }))).toEqual({ __proto__x: 1 })
  })

  it('may be of another realm', async () => {
    const { runInNewContext } = await import('node:vm')
    const foreign = runInNewContext(
      '({ a: [1, { b: null }], c: Object.create(null), d: Uint8Array.of(1, 2) })',
    )
    const expected = { a: [1, { b: null }], c: {}, d: Uint8Array.of(1, 2) }
    expect(decodeValue(encodeValue(foreign))).toEqual(expected)
    expect(refusedAt(runInNewContext('new Map()'))).toMatchObject({ code: 'VALUE_REFUSED' })
  })

  it.each<[string, unknown, string]>([
    ['NaN', Number.NaN, 'value'],
    ['an infinity', [Number.POSITIVE_INFINITY], 'value[0]'],
    ['a negative infinity', { a: Number.NEGATIVE_INFINITY }, 'value.a'],
    ['undefined', { a: { b: undefined } }, 'value.a.b'],
    ['undefined alone', undefined, 'value'],
    ['a lone surrogate', ['ok', '\ud800'], 'value[1]'],
    ['a lone surrogate in a key', { 'a b': { '\udc00': 1 } }, 'value["a b"]'],
    ['a bigint', { n: 1n }, 'value.n'],
    ['a symbol', [Symbol('s')], 'value[0]'],
    ['a function', { f: () => 1 }, 'value.f'],
    // biome-ignore lint/suspicious/noSparseArray: the case under test
    ['a hole', { list: [1, , 2] }, 'value.list[1]'],
    ['a Map', { m: new Map([['a', 1]]) }, 'value.m'],
    ['a Set', [new Set()], 'value[0]'],
    ['a Date', { at: new Date(0) }, 'value.at'],
    ['a RegExp', /x/, 'value'],
    ['a Promise', { p: Promise.resolve() }, 'value.p'],
    ['an Error', { e: new Error('x') }, 'value.e'],
    ['an instance of a class', [new (class Point {})()], 'value[0]'],
    ['a boxed number', { n: Object(1) }, 'value.n'],
    ['a typed array of other elements', { a: new Uint16Array(1) }, 'value.a'],
    ['an ArrayBuffer', new ArrayBuffer(1), 'value'],
    ['a symbol key', { a: { [Symbol('k')]: 1 } }, 'value.a'],
    ['the key __proto__', { a: JSON.parse('{"__proto__": 1}') }, 'value.a'],
    ['a key that is hidden', { a: Object.defineProperty({}, 'x', { value: 1 }) }, 'value.a'],
    ['a named property of an array', { list: Object.assign([1], { name: 2 }) }, 'value.list'],
    ['a symbol property of an array', { list: Object.assign([1], { [Symbol('k')]: 2 }) }, 'value.list'],
  ])('refuse %s and name its place', (_, value, at) => {
    expect(refusedAt(value)).toEqual({ name: 'ValueError', code: 'VALUE_REFUSED', at })
  })

  it('refuse what contains itself, and take what occurs twice', () => {
    const cycle: Record<string, unknown> = { a: [] }
    ;(cycle.a as unknown[]).push({ back: cycle })
    expect(refusedAt(cycle)).toMatchObject({ code: 'VALUE_REFUSED', at: 'value.a[0].back' })
    const shared = { x: 1 }
    expect(decodeValue(encodeValue([shared, shared]))).toEqual([{ x: 1 }, { x: 1 }])
  })

  it('nest as deep as allowed and no deeper', () => {
    const nested = (depth: number): unknown => (depth === 1 ? 1 : [nested(depth - 1)])
    expect(decodeValue(encodeValue(nested(64)))).toEqual(nested(64))
    expect(refusedAt(nested(65))).toMatchObject({ code: 'VALUE_REFUSED', at: `value${'[0]'.repeat(63)}` })
    expect(encodeValue(nested(3), { depthMax: 3 }).length).toBe(3)
    expect(refusal(() => encodeValue(nested(4), { depthMax: 3 }))).toMatchObject({ at: 'value[0][0]' })
    // An empty container counts as what it could hold.
    expect(refusal(() => encodeValue([], { depthMax: 1 }))).toMatchObject({ at: 'value' })
    expect(refusal(() => decodeValue(fromHex(`${'81'.repeat(65)}01`)))).toMatchObject({
      code: 'VALUE_BYTES_INVALID',
    })
    expect(refusal(() => decodeValue(fromHex(`${'81'.repeat(200_000)}01`)))).toMatchObject({
      code: 'VALUE_BYTES_INVALID',
    })
  })

  it('are refused at the header that promises more than there is, with nothing set aside for it', () => {
    const before = process.memoryUsage()
    for (const major of ['5', '7', '9', 'b']) {
      for (const size of ['affffffff', 'b00000000ffffffff', 'b001fffffffffffff'])
        expect(refusal(() => decodeValue(fromHex(`${major}${size}`))).code).toBe('VALUE_BYTES_INVALID')
    }
    // Each list promises what the whole input could just hold.
    const promising = fromHex('9a0007ffff'.repeat(60) + '00'.repeat(2 ** 19))
    expect(refusal(() => decodeValue(promising)).code).toBe('VALUE_BYTES_INVALID')
    const after = process.memoryUsage()
    expect(after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed).toBeLessThan(2 ** 26)
  })

  it('are not decoded from what is no bytes', () => {
    for (const other of [undefined, null, 'f6', [0xf6], new Uint16Array(1), { length: 1, 0: 0xf6 }])
      expect(refusal(() => decodeValue(other as never)).code).toBe('VALUE_BYTES_INVALID')
  })

  it('take as many bytes as allowed and no more', () => {
    const limits = { bytesMax: 100 }
    const fits = new Uint8Array(98)
    expect(encodeValue(fits, limits).length).toBe(100)
    expect(refusal(() => encodeValue(new Uint8Array(99), limits))).toMatchObject({ code: 'VALUE_TOO_LARGE' })
    expect(refusal(() => decodeValue(encodeValue(new Uint8Array(99)), limits))).toMatchObject({
      code: 'VALUE_BYTES_INVALID',
    })
    const megabyte = 1024 * 1024
    expect(encodeValue(new Uint8Array(megabyte - 5)).length).toBe(megabyte)
    expect(refusal(() => encodeValue(new Uint8Array(megabyte - 4)))).toMatchObject({
      code: 'VALUE_TOO_LARGE',
    })
  })

  it('compare as bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(sameBytes(a, b)).toBe(toHex(a) === toHex(b))
        expect(sameBytes(a, a.slice())).toBe(true)
      }),
    )
  })
})
