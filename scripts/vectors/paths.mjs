// spec/2-index §3: paths and their keys.
import { hex } from './json.mjs'

const VALID = [
  ['one segment', '/a'],
  ['three segments', '/users/bob/name'],
  ['dots within segments', '/a.b/.hidden/...'],
  ['blanks and control characters', '/ /\t/\u007f'],
  ['characters beyond ASCII', '/é/水/𐅑'],
  ['an accent as one character', '/\u00e9'],
  ['an accent as two characters', '/e\u0301'],
  ['a byte order mark', '/\ufeffa'],
  ['the contract', '/.sys/contract/source'],
  ['the longest', `/${'a'.repeat(1023)}`],
]

const INVALID = [
  ['the empty text', '', 'it starts with a slash'],
  ['the root', '/', 'it has a segment'],
  ['no leading slash', 'a', 'it starts with a slash'],
  ['a trailing slash', '/a/', 'no segment is empty'],
  ['two slashes', '/a//b', 'no segment is empty'],
  ['a dot segment', '/a/./b', 'no segment is a dot'],
  ['a dot-dot segment', '/a/..', 'no segment is two dots'],
  ['a NUL', '/a\u0000b', 'it holds no NUL'],
  ['one byte too many', `/${'a'.repeat(1024)}`, 'it takes at most 1024 bytes'],
  ['one byte too many in fewer characters', `/${'é'.repeat(512)}`, 'it takes at most 1024 bytes'],
  ['a lone high surrogate', '/\ud800', 'it is well-formed'],
  ['a lone low surrogate', '/\udc00a', 'it is well-formed'],
]

const INVALID_KEYS = [
  ['the empty key', '', 'no segment is empty'],
  ['a slash', '612f62', 'it holds no slash'],
  ['a NUL first', '0061', 'no segment is empty'],
  ['a NUL last', '6100', 'no segment is empty'],
  ['two NULs', '61000062', 'no segment is empty'],
  ['a dot segment', '61002e', 'no segment is a dot'],
  ['no UTF-8', 'ff', 'it is UTF-8'],
  ['an encoded surrogate', 'eda080', 'it is UTF-8'],
  ['an overlong form', 'c080', 'it is UTF-8'],
  ['one byte too many', '61'.repeat(1024), 'its path takes at most 1024 bytes'],
]

/** In the order of their keys. */
const SORTED = [
  '/.sys',
  '/a',
  '/a/b',
  '/a/b/c',
  '/a/c',
  '/a!',
  '/a.b',
  '/ab',
  '/b',
  '/é',
  '/\uffff',
  '/\u{10000}',
]

export default function paths(api) {
  return {
    paths: {
      spec: 'spec/2-index §3',
      valid: VALID.map(([comment, path]) => ({ comment, path, key: api.pathToKey(path) })),
      invalid: INVALID.map(([comment, path, reason]) => ({ comment, path, reason })),
      invalidKeys: INVALID_KEYS.map(([comment, key, reason]) => ({ comment, key: hex(key), reason })),
      sorted: SORTED,
    },
  }
}
