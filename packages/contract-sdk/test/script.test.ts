// Scripts to contracts and back (spec/10-scripts §5).
import { parse } from 'acorn'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileScript, readScript, ScriptError, scriptFunctions, scriptPlace } from '../src/script/index.js'

const COMMON = `const assert = require('assert')
exports.count = 0
exports.add = async (by = 1, { note = '' } = {}) => {
  assert(by > 0)
  return exports.count += by
}
module.exports.get = function () { return exports.count }
`

const MODULE = `import assert, { ok as sure } from 'node:assert'
import * as util from 'util'
export let count = 0, last
export const seen = [], { a, b: [c] } = { a: 1, b: [2] }
/** Adds. */
export async function add(by = 1) { count += by }
export class Thing {}
const hidden = 1
export {
  hidden as shown, // with a comment */ /* in it
  'count' as "a name",
}
`.replace("  'count' as", '  count as')

function refusal(text: string): unknown {
  try {
    compileScript(text)
  } catch (error) {
    if (error instanceof ScriptError) return `${error.code} ${error.message}`
    throw error
  }
  return null
}

describe('a compiled script', () => {
  it.each([
    ['CommonJS', COMMON],
    ['an ES module', MODULE],
    ['one that returns early', 'exports.a = 1; return; exports.b = 2'],
    ['one with a comment at its end', 'exports.a = 1 // the end'],
    ['one that names its own globals', 'const state = 1, caller = 2; exports.a = () => state + caller'],
    ['one with backslashes in its exports', "export const a = '\\\\', b = 1; export { b as '\\\\*\\u002f' }"],
  ])('of %s is a module that holds the script as it was written', (_, text) => {
    const source = compileScript(text)
    expect(() => parse(source, { ecmaVersion: 2022, sourceType: 'module' })).not.toThrow()
    expect(readScript(source)).toBe(text)
    expect(compileScript(readScript(source)!)).toBe(source)
    for (const [n, line] of text.split('\n').entries())
      if (!/import|export |const hidden|with a comment|^}$/.test(line))
        expect(source.split('\n')[n + 2]).toBe(line)
  })

  it('has at the same place what its author wrote', () => {
    for (const [text, word] of [
      [COMMON, 'count += by'],
      [MODULE, 'count += by'],
      [MODULE, 'last\n'],
      [MODULE, '{ a, b: [c] } ='],
    ] as const) {
      const source = compileScript(text)
      const at = (whole: string) => {
        const before = whole.slice(0, whole.indexOf(word)).split('\n')
        return { line: before.length, column: before.at(-1)!.length + 1 }
      }
      // The head of an ES module names what is exported.
      const body = source.split('\n').slice(2).join('\n')
      const { line, column } = at(body)
      expect(scriptPlace(source, { line: line + 2, column })).toEqual(at(text))
    }
    const source = compileScript(COMMON)
    expect(scriptPlace(source, { line: 1, column: 1 })).toBe(null)
    expect(scriptPlace(source, { line: 99, column: 1 })).toBe(null)
    expect(scriptPlace('export function apply () {}', { line: 1, column: 1 })).toBe(null)
  })

  it('is told from everything else, and from what somebody changed in it', () => {
    const source = compileScript(COMMON)
    expect(readScript('export function apply () {}')).toBe(null)
    expect(readScript(source.replace('emit({ call, args })', 'emit({ call, args: [] })'))).toBe(null)
    expect(readScript(source.replace('vitra$run(vitra$script', 'vitra$read(vitra$script'))).toBe(null)
    expect(readScript(source.replace('script 1', 'script 2'))).toBe(null)
    expect(readScript(source.replace('commonjs', 'module'))).toBe(null)
    expect(readScript(source.replace('const assert', '}}\nfunction other() {{ const assert'))).toBe(null)
  })
})

describe('a text', () => {
  it.each([
    ['exports.a = 1\n}', 'SCRIPT_SYNTAX script.js:2:1: Unexpected token'],
    ['exports.a = 1 }} function x() {{', 'SCRIPT_SYNTAX script.js:1:15: Unexpected token'],
    ['exports.a = 1 /*', 'SCRIPT_SYNTAX script.js:1:15: Unterminated comment'],
    ['exports.a = 010', 'SCRIPT_SYNTAX script.js:1:13: Invalid number'],
    ['exports.a = await x', 'SCRIPT_SYNTAX script.js:1:13: await stands inside async functions only'],
    [
      '',
      'SCRIPT_EXPORT script.js:1:1: the script exports nothing: write `exports.name = …` or `export function name …`',
    ],
    ['function a() {}', /^SCRIPT_EXPORT script\.js:1:1: /],
    ['export {}', /^SCRIPT_EXPORT script\.js:1:1: /],
    [
      'export const a = 1\nexport default a',
      'SCRIPT_EXPORT script.js:2:1: a script has no default export: export what is called by its name',
    ],
    ["export * from 'assert'", /^SCRIPT_EXPORT script\.js:1:1: /],
    ["export { ok } from 'assert'", /^SCRIPT_EXPORT script\.js:1:1: /],
    ["import fs from 'fs'; export const a = 1", /^SCRIPT_IMPORT script\.js:1:1: "fs" is no module/],
    ["exports.a = require('fs')", /^SCRIPT_IMPORT script\.js:1:13: "fs" is no module/],
    ["exports.a = () => import('assert')", /^SCRIPT_IMPORT script\.js:1:19: /],
    ['exports.a = import.meta', /^SCRIPT_IMPORT script\.js:1:13: /],
    [
      'exports.a = 1\nexports.vitra$x = 1',
      'SCRIPT_NAME script.js:2:9: vitra$ is for what the compiler adds: write something else',
    ],
    ['exports.a = 1 /*vitra: */', /^SCRIPT_NAME script\.js:1:15: /],
    [
      "import { ok as apply } from 'assert'; export let a = 1",
      'SCRIPT_NAME script.js:1:10: an import cannot be called apply in a script: give it another name with `as`',
    ],
    ['export let a = 1; return', /^SCRIPT_SYNTAX script\.js:1:19: /],
    [`exports.a = ${'['.repeat(20_000)}`, /^SCRIPT_SYNTAX script\.js:1:1: the script is nested too deep/],
  ])('that is no script says why, and where: %j', (text, why) => {
    if (typeof why === 'string') expect(refusal(text)).toBe(why)
    else expect(refusal(text)).toMatch(why)
  })

  it('of any kind is refused with a place, or compiles to what holds it', () => {
    const pieces = [
      'export ',
      'const a = 1',
      'let b',
      ';',
      '\n',
      '}',
      '{',
      '/*',
      '*/',
      '//',
      "'",
      '`',
      '\\',
      'exports.x = 1',
      'export { a }',
      'export { a as b }',
      '/x/',
      ' let',
      'function f() {}',
      '\r\n',
      '\u2028',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 10 }), (parts) => {
        const text = parts.join('')
        const why = refusal(text)
        if (why !== null) expect(why).toMatch(/^SCRIPT_[A-Z]+ script\.js:\d+:\d+: /)
        else expect(readScript(compileScript(text))).toBe(text)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('functions of a script', () => {
  it('are listed with all their parameters, as their author wrote them', () => {
    expect(scriptFunctions(COMMON)).toEqual([
      { name: 'add', params: "by = 1, { note = '' } = {}", async: true },
      { name: 'get', params: '', async: false },
    ])
    expect(scriptFunctions(MODULE)).toEqual([{ name: 'add', params: 'by = 1', async: true }])
    expect(scriptFunctions('const f = (x) => x; module.exports = { f, g(y, z) {}, n: 1 }')).toEqual([
      { name: 'f', params: 'x', async: false },
      { name: 'g', params: 'y, z', async: false },
    ])
  })
})
