/** Values as JavaScript writes them: readable, short, and harmless in a terminal. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { showArguments, showJs } from '../src/output/notation.js'

describe('a value in JavaScript notation', () => {
  it('is what a person would type', () => {
    expect(showArguments(['Hello world', 1, null, true, [1, 'a'], { id: 2, 'a b': "it's" }])).toBe(
      "'Hello world', 1, null, true, [1, 'a'], {id: 2, 'a b': 'it\\'s'}",
    )
    expect(showArguments([])).toBe('')
    expect(showJs(Uint8Array.of(1, 255))).toBe('Uint8Array.of(1, 255)')
  })

  it('is cut short where it is long or deep', () => {
    expect(showJs('x'.repeat(61))).toBe(`'${'x'.repeat(60)}…'`)
    expect(showJs(Array.from({ length: 9 }, (_, n) => n))).toBe('[0, 1, 2, 3, 4, 5, 6, 7, …]')
    expect(showJs(new Uint8Array(1024))).toBe('Uint8Array(1024)')
    expect(showJs({ a: { b: { c: { d: 1 } } } })).toBe('{a: {b: {c: {…}}}}')
    expect(showJs('😀'.repeat(100))).toBe(`'${'😀'.repeat(60)}…'`)
  })

  it('is one line without control characters, whatever it holds', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there.
    const harmful = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        expect(showJs([value, text, { [text]: value }])).not.toMatch(harmful)
      }),
    )
  })

  it('is the value itself where nothing is cut', () => {
    const short = fc.string({ maxLength: 20 })
    const value = fc.oneof(short, fc.integer(), fc.boolean(), fc.constant(null))
    fc.assert(
      fc.property(
        fc.dictionary(
          short.filter((name) => name !== '__proto__'),
          value,
          { maxKeys: 5 },
        ),
        (object) => {
          const read = new Function(`return (${showJs(object)})`) as () => unknown
          expect(read()).toEqual({ ...object })
        },
      ),
    )
  })
})
