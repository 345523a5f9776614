import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParams, parseParamsJson, parseValue } from '../src/params/parse.js'
import { quoteForShell } from '../src/params/shell.js'
import { markWords, unmark } from '../src/params/split.js'

const noFiles = {
  readFile: async (name: string) => {
    throw new Error(`read ${name}`)
  },
}
const parse = (words: string[], base = {}) => parseParams(words, noFiles, base)
const refused = (hint: string | RegExp) =>
  expect.objectContaining({ code: 'PARAMETER_INVALID', exit: 2, hint: expect.stringMatching(hint) })

/** JSON as `JSON.parse` gives it, −0 and numbers beyond its range left out. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)))
const safeJson = json.filter((value) => !/\d{16}/.test(JSON.stringify(value)))
/** Names that a flag can spell. */
const name = fc
  .string({ minLength: 1, maxLength: 8 })
  .filter((text) => !text.includes('=') && !text.endsWith('-file') && !text.includes('\0'))

describe('a parameter', () => {
  it('any JSON value survives as the text of a flag', async () => {
    await fc.assert(
      fc.asyncProperty(name, safeJson, async (name, value) => {
        const expected = Object.defineProperty({}, name, { value, enumerable: true })
        expect(await parse([`--${name}=${JSON.stringify(value)}`])).toEqual(expected)
        expect(await parse([`--${name}`, JSON.stringify(value)])).toEqual(expected)
      }),
    )
  })

  it('any JSON object survives as --params, and as flags beside each other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, safeJson), async (params) => {
        expect(parseParamsJson(JSON.stringify(params))).toEqual(params)
        const words = Object.entries(params).map(([key, value]) => `--${key}=${JSON.stringify(value)}`)
        expect(await parse(words)).toEqual(params)
      }),
    )
  })

  it('any text that does not begin like JSON stays that text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^\s*(?:[[{"]|(?:-?\d[\d.e+-]*|true|false|null)\s*$)/.test(text))
        expect(parseValue(text, 'text')).toBe(text)
      }),
    )
  })

  it('any text survives when it is quoted as JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseValue(JSON.stringify(text), 'text')).toBe(text)
      }),
    )
  })

  it.each([
    ['2', 2],
    ['-2.5', -2.5],
    ['1e-7', 1e-7],
    ['1e+21', 1e21],
    ['true', true],
    ['false', false],
    ['null', null],
    [' 5 ', 5],
    ['two words', 'two words'],
    ['', ''],
    ['007', '007'],
    ['12e5', '12e5'],
    ['0x10', '0x10'],
    ['+5', '+5'],
    ['NaN', 'NaN'],
    ['True', 'True'],
    ['"5"', '5'],
    ['{"a": [1]}', { a: [1] }],
  ])('%j is read as %j', (text, value) => {
    expect(parseValue(text, 'value')).toEqual(value)
  })

  it('written like JSON but none is refused, with the way to give it as text', async () => {
    await expect(parse(['--note', '[draft] hello'])).rejects.toEqual(refused(/--note '"\[draft\] hello"'$/))
    await expect(parse(['--id', '12345678901234567890'])).rejects.toEqual(refused('12345678901234567890'))
    await expect(parse(['--id', '1e+999'])).rejects.toEqual(refused('1e\\+999'))
  })

  it('alone is true; what begins with one dash is a value, with two it is the next name', async () => {
    expect(await parse(['--a', '--b', '-5', '--c', '-x', '--d'])).toEqual({
      a: true,
      b: -5,
      c: '-x',
      d: true,
    })
    expect(await parse(['--a=--b', '--c='])).toEqual({ a: '--b', c: '' })
  })

  it('given twice is refused, beside --params too', async () => {
    await expect(parse(['--a', '1', '--a', '2'])).rejects.toEqual(refused('as JSON'))
    await expect(parse(['--a', '1'], { a: 2 })).rejects.toEqual(refused('as JSON'))
  })

  it('without a name is refused', async () => {
    await expect(parse(['5'])).rejects.toEqual(refused('--name value'))
    await expect(parse(['--a', 'two', 'words'])).rejects.toEqual(refused('quotes'))
    await expect(parse(['--'])).resolves.toEqual({})
    await expect(parse(['-a'])).rejects.toEqual(refused('--name value'))
  })

  it('takes the text of a file', async () => {
    const files = { readFile: async (path: string) => `text of ${path}` }
    expect(await parseParams(['--code-file', 'a b.js', '--n', '1'], files)).toEqual({
      code: 'text of a b.js',
      n: 1,
    })
    await expect(parseParams(['--code-file'], files)).rejects.toEqual(refused('<path>'))
  })

  it('named __proto__ is a parameter like any other', async () => {
    const params = await parse(['--__proto__', '1'])
    expect(Object.keys(params)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype)
  })

  it('--params is an object', () => {
    for (const text of ['[]', '5', 'null', '{'])
      expect(() => parseParamsJson(text)).toThrow(refused('--params'))
  })
})

describe('the words of a call', () => {
  const known = new Map([
    ['--json', { takesValue: false }],
    ['--timeout', { takesValue: true }],
  ])

  it('are parted into options, spelled out, and parameters', () => {
    const marked = markWords(
      ['m', '--a', '--json', '--timeout', '5', '--b=--json', '-h', '--timeout=6'],
      known,
    )
    expect(marked.map((word) => word.startsWith('\0'))).toEqual([
      true,
      true,
      false,
      false,
      false,
      true,
      true,
      false,
    ])
  })

  it('are all parameters after --', () => {
    expect(markWords(['m', '--', '--json'], known)).toEqual(['\0m', '\0--', '\0--json'])
  })

  it('any words come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.string().filter((word) => !word.includes('\0'))), (words) => {
        expect(unmark(markWords(words, known))).toEqual(words)
      }),
    )
  })
})

describe('quoting', () => {
  it('leaves plain words and quotes the rest', () => {
    expect(['/a/b', 'a b', "it's", ''].map(quoteForShell)).toEqual(['/a/b', "'a b'", `'it'\\''s'`, "''"])
  })
})
