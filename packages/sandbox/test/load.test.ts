// Loading: what is a contract and what is not, and what its author is told (spec/4-execution §4).
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOURCE_DEPTH_MAX } from '../src/constants.js'
import { ContractLoadError, Sandbox } from '../src/index.js'
import { call, RULES } from './helpers.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

async function loadError(source: string): Promise<ContractLoadError> {
  const error = await sandbox.load(source, RULES).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ContractLoadError)
  return error as ContractLoadError
}

describe('a source that is no contract', () => {
  it.each([
    ['export function apply ( {}', 1, 27],
    ['const a = 1\nconst a = 2', 2, 7],
    ['export { nothing }', 1, 10],
    ['with ({}) {}', 1, 1],
    ['using x = 1', 1, 7],
    ['/(?i:a)/', 1, 2],
    ['import x from "y" with { type: "json" }', 1, 19],
  ])('CONTRACT_SYNTAX: %j', async (source, line, column) => {
    const error = await loadError(source)
    expect(error).toMatchObject({ code: 'CONTRACT_SYNTAX', details: { line, column } })
    expect(error.message).toContain(`contract.js:${line}:${column}: `)
  })

  it.each([
    ['import fs from "fs"', 'there is no module "fs"'],
    ['import "./other.js"', 'there is no module "./other.js"'],
    ['import "toString"', 'there is no module "toString"'],
    ['import "contract.js"', 'there is no module "contract.js"'],
    ['import "vitra:tail"', 'there is no module "vitra:tail"'],
    ['import { nothing } from "contract"', 'module "contract" does not export nothing'],
    ['import contract from "contract"', 'module "contract" does not export default'],
    ['export { nothing } from "util"', 'module "util" does not export nothing'],
    ['export * from "node:util"', 'there is no module "node:util"'],
    ['export const f = () => import("contract")', 'import() is not available'],
  ])('CONTRACT_LOAD: %s', async (line, message) => {
    const error = await loadError(`export function apply () {}\n${line}`)
    expect(error.code).toBe('CONTRACT_LOAD')
    expect(error.message).toContain(message)
    expect(error.message).toMatch(/^contract\.js:2:\d+: /)
  })

  it.each([
    ['throw new RangeError("too early")', 'RangeError: too early', 9],
    ['null.x', 'TypeError: ', 8],
    ['nowhere', 'ReferenceError: nowhere is not defined', 3],
    ['await Promise.reject(new Error("later"))', 'Error: later', 24],
    ['await 1; throw new Error("even later")', 'Error: even later', 18],
  ])('CONTRACT_LOAD: %s says where', async (code, message, column) => {
    const error = await loadError(`export function apply () {}\n\n  ${code}`)
    expect(error.code).toBe('CONTRACT_LOAD')
    expect(error.message).toContain(message)
    expect(error.details).toMatchObject({ line: 3, column })
  })

  it('CONTRACT_LOAD: a value thrown that is no error', async () => {
    expect(await loadError('throw "just text"\nexport function apply () {}')).toMatchObject({
      code: 'CONTRACT_LOAD',
    })
    expect(await loadError('throw {a: 1}\nexport function apply () {}')).toMatchObject({
      code: 'CONTRACT_LOAD',
    })
  })

  it.each(['await new Promise(() => {})', 'for await (const x of [new Promise(() => {})]) {}'])(
    'CONTRACT_LOAD: %s never settles',
    async (code) => {
      const error = await loadError(`export function apply () {}\n${code}`)
      expect(error).toMatchObject({ code: 'CONTRACT_LOAD', message: expect.stringContaining('never comes') })
    },
  )

  it.each([
    '',
    'export const a = 1',
    'function apply () {}',
    'export const apply = 5',
    'export const apply = null',
    'export default { apply () {} }',
  ])('CONTRACT_NO_APPLY: %j', async (source) => {
    expect(await loadError(source)).toMatchObject({ code: 'CONTRACT_NO_APPLY' })
  })
})

describe('a contract', () => {
  it('may await at top level', async () => {
    const contract = await sandbox.load(
      `const value = await (async () => 5)()
      export const later = await Promise.resolve(() => value)
      export function apply () {}`,
      RULES,
    )
    expect((await call(contract, 'later')).response).toBe(5)
  })

  it('lists its methods as their author wrote them, in order', async () => {
    const { methods, hasProcess, applyForm } = await sandbox.load(
      `export async function zed ({ amount = 1, name: { first } = {} }, emit) {}
      export const arrow = async (params = {}) => {}
      export const plain = function ([a, b] = []) {}
      export const bound = zed.bind(null)
      export const notAFunction = 5
      const inner = (x /* note */, emit) => {}
      export { inner as renamed, inner }
      export class Looks {}
      export default function () {}
      export function process () {}
      export { index } from 'contract'
      export function apply () {}`,
      RULES,
    )
    const written = methods.map(({ name, params, async }) => ({ name, params, async }))
    expect(written).toEqual([
      { name: 'Looks', params: '', async: false },
      { name: 'arrow', params: 'params = {}', async: true },
      { name: 'bound', params: '', async: false },
      { name: 'inner', params: 'x', async: false },
      { name: 'plain', params: '[a, b] = []', async: false },
      { name: 'renamed', params: 'x', async: false },
      { name: 'zed', params: '{ amount = 1, name: { first } = {} }', async: true },
    ])
    expect({ hasProcess, applyForm }).toEqual({ hasProcess: true, applyForm: 'function' })
  })

  it.each<[written: string, names: string, takesOthers: boolean]>([
    ['function f () {}', '', false],
    ['function f ({}) {}', '', false],
    ['function f ({ key, value = 1 }, emit) {}', 'key value=1', false],
    [
      "function f ({ text = 'a, b } = c', list = [1, { a: 2 }] } = {}) {}",
      "text='a, b } = c' list=[1, { a: 2 }]",
      false,
    ],
    ['const f = async ({ a /* = 5, b */, c = (x) => ({ x }) }) => a // }', 'a c=(x) => ({ x })', false],
    ['const f = (function ({ "two words": a, b: { c } = {} }) {})', 'two words b={}', false],
    ['function f ({ a, ...rest }) {}', 'a', true],
    ['function f ({ a, [b]: c }) {}', 'a', true],
    ['function f ({ a }) { return arguments[0].b }', 'a', true],
    ['function f (params) {}', '', true],
    [
      'function f (params = {}) { const { a, b = 2 } = params; return params.a + params.c?.d + other.e }',
      'a b=2 c',
      true,
    ],
    ['const f = (p) => p.a && [p.b]', 'a b', true],
    ['const f = (() => {}).bind(null)', '', true],
  ])('knows the parameters of %s', async (written, names, takesOthers) => {
    const other = 'const other = { e: 1 }; const b = 1; export function apply () {}'
    const { methods } = await sandbox.load(`${written}\nexport { f }\n${other}`, RULES)
    const [method] = methods
    const shown = method?.parameters.map((one) => [one.name, one.default].filter(Boolean).join('='))
    expect({ shown: shown?.join(' '), takesOthers: method?.takesOthers }).toEqual({
      shown: names,
      takesOthers,
    })
  })

  it('is loaded once for the same source and rules', async () => {
    const source = 'export function apply () {}'
    expect(await sandbox.load(source, RULES)).toBe(await sandbox.load(source, RULES))
  })

  it.each([
    ['[', '1', ']', 1],
    ['(', '1', ')', 1],
    ['()=>{return ', '1', '}', 3],
    ['`${', '1', '}`', 1],
    ['1+', '1', '', 1],
  ])('is nested no deeper than the limit, with %j', async (open, inner, close, levels) => {
    const nested = (count: number) =>
      `export const apply = {}\nexport const deep = ${open.repeat(count)}${inner}${close.repeat(count)}`
    const around = 5
    const most = Math.floor((SOURCE_DEPTH_MAX - around) / levels)
    expect((await sandbox.load(nested(most), RULES)).applyForm).toBe('record')
    for (const count of [most + 1, 1000, 100_000]) {
      const error = await loadError(nested(count))
      expect(error).toMatchObject({
        code: 'CONTRACT_SYNTAX',
        message: `contract.js is nested deeper than ${SOURCE_DEPTH_MAX} levels`,
      })
    }
  })

  // V8 ends the process where it has to compile an expression of the parser's close to the end of the stack.
  it.each([
    ['(', ')'],
    ['(?=', ')'],
    ['(?<!', ')'],
  ])('nests no more groups of a pattern than the limit, with %j', async (open, close) => {
    const nested = (count: number) =>
      `export const apply = {}\nexport const deep = /${open.repeat(count)}a${close.repeat(count)}/`
    expect((await sandbox.load(nested(SOURCE_DEPTH_MAX - 1), RULES)).applyForm).toBe('record')
    for (const count of [SOURCE_DEPTH_MAX, 5000, 100_000]) {
      expect(await loadError(nested(count))).toMatchObject({ code: 'CONTRACT_SYNTAX' })
    }
  })

  it.each([
    ['!', '1', ''],
    ['new ', 'Object', ''],
    ['if (1) ; else ', ';', ''],
    ['1 ? 1 : ', '1', ''],
    ['a => ', '1', ''],
    ['a = ', '1', ''],
    ['2 ** ', '1', ''],
    ['{', '', '}'],
    ['class extends ', 'Object', '{}'],
    ['for (;;) ', ';', ''],
    ['[a = ', '1', '] = []'],
  ])('is refused where it goes on like %j', async (open, inner, close) => {
    for (const count of [SOURCE_DEPTH_MAX, 5000, 100_000]) {
      const text = `export function apply (a) {\n${open.repeat(count)}${inner}${close.repeat(count)}\n}`
      expect(await loadError(text)).toMatchObject({ code: 'CONTRACT_SYNTAX' })
    }
  })

  it('takes many operators in many places', async () => {
    const row = (inner: string) => `${'1+'.repeat(40)}(${inner})`
    let text = '1'
    for (let n = 0; n < 12; n++) text = row(text)
    const source = `export const apply = {}\nexport const sum = ${text}`
    expect((await sandbox.load(source, RULES)).applyForm).toBe('record')
    expect(await loadError(source.replace('= 1+', `= ${row(text)}+`))).toMatchObject({
      code: 'CONTRACT_SYNTAX',
    })
  })
})
