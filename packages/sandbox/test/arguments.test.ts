// Arguments lie on the engine's stack, a list of them as well. Where it runs out depends on the machine, and an error that
// nobody binds, as here in `finally`, would show where: so that bounds of our own come first (spec/6-determinism §2.7).
import { expect, it } from 'vitest'
import { useSandbox } from './escape/attack.js'
import { evaluate } from './helpers.js'

const sandbox = useSandbox()

const LIST = 'const list = new Array(30000).fill(1); let k = 0;'
const deepest = (call: string) => `function f () { k++; try { ${call} } finally { return k } } return f()`

it.each([
  ['a spread', deepest('f(...list)')],
  ['apply', deepest('f.apply(null, list)')],
  ['Reflect.apply', deepest('Reflect.apply(f, null, list)')],
  ['Reflect.construct', deepest('Reflect.construct(f, list)')],
  ['a promise', 'async function f () { k++; void f(...list) } void f(); return k'],
])('%s passes fewer on the deeper it is', async (_, body) => {
  expect(await evaluate(sandbox(), `${LIST} ${body}`)).toBeLessThanOrEqual(3)
})

it('passes many on all the same', async () => {
  const body =
    'const list = Array.from({ length: 6000 }, (_, n) => n); const f = (n) => n > 0 ? f(n - 1) : Math.max(...list)'
  expect(await evaluate(sandbox(), `${body}\nreturn [Math.max(...Array(32768).fill(7)), f(5)]`)).toEqual([
    7, 5999,
  ])
})

// With some built-in functions a list lies there twice. Every level passes on as many as it may.
it.each([
  ['spreads', 'f(...some())'],
  ['apply', 'f.apply(null, some())'],
  ['push', '[].push.call(p, ...some())'],
  ['construct', 'Reflect.construct(f, some())'],
  ['bound functions', 'f.bind(...list.slice(0, 60))()'],
])('depth runs out before the stack does, with %s', async (_, call) => {
  const body = `const some = () => list.slice(0, 98304 / (k + 6))
    const p = new Proxy([], { set: f, defineProperty: f, get: (_, key) => key === 'length' ? 0 : undefined })
    ${deepest(call)}`
  expect(await evaluate(sandbox(), `${LIST} ${body}`)).toMatchObject({ failed: 'depth' })
})

it.each([
  ['at once', 'Reflect.apply(Function.prototype.bind, f, [null, ...Array(65).fill(1)])'],
  ['in steps', 'let g = f; for (let i = 0; i < 65; i++) g = g.bind(null, 1)'],
  ['through proxies', 'let g = f; for (let i = 0; i < 65; i++) g = new Proxy(g.bind(null, 1), {})'],
  [
    'through revocable proxies',
    'let g = f; for (let i = 0; i < 65; i++) g = Proxy.revocable(g.bind(null, 1), {}).proxy',
  ],
])('binds few arguments, %s', async (_, body) => {
  expect(await evaluate(sandbox(), `const f = () => 1\n${body}`)).toMatchObject({
    failed: 'contract',
    message: 'a function is bound to at most 64 arguments',
  })
})

it('binds as the engine does', async () => {
  const body = `function add (a, b) { return [this, a, b] }
    class Point { constructor (x, y) { this.x = x; this.y = y } }
    const g = add.bind(1, 2)
    try { Function.prototype.bind.call({}) } catch (error) {
      return [g(3), g.name, g.length, 'prototype' in g, { ...new (Point.bind(null, 4))(5) }, error.name, Function.prototype.bind.length]
    }`
  expect(await evaluate(sandbox(), body)).toEqual([
    [1, 2, 3],
    'bound add',
    1,
    false,
    { x: 4, y: 5 },
    'TypeError',
    1,
  ])
})

it('hands arguments of a constructor on like a spread', async () => {
  const body = `${LIST} class A { constructor () { this.n = arguments.length } }
    class B extends A {}
    const g = (n) => n > 0 ? g(n - 1) : Reflect.construct(B, list.slice(0, 5000))
    return [g(8).n, new B(...list.slice(0, 9)).n]`
  expect(await evaluate(sandbox(), body)).toEqual([5000, 9])
})

it('nests groups of a pattern to a bound', async () => {
  const nested = (count: number) =>
    `new RegExp('('.repeat(${count}) + '[(]?' + ')'.repeat(${count})).test('')`
  expect(await evaluate(sandbox(), `return ${nested(255)}`)).toBe(true)
  expect(await evaluate(sandbox(), `return ${nested(256)}`)).toMatchObject({
    failed: 'contract',
    message: 'the pattern nests groups to more than 255 levels',
  })
})
