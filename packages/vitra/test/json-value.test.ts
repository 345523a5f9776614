import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromJsonValue, toJsonValue, type Value } from '../src/index.js'

const value = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, 1.5, 'text', '$bytes'),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Uint8Array.from(bytes)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('$bytes', 'a', 'b', '__proto__'), tie('value'), { noNullPrototype: true }),
  ),
})).value

describe('values as JSON', () => {
  it('every value comes back from its JSON', () => {
    fc.assert(
      fc.property(value, (value) => {
        expect(fromJsonValue(JSON.parse(JSON.stringify(toJsonValue(value))))).toEqual(value)
      }),
    )
  })

  it('JSON that nobody wrote this way stands for itself', () => {
    for (const json of [{ $bytes: [1] }, { $bytes: null }, { $bytes: { a: 1 } }, { $bytes: '00', a: 1 }])
      expect(fromJsonValue(json)).toEqual(json)
  })

  it('refuses bytes that are not hex', () => {
    expect(() => fromJsonValue({ a: { $bytes: 'zz' } })).toThrowError(
      expect.objectContaining({ code: 'VALUE_REFUSED' }),
    )
  })
})
