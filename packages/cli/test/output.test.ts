import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../src/errors.js'
import { explain } from '../src/explain.js'
import { Output } from '../src/output/output.js'
import { columns, count, showShort, showValue, tame, tameLine } from '../src/output/text.js'
import { wrap } from '../src/output/wrap.js'

describe('text of others', () => {
  it('cannot move the cursor, ring the bell or turn the writing around', () => {
    expect(tame('a\u001b[2Jb\u0007\u202ec\u009b')).toBe('a\\u001b[2Jb\\u0007\\u202ec\\u009b')
    expect(tame('two\n\tlines')).toBe('two\n\tlines')
    expect(tameLine('two\n\tlines')).toBe('two\\n\\tlines')
  })

  it('on one line is one line, of the width asked for', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 80 }), (value, width) => {
        const text = showShort(value, width)
        expect(text.length).toBeLessThanOrEqual(width)
        expect(text).not.toMatch(/[\n\r]/)
      }),
    )
  })

  it('stays as it is as a value, other values are JSON', () => {
    expect([showValue('a"b'), showValue(5), showValue({ a: [1] })]).toEqual([
      'a"b',
      '5',
      '{\n  "a": [\n    1\n  ]\n}',
    ])
  })

  it('is counted and put in columns', () => {
    expect([count(1, 'op'), count(2, 'op'), count(0, 'batch', 'batches')]).toEqual([
      '1 op',
      '2 ops',
      '0 batches',
    ])
    expect(
      columns([
        ['a', 'x'],
        ['long', ''],
      ]),
    ).toEqual(['a     x', 'long'])
  })
})

describe('an error', () => {
  it('of several lines cannot pass for another one', () => {
    const lines: string[] = []
    const sink = { write: (text: string) => lines.push(text) }
    const io = {
      stdout: sink,
      stderr: sink,
      env: {},
      cwd: '/',
      readStdin: async () => new Uint8Array(),
      async *readLines() {},
      program: null,
      terminal: null,
      ask: async () => null,
    }
    const out = new Output(
      { ...io, onInterrupt: () => () => {} },
      { json: false, quiet: false, debug: false },
    )
    const forged = Object.assign(new Error('no\nerror: forged'), { code: 'OP_REJECTED' })
    out.problem({ ...explain(forged), hint: 'do this' })
    expect(lines.join('')).toBe('error: no\n  error: forged (OP_REJECTED)\ndo this\n')
  })

  const coded = (code: string) => Object.assign(new Error('it failed'), { code })

  it.each([
    ['CONTRACT_FRAUD', 3],
    ['CONTRACT_VIOLATED', 3],
    ['AUDIT_INCONCLUSIVE', 4],
    ['KEY_INVALID', 2],
    ['PATH_INVALID', 2],
    ['OP_REJECTED', 1],
    ['CALL_FAILED', 1],
    ['ENOSPC', 1],
  ])('of code %s ends with %i', (code, exit) => {
    expect(explain(coded(code))).toMatchObject({ code, exit, message: 'it failed' })
  })

  it('without a code is a mistake of the program, and says so', () => {
    for (const error of [new Error('oops'), 'oops', Object.assign(new Error('oops'), { code: 5 })]) {
      expect(explain(error)).toMatchObject({ code: 'UNEXPECTED', exit: 1, message: 'oops' })
      expect(explain(error).hint).toContain('--debug')
    }
  })

  it('of the command line ends with 2 and keeps its hint', () => {
    expect(explain(new UsageError('USAGE', 'no', 'do this'))).toMatchObject({ exit: 2, hint: 'do this' })
  })
})

describe('wrapping', () => {
  it.each([
    ['short', 'short'],
    ['aaaa bbbb cccc dddd eeee', 'aaaa bbbb cccc dddd\neeee'],
    ['  aaaa bbbb cccc dddd eeee', '  aaaa bbbb cccc\n  dddd eeee'],
    ['name    aaaa bbbb cccc', 'name    aaaa bbbb\n        cccc'],
    [`key  ${'f'.repeat(40)}`, `key  ${'f'.repeat(40)}`],
    ['see the rest with `vitra info --json` now', 'see the rest with\n`vitra info --json`\nnow'],
    ['go on with: vitra verify --offline --resume', 'go on with:\nvitra verify --offline --resume'],
    ['\u001b[31maaaa\u001b[39m bbbb cccc dddd', '\u001b[31maaaa\u001b[39m bbbb cccc dddd'],
    ['aaaa bbbb cccc dddd eeee\nffff', 'aaaa bbbb cccc dddd\neeee\nffff'],
  ])('%j', (text, wrapped) => {
    expect(wrap(text, 20)).toBe(wrapped)
  })
})
