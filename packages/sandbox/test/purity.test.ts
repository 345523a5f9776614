// The purity check (spec/6-determinism §1): what it lets through, and what it does not, with the place and the reason.
import { describe, expect, it } from 'vitest'
import { parseContract } from '../src/parse.js'
import { COUNTER, RULES } from './helpers.js'

const impurities = (source: string) => parseContract(source, RULES).impurities

describe('pure', () => {
  it.each([
    ['the counter', COUNTER],
    [
      'imports and exports',
      "import assert, { AssertionError } from 'assert'\nexport * from 'util'\nexport { AssertionError }",
    ],
    ['functions of all kinds', 'function f () {}\nasync function * g () {}\nexport default function () {}'],
    ['arrows and function expressions', 'export const f = (a = {}) => a, g = async function named () {}'],
    ['literals', "const a = 1, b = 'b', c = null, d = true, e = 10n, f = /a+/iu, g = `t`, h = undefined"],
    [
      'primitive expressions',
      `const a = -1 * (2 ** 3) + 1\nconst b = a > 2 ? \`x\${a}\` : typeof a\nconst c = a ?? b`,
    ],
    ['constants', 'const a = Math.PI * 2, b = Number.MAX_SAFE_INTEGER'],
    [
      'nested values',
      `const a = 1\nexport const b = [{ a, 'c-d': [1, [a]], [\`k\${a}\`]: (x) => x, m () { return 1 } }, , null]`,
    ],
    [
      'classes',
      'class A { static n = { a: 1 }\n f = new Map()\n get x () { return 1 }\n static m () {} }\nexport class B extends A { constructor () { super() } }',
    ],
    [
      'classes of the language',
      "export class Own extends Error { name = 'Own' }\nconst C = class extends Array {}",
    ],
    [
      'well-known symbols as keys',
      'const o = { * [Symbol.iterator] () {} }\nclass A { static [Symbol.hasInstance] () {} }',
    ],
    ['a let that nobody assigns', 'let a = 1, b\nvar c = [a, b]'],
    [
      'state inside a function',
      'export function apply () { const seen = new Map()\n let n = 0\n n++\n [n] = [1]\n for (n of []) {} }',
    ],
    ['a default export', 'export default { a: 1 }'],
    ['a directive', "'use strict'\n;"],
  ])('%s', (_, source) => {
    expect(impurities(source)).toEqual([])
  })

  it.each([
    ['parameter', 'function f (n) { n++ }'],
    ['pattern parameter', 'function f ({ a: [n = 1] }, ...rest) { n++ }'],
    ['arrow parameter', 'const f = (n) => (n = 1)'],
    ['let', 'function f () { let n = 1; n = 2 }'],
    ['var in a block below', 'function f () { n = 2; { for (var n of []) {} } }'],
    ['block', 'function f () { { let n = 1; n = 2 } }'],
    ['catch', 'function f () { try {} catch ({ n }) { n = 1 } }'],
    ['for', 'function f () { for (let n = 0; n < 3; n++) {} }'],
    ['for of', 'function f () { for (let n of []) n = 1 }'],
    ['switch', 'function f () { switch (1) { case 1: let n = 1; n = 2 } }'],
    ['function in a block', 'function f () { { function n () {} n = 1 } }'],
    ['name of a function expression', 'const f = function n () { n = 1 }'],
    ['name of a class', 'const C = class n { m () { n = 1 } }'],
    ['static-free closure', 'function f () { let n; return () => { n = 1 } }'],
  ])('a name of the module that is hidden by a %s', (_, code) => {
    expect(impurities(`let n = 0\n${code}`)).toEqual([])
  })
})

describe('impure', () => {
  it.each([
    [
      'new',
      'const cache = new Map()',
      1,
      15,
      '`new Map()` at module level may keep state: make it inside the function',
    ],
    [
      'a call',
      '\n  const a = make()',
      2,
      13,
      '`make()` at module level may keep state: make it inside the function',
    ],
    ['a nested call', 'const a = [{ b: [f()] }]', 1, 18, undefined],
    ['an immediate function', 'const f = (() => { let n = 0; return () => n++ })()', 1, 11, undefined],
    ['a tagged template', 'const a = String.raw`x`', 1, 11, undefined],
    ['array spread', 'const a = [...b]\nconst b = []', 1, 12, undefined],
    ['object spread', 'const a = { ...b }\nconst b = {}', 1, 13, undefined],
    ['array destructuring', 'const [a] = [1]', 1, 7, undefined],
    ['object destructuring', 'const { max } = Math', 1, 7, undefined],
    ['a getter', 'const a = { get b () { return 1 } }', 1, 13, undefined],
    ['a setter', 'const a = { set b (v) {} }', 1, 13, undefined],
    ['__proto__', 'const a = { __proto__: [] }', 1, 13, undefined],
    ["'__proto__'", "const a = { '__proto__': [] }", 1, 13, undefined],
    ['an assignment', 'const f = () => 1\nf.n = 1', 2, 1, undefined],
    ['an await', 'await 1', 1, 1, undefined],
    ['an await of a value', 'const a = await 1', 1, 11, undefined],
    ['a loop', 'for (const a of []) {}', 1, 1, undefined],
    ['a block', '{ let n = 0 }', 1, 1, undefined],
    ['a condition', 'if (true) {}', 1, 1, undefined],
    ['throw', "throw 'x'", 1, 1, undefined],
    ['a sticky regex', 'const a = /a/y', 1, 11, undefined],
    ['a global regex', 'const a = /a/gi', 1, 11, undefined],
    ['a member', 'const a = Math.max', 1, 11, undefined],
    ['a member of a binding named as a namespace', 'const Math = {}\nconst a = Math.PI', 2, 11, undefined],
    ['a computed member', "const a = Math['PI']", 1, 11, undefined],
    ['an optional member', 'const a = Math?.PI', 1, 11, undefined],
    ['a global', 'const a = globalThis', 1, 11, undefined],
    ['a conversion of an object', 'const a = +{ valueOf () { return 1 } }', 1, 11, undefined],
    ['a conversion of a binding', `const o = {}\nconst a = \`\${o}\``, 2, 11, undefined],
    ['a conversion of a let', 'let o = 1\nconst a = -o', 2, 11, undefined],
    ['a conversion of a function', 'function f () {}\nconst a = f + 1', 2, 11, undefined],
    ['an own undefined', 'function f () {}\nconst undefined = f\nconst a = +undefined', 3, 11, undefined],
    ['in', "const a = 'x' in {}", 1, 11, undefined],
    ['instanceof', 'const a = 1 instanceof Array', 1, 11, undefined],
    ['delete', 'const o = {}\nconst a = delete o.x', 2, 11, undefined],
    ['a sequence', 'const a = (f(), 1)', 1, 12, undefined],
    ['yield of a heritage', 'class A extends mix(Array) {}', 1, 17, undefined],
    ['a heritage that is a member', 'const o = {}\nclass A extends o.B {}', 2, 17, undefined],
    [
      'a heritage that is a class with a call',
      'class A extends class { static a = f() } {}',
      1,
      17,
      undefined,
    ],
    ['a heritage that makes functions', 'class A extends Function {}', 1, 17, undefined],
    ['a heritage that is a proxy', 'class A extends Proxy {}', 1, 17, undefined],
    ['a computed key', 'class A { [f()] () {} }', 1, 12, undefined],
    ['a computed key that is converted', 'const o = {}\nconst a = { [o]: 1 }', 2, 14, undefined],
    ['a static field', 'class A { static n = new Map() }', 1, 22, undefined],
    ['a static field of a class expression', 'const A = class { static n = this.x }', 1, 30, undefined],
    ['import.meta', 'export function apply () { return import.meta }', 1, 35, undefined],
    ['a static block', 'function f () { class A { static { f() } } }', 1, 27, undefined],
    [
      'a private field',
      'function f () { return class { #v = 1 } }',
      1,
      32,
      '`#v` is a private name and may keep state: name it `_v`',
    ],
    ['a private method', 'class A { #m () {} }', 1, 11, undefined],
    ['a private brand check', 'class A { #m\n has (o) { return #m in o } }', 1, 11, undefined],
  ])('%s', (_, source, line, column, reason) => {
    const [first] = impurities(source)
    expect(first).toMatchObject({ line, column })
    expect(first!.reason).toMatch(reason === undefined ? /: [a-z]/ : new RegExp(`^${escaped(reason)}$`))
  })

  it.each([
    ['=', 'n = 1'],
    ['a parenthesised name', '(n) = 1'],
    ['+=', 'n += 1'],
    ['??=', 'n ??= 1'],
    ['++', 'n++'],
    ['-- in parentheses', '--(n)'],
    ['array pattern', '[n] = [1]'],
    ['parenthesised pattern target', '[(n)] = [1]'],
    ['pattern default', '[n = 2] = []'],
    ['object pattern', '({ n } = {})'],
    ['renamed', '({ a: n } = {})'],
    ['nested rest', '({ a: [, ...n] } = {})'],
    ['object rest', '({ ...n } = {})'],
    ['for of', 'for (n of []);'],
    ['for in', 'for (n in {});'],
    ['for of a pattern', 'for ([n] of []);'],
    ['beside a block that declares it', '{ let n }\n n = 1'],
    ['in the head of a switch', 'switch (n = 1) { case 1: let n }'],
    ['in a nested function', 'const g = () => { n = 1 }'],
    ['in a method', '({ m () { n = 1 } })'],
    ['in a field', '(class { f = (n = 1) })'],
    ['in a catch beside', 'try {} catch (n) {} finally { n = 1 }'],
  ])('an assignment: %s', (_, code) => {
    for (const kind of [
      'let n = 0',
      'var n = 0',
      'function n () {}',
      'class n {}',
      "import { genUUID as n } from 'util'",
    ]) {
      const [first] = impurities(`${kind}\nexport function apply () {\n ${code}\n}`)
      expect(first).toMatchObject({
        line: expect.any(Number),
        reason: '`n` is assigned to and may keep state: keep it in the index',
      })
    }
  })

  it('is an assignment in a parameter, which does not see the variables of the body', () => {
    expect(impurities('let n = 0\nfunction f (a = (n = 1)) { var n }')).toHaveLength(1)
    expect(impurities('let n = 0\nfunction f (a = (n = 1), n) {}')).toEqual([])
  })

  it('is an assignment to a var that rises out of a block', () => {
    expect(
      impurities('if (true) { for (var n of []) {} }\nfunction f () { n = 1 }').map(({ line }) => line),
    ).toEqual([1, 2])
  })

  it('is told in the order of the source, once a place', () => {
    expect(
      impurities('let n = f()\nfunction g () { n++ }\nconst m = new Map()').map(({ line }) => line),
    ).toEqual([1, 2, 3])
  })
})

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
