// What a module has made of itself is deep-frozen once it has been evaluated (spec/6-determinism §1), in every contract.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox } from '../src/index.js'
import { call, RULES, run } from './helpers.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

describe('a change of', () => {
  it.each([
    ['an object', 'const a = {}', 'a.b = 1'],
    ['a nested object', 'const a = { b: [{ c: 1 }] }', 'a.b[0].c = 2'],
    ['an array', 'const a = []', 'a.push(1)'],
    ['a value under a symbol', 'const a = { [Symbol.iterator]: {} }', 'a[Symbol.iterator].b = 1'],
    ['a hidden value', "const a = Object.defineProperty({}, 'b', { value: {} })", 'a.b.c = 1'],
    ['a let', 'let a = {}', 'a.b = 1'],
    ['a var', 'var a = {}', 'a.b = 1'],
    ['a function', 'function f () {}', 'f.a = 1'],
    ['the prototype of a function', 'function f () {}', 'f.prototype.a = 1'],
    ['the prototype of a generator', 'function * f () {}', 'f.prototype.a = 1'],
    ['the prototype of an asynchronous generator', 'const f = async function * () {}', 'f.prototype.a = 1'],
    ['an arrow', 'export const f = () => {}', 'f.a = 1'],
    ['a class', 'class A {}', 'A.b = 1'],
    ['a static field', 'class A { static b = { c: [] } }', 'A.b.c.push(1)'],
    ['a method', 'class A { m () {} }', 'A.prototype.m.x = 1'],
    ['a static method', 'class A { static m () {} }', 'A.m.x = 1'],
    [
      'a getter',
      'class A { get m () { throw new Error() } }',
      "Object.getOwnPropertyDescriptor(A.prototype, 'm').get.x = 1",
    ],
    ['a setter', 'class A { set m (v) {} }', "Object.getOwnPropertyDescriptor(A.prototype, 'm').set.x = 1"],
    ['an inherited object', 'const a = Object.create({ b: {} })', 'a.b.c = 1'],
    ['a class that is extended', 'const a = class extends (class { static b = {} }) {}', 'a.b.c = 1'],
    ['a regular expression', 'const a = /a/', 'a.b = 1'],
    ['the lastIndex of a plain regular expression', 'const a = /a/', 'a.lastIndex = 1'],
    ['a property of a global regular expression', 'const a = Object.assign(/a/g, { b: {} })', 'a.b.c = 1'],
    ['a typed array', 'const a = new Uint8Array(2)', 'a.b = 1'],
    ['a map, but for its entries', 'const a = new Map()', 'a.b = 1'],
    ['a method of an exported record', 'export const a = { m () {} }', 'a.m.x = 1'],
    ['a destructured value', 'const [{ a }, ...b] = [{ a: {} }, {}]', 'try { a.c = 1 } catch { b[0].c = 1 }'],
  ])('%s throws', async (_, declared, change) => {
    const { outcome } = await run(sandbox, `${declared}\n;export function apply () { ${change} }`)
    expect(outcome).toMatchObject({ kind: 'failed', code: 'engine', message: 'TypeError' })
  })
})

describe('freezing', () => {
  it('leaves what has to change: lastIndex, elements, entries, a let', async () => {
    const source = `const g = /a/g, y = /a/y, bytes = new Uint8Array(2), map = new Map()
let n = 0
export function apply () {
  const found = [g.test('aa'), g.lastIndex, y.test('aa'), y.lastIndex]
  bytes[0] = 7
  map.set('a', 1)
  n++
  return [...found, bytes[0], map.get('a'), n]
}`
    const { outcome } = await run(sandbox, source)
    expect(outcome).toMatchObject({ kind: 'ok' })
    const method = await sandbox.load(
      source.replace('function apply', 'function get').concat('\nexport function apply () {}'),
      RULES,
    )
    expect((await call(method, 'get')).response).toEqual([true, 1, true, 1, 7, 1, 1])
  })

  it('calls no getter, and takes proxies as they come', async () => {
    const source = `let calls = 0
const getter = { get a () { calls++; return {} } }
const hostile = new Proxy({}, new Proxy({}, { get () { throw new Error('trap') } }))
const lying = new Proxy({ a: 1 }, { ownKeys () { return ['b'] }, preventExtensions () { return false } })
const self = { }
self.self = self
export function get () { return calls }
export function apply () {}`
    const contract = await sandbox.load(source, RULES)
    expect((await call(contract, 'get')).response).toBe(0)
  })

  it('leaves classes that extend standard ones usable', async () => {
    const source = `class Own extends Error { constructor (m) { super(m); this.name = 'Own'; this.toString = () => 'own' } }
class List extends Array { sum () { return this.reduce((a, b) => a + b, 0) } }
export function get () { return [new Own('x').name, String(new Own('x')), List.of(1, 2).sum()] }
export function apply () {}`
    expect((await call(await sandbox.load(source, RULES), 'get')).response).toEqual(['Own', 'own', 3])
  })

  it('leaves `constructor` assignable below Object and Error, and definable elsewhere', async () => {
    const source = `const below = (parent, set) => {
  function Own () {}
  Own.prototype = Object.create(parent.prototype)
  try { set(Own) } catch (error) { return error.constructor.name }
  return new Own().constructor === Own
}
const assign = (Own) => { Own.prototype.constructor = Own }
const define = (Own) => { Object.defineProperty(Own.prototype, 'constructor', { value: Own }) }
export function get () {
  return [[Object, Error, TypeError, Array].map((parent) => below(parent, assign)), [TypeError, Array].map((parent) => below(parent, define))]
}
export function apply () {}`
    expect((await call(await sandbox.load(source, RULES), 'get')).response).toEqual([
      [true, true, 'TypeError', 'TypeError'],
      [true, true],
    ])
  })

  it('changes nothing about a module that throws, nor about where', async () => {
    await expect(
      sandbox.load("export function apply () {}\nthrow new Error('x')", RULES),
    ).rejects.toMatchObject({
      code: 'CONTRACT_LOAD',
      details: { line: 2, column: 7 },
    })
    await expect(
      sandbox.load('f()\nlet a = 1\nfunction f () { a = 2 }\nexport function apply () {}', RULES),
    ).rejects.toMatchObject({
      code: 'CONTRACT_LOAD',
      details: { line: 3 },
    })
  })

  it('works with isWriter and an await at top level', async () => {
    const source = `import { isWriter } from 'contract'\nconst a = await {}\nexport function get () { return [isWriter, Object.isFrozen(a)] }\nexport function apply () {}`
    expect((await call(await sandbox.load(source, RULES), 'get')).response).toEqual([true, true])
  })
})

describe('names put in', () => {
  it('cannot be hidden by the contract, escapes included', async () => {
    const source = `export function apply () {
  const \\u0024clean = (e) => e, \\u0024cleanfreeze = 1
  try { null.x } catch (error) { return error.message }
}`
    const { outcome } = await run(sandbox, source)
    expect(outcome).toMatchObject({ kind: 'ok', value: new Uint8Array([0x60]) })
  })
})
