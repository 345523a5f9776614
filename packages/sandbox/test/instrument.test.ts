// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of contracts.
// The instrumenter (spec/6-determinism §7): what it puts in changes nothing that the author meant, and stays on its line.
import { parse } from 'acorn'
import { describe, expect, it } from 'vitest'
import { parseContract } from '../src/parse.js'
import { RULES } from './helpers.js'
import { instrumented, load, loadInstrumented, outcomeOf } from './instrumented.js'

/** Bodies of `main`, one for each thing that is edited, and for what could be taken for something else. */
const BODIES: [name: string, body: string][] = [
  [
    'operators',
    "let a = 7, b = 3, s = 'x'\nreturn [a + b, a - b, a * b, a / b, a % b, a ** b, a << b, a >> b, a >>> b, -a, ~a, s + a, a + s, s + s, a & b, a | b, a ^ b]",
  ],
  [
    'BigInts',
    'let a = 70n, b = 3n\nreturn [a + b, a - b, a * b, a / b, a % b, a ** b, a << b, a >> b, a & b, a | b, a ^ b, -a, ~a, a++, a, --b, b, 2n ** 200n, 1n << 100n, -5n >> 1n, a >> -3n]',
  ],
  [
    'BigInts and numbers',
    'const found = []\nfor (const f of [() => 1n + 1, () => 1 ** 1n, () => 1n / 0n, () => 1n >>> 1n, () => +1n, () => 1n % 2, () => 2n ** -1n, () => Symbol() ** 1]) { try { found.push(f()) } catch (e) { found.push(e.constructor.name) } }\nreturn found',
  ],
  [
    'assignments',
    "let a = 7, o = { a: 2, b: 'x', 0: 5 }, k = 'a'\na += 2; a -= 1; a *= 3; a /= 2; a %= 7; a **= 2; a <<= 2; a >>= 1; a >>>= 1; a |= 8; a &= 15; a ^= 3\no.a **= 3; o[k] **= 2; o['b'] += a; o[0] <<= 2; o . /* c */ a /= 4\n;(o)[(k)] %= 5\n;(a) **= 2\nreturn [a, o]",
  ],
  [
    'assignments once',
    "let n = 0\nconst o = { get x () { n++; return 2 }, set x (v) { n += 10 + v } }\nconst f = () => { n += 100; return o }\nf()[(n += 1000, 'x')] **= (n += 10000, 3)\nreturn n",
  ],
  [
    'conversions in order',
    "const log = []\nconst v = (name, value) => ({ valueOf () { log.push(name); return value } })\nlog.push(v('a', 2) ** v('b', 3), v('c', 7) % v('d', 4), v('e', 1) << v('f', 2), v('g', 1n) + v('h', 2n), `${{ toString () { log.push('i'); return 'j' } }}`)\nreturn log",
  ],
  [
    'templates',
    'const a = 1, tag = (s, ...v) => [s.raw, v]\nreturn [`${a}b${`c${a}`}`, `plain`, tag`x${a + 1}y`, tag`z`, String.raw`\\n${a}`]',
  ],
  [
    'no semicolons',
    "let a = 1, b = 2\nconst log = []\nlog.push('x')\na += b\nb\n++a\nawait b\nlog.push(a)\na + b\nlog.push(b)\nlog.push(`${b}`)\nif (a) a += 1\nelse b += 1\ndo a += 1\nwhile (a < 9)\nreturn [a, b, log]",
  ],
  [
    'no blocks',
    'let s = 0\nfor (let i = 0; i < 3; i++) s += i\nfor (const x of [1, 2]) s += x\nfor (const k in { a: 1 }) s += k\nwhile (s.length < 9) s += s\nfor (let i = 0; i < 3; i++);\nfor (;;) break\nif (s) for (const x of [1]) if (x) s += x; else s += 2\nreturn s',
  ],
  [
    'labels',
    'let n = 0\nouter: for (let i = 0; i < 3; i++) { for (;;) { n++; if (i === 1) break outer; continue outer } }\nblock: { n += 10; break block }\na: b: for (const x of [1, 2]) { n += x; continue a }\nreturn n',
  ],
  [
    'catches',
    "const log = []\ntry { null.x } catch { log.push('none') }\ntry { throw { a: 1, b: [2] } } catch ({ a, b: [c], d = a + c }) // note\n { const e = d; log.push(a, c, e) }\ntry { try { throw 1 } finally { log.push('f') } } catch (e) { log.push(e) }\nlog.push((() => { try { return 1 } finally { log.push('g') } })(), (() => { for (;;) { try { return 1 } finally { break } } })())\nreturn log",
  ],
  [
    'functions',
    'function f (a, b = a + 1, { c = b ** 2, [`d${a}`]: d = 4 } = {}, ...e) { return [a, b, c, d, e, arguments.length] }\nfunction hoisted () { return inner(); function inner () { return 5 } }\nconst g = function (x = () => 1) { return x.name }, h = (a) => ({ a }), i = async (a) => a + 1\nreturn [f(1), f(1, 2, { c: 3, d1: 9 }, 4, 5), f.length, hoisted(), g(), h(1), await i(1), g.name, h.length, (() => {})(), ((a, b) => a)(1)]',
  ],
  [
    'empty bodies',
    'class A {}\nclass B extends A {}\nclass C { constructor () {} m () {} static {} static { /* { */ } }\nconst f = () => {}, g = function () {}, h = async () => {}\nfor (const x of [1]) {}\nwhile (false) {}\ntry {} catch {} finally {}\nreturn [new B() instanceof A, f(), g(), await h(), new C().m(), B.name, B.length]',
  ],
  [
    'classes',
    "class A { x = 1 + 2; ['y' + 1] = this.x * 2; static s = [1 + 1]; f = () => this.x; #p = 3; get p () { return this.#p } q () { this.#p **= 2; return this.#p } static { this.t = `${this.s}` } }\nclass B extends A { z = super.p + 1; constructor (...a) { super(...a); this.w = new.target.name } m () { return super.q() } }\nclass D extends B {}\nconst o = { __proto__: { v: 2 }, m () { super.v **= 3; return [this.v, super.v] } }\nconst b = new B(1)\nreturn [b, b.m(), B.s, A.t, new (class { a = class {}; b = function () {} })(), new D(5).w, o.m(), D.length]",
  ],
  [
    'private and super targets',
    "let n = 0\nclass A { #p = 3; static run (a) { (n++, a).#p **= 2; a.#p <<= 1; return a.#p } }\nconst o = { __proto__: { v: 2 }, m () { super[(n += 10, 'v')] **= 3; super['v'] /= 2; return this.v } }\nreturn [A.run(new A()), o.m(), n]",
  ],
  [
    'generators',
    "const log = []\nfunction * g (n) { try { const x = yield n + 1; log.push(x); yield; const r = yield * inner(); log.push(r) } catch (e) { log.push('c' + e); yield 9 } finally { log.push('end') } return 5 }\nfunction * inner () { try { yield 'i'; return 'ri' } finally { log.push('fi') } }\nconst a = g(1); log.push(a.next(), a.next('s'), a.next(), a.next(), a.next())\nconst b = g(2); b.next(); log.push(b.throw('t'), b.return('u'))\nconst c = g(3); c.next(); c.next(); c.next(); log.push(c.return('v'))\nconst d = g(4); d.next(); d.next(); d.next(); log.push(d.throw('w'), d.next())\nlog.push([...g(5)], [...function * () { yield * [1, 2]; yield * 'ab'; yield * { [Symbol.iterator]: () => [3][Symbol.iterator]() } }()])\ntry { [...function * () { yield * 5 }()] } catch (e) { log.push(e.constructor.name) }\nreturn log",
  ],
  [
    'async',
    "const log = []\nconst f = async (n) => { try { log.push('a' + n); await null; log.push('b' + n); if (n === 2) throw n; return await n } finally { log.push('f' + n) } }\nconst r = await Promise.allSettled([f(1), f(2), f(3)])\nasync function deep (n) { return n === 0 ? 0 : 1 + await deep(n - 1) }\nawait Promise.reject(7).catch((e) => log.push(e)).then(() => log.push('t'), null).finally(() => log.push('fin'))\nasync function d (a = (() => { throw 5 })()) {}\nlog.push(await d().catch((e) => e), await (await (async () => async () => 3)())())\nreturn [log, r, await deep(20)]",
  ],
  [
    'async generators',
    "const log = []\nasync function * g (n) { try { for (let i = 0; i < n; i++) { const x = yield Promise.resolve(i); if (x) log.push(x) } return Promise.resolve('r') } finally { await null; log.push('fin') } }\nfor await (const x of g(3)) log.push(x)\nouter: for (const y of [1, 2]) { for await (const x of g(3)) { log.push(x + y); if (x === 1) continue outer; if (y === 2) break outer } }\nfor await (const x of [1, Promise.resolve(2), 3]) { if (x === 3) break; log.push(x) }\nlab: for await (const x of g(1)) for await (const y of g(1)) { log.push([x, y]); continue lab }\nif (log.length) for await (const x of g(1)) log.push(x); else log.push('no')\ntry { for await (const x of g(2)) throw 'in' + x } catch (e) { log.push(e) }\ntry { for await (const x of [Promise.reject('rej')]) log.push(x) } catch (e) { log.push(e) }\nconst h = async function * () { const r = yield * g(2); log.push(r); yield * [5, Promise.resolve(6)] }\nfor await (const x of h()) log.push(x)\nlog.push(await (async () => { for await (const x of g(2)) return x })())\nconst q = g(2); log.push(await q.next(), await q.return('x'), await q.next())\nreturn log",
  ],
  [
    'order of turns',
    "const log = []\nconst t = (n) => (async () => { for (let i = 0; i < 4; i++) { await null; log.push(n + i) } })()\nconst u = (async () => { for await (const x of [1, Promise.resolve(2), 3]) log.push('u' + x) })()\nconst w = (async () => { for await (const x of (async function * () { yield 1; yield 2 })()) log.push('w' + x) })()\nawait Promise.all([t('a'), u, w, t('b')])\nreturn log",
  ],
  [
    'spreads',
    "const f = (...a) => a, set = new Set([1, 2]), map = new Map([[1, 2]])\nlet [a, ...b] = [1, 2, 3], { c, ...d } = { c: 1, e: 2, [Symbol.iterator]: 3 }\n;[a, ...b] = 'xyz'\nreturn [[...set, ...map, ...'ab', ...new Uint8Array(2)], f(...set, 0, ...[1]), new Array(...[1, 2]), { ...d, ...'s', ...null, c }, a, b, Math.max(...[3, 9, 4])]",
  ],
  ['lengths', 'const a = [1, 2, 3]\na.length = 1\na.length += 1\nreturn [a.length, a]'],
  [
    'destructuring',
    'const { a = 1 + 1, b: { c = `x${a}` } = {}, ...r } = { d: 4 }\nlet x, y\n;({ x, y = x + 1 } = { x: 5 })\n;[x, y] = [y, x]\nfor (const [k, { v = k + 1 }] of [[1, {}]]) x += k + v\nreturn [a, c, r, x, y]',
  ],
  [
    'comments and lines',
    'let a = 1 /* a */ + /* b */ 2 // c\n  ** 3\nconst f = (x) => // d\n  x + 1\nconst o = { a }\no // e\n  .a /* f */ **= // g\n  2\nreturn [a, f(1), o]',
  ],
  [
    'switch',
    "const f = (x) => { switch (x + 1) { case 1 + 1: x += 5; case 3: { x += 1; break } default: x += 'd' } return x }\nreturn [f(1), f(2), f(3)]",
  ],
  [
    'optional chains',
    'const o = { f: (x) => x + 1, a: [1] }\nreturn [o?.f(1 + 1), o.g?.(1 + 1), o?.["a"]?.[0 + 0], delete o?.a, typeof (o.f + 1)]',
  ],
  [
    'logic',
    'let a = null, b\na ??= 1 + 1\nb ||= () => 1\nb &&= b.name\nreturn [a, b, a ?? (b + 1), void (a + 1), (a, a + 1)]',
  ],
  [
    'sequences and arrows',
    'const f = (a, b = (1, a + 1)) => (a, b), g = (a) => (b) => a + b, h = async () => (await 1) + (await 2)\nreturn [f(1), g(1)(2), await h(), (() => /a+/g)().flags, (x => x)\n(5)]',
  ],
  [
    'names that are put in',
    'const $vm = 1, $ve = 2, $vt = 3, \\u0024v_m = 4\nlet $v_ = 5\ntry { throw 1 } catch ($vr) { $v_ += $vr }\nreturn [$vm + $ve + $vt, $v_m, $v_]',
  ],
  [
    'getters',
    'let n = 0\nconst o = { get a () { return n++ + 1 }, set a (v) { n += v } }\no.a += 5\no.a++\nreturn [n, o.a]',
  ],
  [
    'Proxy and Reflect',
    "const log = []\nconst p = new Proxy({}, { get (t, k) { log.push(String(k)); return k === 'then' ? undefined : k + '!' }, has: () => true })\nreturn [p.a + p.b, 'x' in p, Reflect.construct(class { a = 1 + 1 }, []), log]",
  ],
]

describe('instrumented code', () => {
  it.each(BODIES)('computes the same: %s', async (_, body) => {
    const source = `export async function main () {\n${body}\n}`
    const expected = await outcomeOf(await load(source))
    expect(expected).not.toMatch(/^throws/)
    expect(await outcomeOf(await loadInstrumented(source))).toBe(expected)
  })

  it.each(BODIES)('is a module, with every line where it was: %s', (_, body) => {
    const source = `export async function main () {\n${body}\n}`
    const text = instrumented(source)
    parse(text, { ecmaVersion: 2022, sourceType: 'module' })
    expect(text.split('\n').length).toBe(source.split('\n').length + 1)
  })

  it('computes the same at module level', async () => {
    const source = `let a = 1 + 1
a **= 3
export const list = [...'ab', \`\${a}\`]
for (const x of list) a += x
try { null.x } catch ({ message }) { a += typeof message }
const [b, ...c] = list
export default class { x = a + 1 }
export const waited = await (async () => { for await (const x of [1]) return x + 1 })()
const { main: inner } = { async main () { return [a, b, c, list, waited] } }
export const main = inner`
    expect(await outcomeOf(await loadInstrumented(source))).toBe(await outcomeOf(await load(source)))
  })

  it('leaves the intrinsics of this process to its other tests', async () => {
    await loadInstrumented('export const main = () => {}')
    expect([Function, Object].map(({ prototype }) => Object.isExtensible(prototype))).toEqual([true, true])
  })
})

describe('the parser', () => {
  it.each([
    ['a function and a var', 'function f () { function g () {} var g }'],
    ['a function and a var in a block', 'const f = () => { function g () {} { for (var g of []); } }'],
    ['two functions', 'function f () { function g () {} function g () {} }'],
  ])('refuses what is declared twice in one function: %s', (_, source) => {
    expect(() => parseContract(source, RULES)).toThrow(expect.objectContaining({ code: 'CONTRACT_SYNTAX' }))
  })
})
