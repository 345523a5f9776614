// Recursion without end (spec/6-determinism §7): depth is counted, so that an op ends at the same call on every machine,
// long before the stack does.
import { describe } from 'vitest'
import { useSandbox } from '../escape/attack.js'
import { bombs } from './bomb.js'

const sandbox = useSandbox({ opMs: 30_000 })

describe('functions', () => {
  bombs(sandbox, [
    ['const f = () => f(); f()', 'depth'],
    ['function f () { return 1 + f() } f()', 'depth'],
    ['function f (a, b, c, d, e, g, h) { return f(1, 2, 3, 4, 5, 6, 7) } f()', 'depth'],
    ['const even = (n) => odd(n), odd = (n) => even(n); even(1)', 'depth'],
    ['const f = async () => { await f() }; await f()', 'depth'],
    ['const f = async () => f(); f(); return "left alone"', 'depth'],
    ['function * g () { yield * g() } [...g()]', 'depth'],
    ['function * g () { for (const x of g()) yield x } g().next()', 'depth'],
    ['async function * g () { yield * g() } for await (const x of g());', 'depth'],
    ['const f = (a = f()) => a; f()', 'depth'],
    ['const f = ({ a = f() } = {}) => a; f()', 'depth'],
    ['const f = ([a = f()] = []) => a; f()', 'depth'],
    ['class A { a = new A() } new A()', 'depth'],
    ['class A { constructor () { new A() } } new A()', 'depth'],
    ['class A { static get a () { return A.a } } A.a', 'depth'],
    ['class A { static [(() => { const f = () => f(); f() })()] = 1 }', 'depth'],
    ['class A { #f () { this.#f() } go () { this.#f() } } new A().go()', 'depth'],
    [`const f = (n) => \`a\${f(n)}\`; f()`, 'depth'],
    [`const f = () => tag\`\${f()}\`, tag = () => 1; f()`, 'depth'],
    ['const f = () => f?.(); f()', 'depth'],
    ['const f = () => new f.g(); f.g = function () { f() }; f()', 'depth'],
    ['const f = () => { try { f() } catch { f() } finally { f() } }; f()', 'depth', 'fuel'],
    ['const f = () => { try { return f() } catch { return 1 } }; f(); return "caught"', 'depth'],
    ['let n = 0; const f = () => { n++; f() }; try { f() } catch {} return n', 'depth'],
  ])
})

describe('by way of the language', () => {
  bombs(sandbox, [
    ['const o = { get a () { return o.a } }; o.a', 'depth'],
    ['const o = { set a (v) { o.a = v } }; o.a = 1', 'depth'],
    ['const o = { toString () { return o + "" } }; String(o)', 'depth'],
    ['const o = { valueOf () { return o + 1 } }; o + 1', 'depth'],
    ['const o = { [Symbol.toPrimitive] () { return +o } }; +o', 'depth'],
    ['const o = { [Symbol.iterator] () { return [...o] } }; [...o]', 'depth'],
    ['const o = { toJSON () { return JSON.stringify(o) } }; JSON.stringify(o)', 'depth'],
    ['class A { static [Symbol.hasInstance] (x) { return x instanceof A } } 1 instanceof A', 'depth'],
    ['const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.a', 'depth'],
    ['const p = new Proxy({}, { has: (t, k) => k in p }); "a" in p', 'depth'],
    ['const p = new Proxy(() => {}, { apply: () => p() }); p()', 'depth'],
    ['const p = new Proxy(class {}, { construct: () => new p() }); new p()', 'depth'],
    [
      'const p = new Proxy({}, { getPrototypeOf: () => Object.getPrototypeOf(p) }); p instanceof Object',
      'depth',
    ],
    ['const p = new Proxy({}, { ownKeys: () => Object.keys(p) }); Object.keys(p)', 'depth', 'unexecutable'],
    ['const f = (x) => [x].map(f); f(1)', 'depth'],
    ['const f = () => [2, 1].sort(f); f()', 'depth'],
    ['const f = () => "a".replace(/a/, f); f()', 'depth', 'unexecutable'],
    ['const f = () => Reflect.apply(f, null, []); f()', 'depth'],
    ['const f = () => f.call(); f()', 'depth'],
    ['const f = () => f.apply(null, []); f()', 'depth'],
    ['const f = () => new Promise(f); f()', 'depth'],
    ['const f = () => Array.from([1], f); f()', 'depth'],
    ['const f = () => JSON.parse("[1]", f); f()', 'depth'],
    ['const f = () => new Map([[1, 1]]).forEach(f); f()', 'depth'],
    ['const f = () => Reflect.construct(C, []); class C { constructor () { f() } } f()', 'depth'],
    ['const t = { get then () { return t.then } }; await t', 'depth'],
    ['tx.put("/a", { get a () { tx.put("/a", this) } })', 'depth', 'unexecutable'],
  ])
})

describe('where only built-in functions recurse', () => {
  bombs(sandbox, [
    ['let p = {}; for (let n = 0; n < 1e5; n++) p = new Proxy(p, {}); p.a', 'contract'],
    ['let p = {}; for (let n = 0; n < 1e5; n++) p = Object.create(p); return p.a === undefined', 'ok'],
    ['let f = () => 1; for (let n = 0; n < 1e5; n++) f = f.bind(null); f()', 'ok'],
    ['let list = []; for (let n = 0; n < 1e5; n++) list = [list]; JSON.stringify(list)', 'contract'],
    ['let list = []; for (let n = 0; n < 1e5; n++) list = [list]; String(list)', 'contract'],
    ['let list = []; for (let n = 0; n < 1e5; n++) list = [list]; list.flat(Infinity)', 'contract'],
    [
      'let list = []; for (let n = 0; n < 1e5; n++) list = [list]; try { JSON.stringify(list) } catch { return "caught" }',
      'ok',
    ],
    ['new RegExp("(".repeat(1e5) + ")".repeat(1e5))', 'contract'],
    ['let p = Promise.resolve(1); for (let n = 0; n < 1e5; n++) p = p.then(); return await p', 'ok'],
    [
      'let text = "a"; for (let n = 0; n < 1e5; n++) text = text + "b"; return text.charCodeAt(99999)',
      'fuel',
    ],
    [
      'let a = {}, b = {}; for (let n = 0; n < 1e5; n++) { a = { a }; b = { a: b } } assert.deepEqual(a, b)',
      'depth',
      'unexecutable',
    ],
  ])
})
