// Names of the archive as names on disk.
import { describe, expect, it } from 'vitest'
import { assertName } from '../src/archive/names.js'

describe('a name of the archive', () => {
  it.each(['/topics/1', '/.hidden', '/a\\b', '/con', '/c:', '/ a ', '/...'])(
    'is one on Linux: %s',
    (name) => {
      expect(() => assertName(name, 'linux')).not.toThrow()
    },
  )

  it.each(['/..', '/a/../b', '/.', '//', '/a/', '/a\0b'])('leads nowhere else: %j', (name) => {
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      expect(() => assertName(name, platform)).toThrow(/cannot be written/)
  })

  it.each(['/a\\..\\b', '/c:', '/NUL', '/com1.txt', '/a/aux', '/end.', '/end ', '/what?', '/a\u0001'])(
    'is none on Windows: %j',
    (name) => {
      expect(() => assertName(name, 'win32')).toThrow(expect.objectContaining({ code: 'FILE_UNWRITABLE' }))
    },
  )
})
