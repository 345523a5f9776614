/** spec/2-index §3: paths have one form, and keys sort as the tree of paths does. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assertPath,
  assertPrefix,
  childRange,
  compareKeys,
  comparePaths,
  fromHex,
  isContractReadable,
  isSystemPath,
  keyToPath,
  PathError,
  pathToKey,
  toHex,
} from '../src/index.js'
import { refusal } from './helpers.js'

export const segment = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
  .filter((name) => !/[/\0]/.test(name) && name !== '.' && name !== '..')
const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((names) => `/${names.join('/')}`)

const inRange = (key: Uint8Array, { gte, lt }: { gte: Uint8Array; lt: Uint8Array }) =>
  compareKeys(key, gte) >= 0 && compareKeys(key, lt) < 0

describe('paths', () => {
  it('come back from their keys', () => {
    fc.assert(
      fc.property(path, (item) => {
        expect(assertPath(item)).toBe(item)
        expect(keyToPath(pathToKey(item))).toBe(item)
      }),
    )
  })

  it('are one for one with keys: whatever bytes are a key are the key of their path', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 12 }), path.map(pathToKey).map(flipSomething))
    fc.assert(
      fc.property(bytes, (key) => {
        try {
          expect(toHex(pathToKey(keyToPath(key)))).toBe(toHex(key))
        } catch (error) {
          expect(error).toBeInstanceOf(PathError)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it.each<[string, unknown]>([
    ['no string', 5],
    ['undefined', undefined],
    ['an object', Object.create(null)],
    ['an object with a method', { toString: () => '/a' }],
    ['a symbol', Symbol('/a')],
    ['empty', ''],
    ['the root', '/'],
    ['without a leading slash', 'a/b'],
    ['with an empty segment', '/a//b'],
    ['with a trailing slash', '/a/'],
    ['with two leading slashes', '//a'],
    ['with a dot segment', '/a/./b'],
    ['with a final dot segment', '/a/.'],
    ['with a dot-dot segment', '/a/../b'],
    ['of a dot-dot segment', '/..'],
    ['with a NUL', '/a\0b'],
    ['with a lone high surrogate', '/a\ud800'],
    ['with a lone low surrogate', '/\udc00b'],
    ['of 1,025 bytes', `/${'a'.repeat(1024)}`],
    ['of 1,025 bytes in fewer characters', `/${'é'.repeat(512)}`],
  ])('are refused when they are %s', (_, item) => {
    expect(refusal(() => assertPath(item))).toMatchObject({ name: 'PathError', code: 'PATH_INVALID' })
  })

  it('are refused in words that fit on a screen', () => {
    for (const item of [`/${'a/'.repeat(1_000_000)}`, 'x'.repeat(1_000_000), `/${'é'.repeat(600)}`]) {
      expect(() => assertPath(item)).toThrow(/^.{1,200}$/)
    }
  })

  it.each([
    ['the longest', `/${'a'.repeat(1023)}`],
    ['dots within', '/a.b/.hidden/..more/...'],
    ['blanks and controls', '/ /\t/\n/\u007f'],
    ['a byte order mark', '/\ufeff/\ufeffa'],
    ['both forms of an accent', '/\u00e9/e\u0301'],
    ['characters outside the first plane', '/𝒳/👩‍👩‍👧'],
    ['backslashes, percent signs, stars', '/a\\b/%2f/*'],
    ['noncharacters', '/\uffff/\ufdd0'],
  ])('may hold %s', (_, item) => {
    expect(keyToPath(pathToKey(item))).toBe(item)
  })

  it('keep apart what only looks alike', () => {
    expect(toHex(pathToKey('/\u00e9'))).not.toBe(toHex(pathToKey('/e\u0301')))
  })

  it.each([
    ['a slash', '2f'],
    ['no UTF-8', 'ff'],
    ['an encoded surrogate', 'eda080'],
    ['an overlong form', 'c080'],
    ['a leading NUL', '0061'],
    ['a trailing NUL', '6100'],
    ['nothing', ''],
    ['a dot segment', '61002e'],
    ['too much', '61'.repeat(1024)],
  ])('have no key with %s', (_, hex) => {
    expect(refusal(() => keyToPath(fromHex(hex)))).toMatchObject({ name: 'PathError', code: 'PATH_INVALID' })
  })

  it('have exactly what is below them in their range', () => {
    fc.assert(
      fc.property(path, path, (a, b) => {
        const below = `${a}${b}`
        fc.pre(below.length < 300)
        expect(inRange(pathToKey(below), childRange(a))).toBe(true)
        expect(inRange(pathToKey(a), childRange(a))).toBe(false)
        expect(inRange(pathToKey(b), childRange(a))).toBe(b.startsWith(`${a}/`))
        expect(inRange(pathToKey(a), childRange('/'))).toBe(true)
      }),
    )
  })

  it('sort by the bytes of their segments, a parent before its children', () => {
    const sorted = ['/a', '/a/b', '/a/b/c', '/a/c', '/a!', '/a.b', '/ab', '/b', '/é', '/\uffff', '/𝒳']
    const keys = sorted.map(pathToKey)
    expect([...keys].reverse().sort(compareKeys).map(keyToPath)).toEqual(sorted)
    expect([...sorted].reverse().sort(comparePaths)).toEqual(sorted)
    fc.assert(
      fc.property(path, path, (a, b) => {
        expect(Math.sign(compareKeys(pathToKey(a), pathToKey(b)))).toBe(
          Math.sign(Buffer.compare(pathToKey(a), pathToKey(b))),
        )
        expect(Math.sign(comparePaths(a, b))).toBe(Math.sign(compareKeys(pathToKey(a), pathToKey(b))))
      }),
    )
  })

  it('of the system are told apart, and some of them are hidden from contracts', () => {
    for (const item of ['/.sys', '/.sys/batch', '/.sys/x/y']) expect(isSystemPath(item)).toBe(true)
    for (const item of ['/.system', '/sys', '/a/.sys', '/.SYS']) expect(isSystemPath(item)).toBe(false)
    for (const item of ['/.sys/acks', '/.sys/acks/genesis', '/.sys/batch', '/.sys/batch/x']) {
      expect(isContractReadable(item)).toBe(false)
    }
    for (const item of ['/.sys', '/.sys/inputs', '/.sys/contract/source', '/.sys/acksx', '/acks', '/a']) {
      expect(isContractReadable(item)).toBe(true)
    }
  })

  it('may be the root where a prefix is asked for', () => {
    expect(assertPrefix('/')).toBe('/')
    expect(assertPrefix('/a')).toBe('/a')
    for (const item of ['', '/a/', '//', null]) {
      expect(refusal(() => assertPrefix(item))).toMatchObject({ code: 'PATH_INVALID' })
    }
  })
})

function flipSomething(key: Uint8Array): Uint8Array {
  const out = key.slice()
  out[key.length >> 1]! ^= 0x21
  return out
}
