// Built-in functions that are ours do what the engine's do, where they are meant to; and differ where they are meant to.
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox } from '../src/index.js'
import { evaluate } from './helpers.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

/** What an expression gives, as a text that tells holes, signs and classes apart; of an error its class. */
const SHOW = `
  const show = (value, depth = 0) => {
    if (Object.is(value, -0)) return '-0'
    if (typeof value === 'bigint') return value + 'n'
    if (typeof value === 'symbol') return value.toString()
    if (typeof value === 'string') return JSON.stringify(value)
    if (typeof value === 'function') return 'function ' + value.name + '/' + value.length + ('prototype' in value ? '+' : '')
    if (typeof value !== 'object' || value === null) return String(value)
    if (depth > 4) return '...'
    const name = value.constructor === undefined ? 'none' : value.constructor.name
    const keys = Reflect.ownKeys(value).map((key) => {
      const found = Reflect.getOwnPropertyDescriptor(value, key)
      return String(key) + (found.get ? ' get' : ': ' + show(found.value, depth + 1)) + (found.enumerable ? '' : '?')
    })
    return name + '{' + keys.join(', ') + '}'
  }`
const guarded = (code: string) => `${SHOW}
  const run = () => { ${code.includes('return ') ? code : `return ${code}`} }
  try { return show(run()) } catch (error) { return 'throws ' + (error.constructor && error.constructor.name) }`

const SAME = `
[1, , 3].map((n) => n * 2) | [1, 2, , 4].filter((n) => n > 1) | [1, , 3].slice(-2) | [1, 2, 3].slice(1, -1) | [1, 2, 3].slice(NaN, "2")
[1, [2, [3, [4]]]].flat() | [1, [2, [3, [4]]]].flat(Infinity) | [1, , [2, , 3]].flat(0) | [1, 2].flatMap((n) => [n, [n]]) | [[1], , 2].flat(-1)
[1, , 2].concat([3, , 4], 5, [[6]]) | [].concat({ length: 1, 0: "a", [Symbol.isConcatSpreadable]: true }) | [].concat("ab", null) | Array.prototype.concat.call(1, 2)
(() => { const a = [1, 2, 3, 4]; return [a.splice(1, 2, "x"), a] })() | (() => { const a = [1, 2, 3]; return [a.splice(1), a] })() | [1].splice() | (() => { const a = [1, , 3]; return [a.splice(-2, Infinity), a] })()
[3, 1, 2].sort() | [10, 9, 1, undefined, , "b"].sort() | [3, 1, 2].sort((a, b) => b - a) | [1].sort(5) | [1, 2].toSorted(null) | [3, , 1].toSorted() | Array.prototype.sort.call({ length: 3, 0: "c", 2: "a" })
[[1, 2], [3, [4]]].join() | [null, undefined, 1].join("-") | [1, [2, [3]]].toString() | (() => { const a = [1]; a.push(a); return a.join() })() | Array.prototype.join.call("abc", "-")
[1, 2].push(3, 4) | Array.prototype.push.call({ length: 2 }, "x") | [].push() | [1, 2].unshift(0) | [1, 2, 3].shift() | [].shift() | [1, 2, 3].fill(0, 1) | new Array(3).fill() | [1, 2, 3, 4].copyWithin(0, 2)
Array(3) | Array(1, 2) | new Array("3") | Array(-1) | Array(1.5) | Array.of(1, 2) | Array.from("a😀") | Array.from({ length: 2 }) | Array.from([1, , 2], (n, i) => [n, i]) | Array.from(null) | Array.from([1], 5) | Array.from(5) | Array.from.call(Object, [1, 2]) | Array.from.call(null, [1])
(() => { class Mine extends Array {} ; const m = Mine.from([1, 2]); return [m.map((n) => n).constructor === Mine, m.slice() instanceof Mine, m.filter(Boolean) instanceof Mine, m.length, Mine.of(1) instanceof Mine, new Mine(3).length] })()
[1, 2, 3].at(-1) | [1, NaN].includes(NaN) | [1, 2].indexOf(2) | [1, 2, 1].lastIndexOf(1) | [1, 2, 1].lastIndexOf(1, -2) | [1, 2, 3].findLast((n) => n < 3) | [1, 2].reduce((a, b) => a + b) | [].reduce((a) => a) | [1, 2].reduceRight((a, b) => a + "-" + b, "x") | [1, 2].with(0, 5) | [1].with(3, 1) | [1, 2, 3].toSpliced(1, 1) | [1, , 2].toReversed() | [1, 2].every((n) => n) | [1].forEach(5)
[].constructor === Array | Array.isArray(new Array(2)) | Array[Symbol.species] === Array | Array.prototype.constructor === Array | new (class extends Array {})(3)
"abc".repeat(2) | "a".repeat(-1) | "".repeat(1e9) | "a".repeat(1.9) | "a".repeat(Infinity) | "5".padStart(3, "ab") | "5".padEnd(4) | "5".padStart(3, "") | "abc".padStart("2") | "a".concat(1, null, [2]) | String.prototype.concat.call(null)
"a-b-c".split("-") | "abc".split("") | "abc".split() | "a-b".split("-", 1) | "abc".split("", -1) | "".split("") | "".split("x") | "a1b2".split(/\\d/) | "a1b2".split(/(\\d)/) | "abc".split(/(?:)/) | "abc".split(/b*/) | "".split(/a?/) | "".split(/a/) | "A<B>b</B>".split(/<(\\/)?([^<>]+)>/) | "a,b".split(/,/y) | "😀a".split(/(?:)/u) | "😀a".split(/(?:)/) | "abab".split(/(?=b)/) | "abc".split(/$/) | "ab".split(/a|/) | "xx".split(/x/g, 1) | "abc".split({ [Symbol.split]: () => 5 })
"abcabc".replace("b", "[$&$\`$'$$]") | "abcabc".replaceAll("b", (m, at) => m + at) | "abc".replace(/(b)(c)?/, "<$2$1$3$10$01>") | "abc".replace(/(?<x>b)/, "[$<x>$<y>]") | "abc".replace(/b/, "$<x>") | "aaa".replace(/a/g, "$&$&") | "aaa".replaceAll(/a/, "b") | "abc".replace("b", "$0$") | "a".replace("a", undefined) | "abc".replace(/(?<x>b)/, (...all) => JSON.stringify(all)) | "xay".replace(/a/, "$\`|$'") | "abc".replaceAll("", "-") | "a.b".replace(".", "$") | "abc".replace(/b/, "$1")
"abc".match("b").index | "abc".match(/[a-b]/g) | "abc".match() | "abc".match("(") | [..."a1b2".matchAll(/\\d/g)].map(String) | [..."aa".matchAll("a")].length | "a".matchAll(/a/) | "abc".search("c") | "abc".search(/x/) | "abc".match({ toString: () => "b" }) | "abc".search({ [Symbol.search]: () => 7 }) | String.prototype.match.call(undefined, "a")
/a(b)?/.exec("xab") | /a/g.test("a") | (() => { const r = /a/g; r.exec("aa"); return r.lastIndex })() | (() => { const r = /a/y; return [r.test("ba"), r.lastIndex] })() | RegExp("a", "g").flags | new RegExp(/a/gi).flags | new RegExp(/a/g, "i").flags | RegExp(/a/) | RegExp("[") | RegExp("a", "gg") | new RegExp().source | new RegExp("/").source | /a/.constructor === RegExp | (() => { const r = /a/; return RegExp(r) === r })() | new (class extends RegExp {})("a") instanceof RegExp | RegExp("(?<a>x)|y").exec("x").groups.a | RegExp("[(?i:]").source | RegExp("\\\\(?a").source | RegExp("(?<=a)b").exec("ab").index
"İ".toLowerCase() | "ß".toUpperCase() | " a ".trim() | "\\ud800".toWellFormed() | "\\ud800".isWellFormed() | "abc".includes("b", 2) | "abc".startsWith("b", 1) | "abc".endsWith("b", 2) | "abc".includes(/a/) | "abcb".lastIndexOf("b", 2) | "\\u1e9b\\u0323".normalize("NFKC") | "a".normalize("x") | String.raw\`a\${1}\\n\${2}\` | String.raw({ raw: "abc" }, 1, 2) | String.raw() | String.fromCharCode(97, 98) | String.fromCodePoint(128512) | String.fromCodePoint(-1) | "trimLeft" in "" && "".trimLeft === "".trimStart
JSON.stringify({ a: [1, "x", null, undefined, () => 1, Symbol()], b: undefined, c: { toJSON () { return 5 } } }) | JSON.stringify([NaN, -0, Infinity]) | JSON.stringify({ a: [1, { b: 2 }], c: {} , d: [] }, null, 2) | JSON.stringify([1], null, "--") | JSON.stringify({ b: 1, a: { b: 2, c: 3 } }, ["a", "b"]) | JSON.stringify({ a: 1, b: 2 }, (k, v) => k === "a" ? undefined : v) | JSON.stringify("\\ud800\\n\\"") | JSON.stringify(undefined) | JSON.stringify(1n) | JSON.stringify([new Number(3), new String("s"), new Boolean(false), Object(1n) === 1]) | JSON.stringify((() => { const a = {}; a.a = a; return a })()) | JSON.stringify({ [Symbol()]: 1, 1: 2, "": 3 }) | JSON.stringify([[]], null, 20) | JSON.stringify({ a: 1 }, [1, "a", "a"], 1) | JSON.stringify(Object.create({ a: 1 }))
JSON.parse("[1,{\\"a\\":null}]") | JSON.parse("{\\"__proto__\\":1}") | JSON.parse("[1,2,3]", (k, v) => k === "1" ? undefined : v) | JSON.parse("{\\"a\\":{\\"b\\":1}}", function (k, v) { return k === "b" ? Object.keys(this).length + v : v }) | JSON.parse("{") | JSON.parse()
Object.keys("ab") | Object.entries({ a: 1, b: [2] }) | Object.values([1, , 2]) | Object.assign({}, { a: 1 }, null, "xy", [3]) | Object.assign(null, {}) | Object.fromEntries([["a", 1], ["b", 2]]) | Object.fromEntries(new Map([["a", 1]])) | Object.fromEntries(5) | Object.fromEntries() | Object.fromEntries([1]) | Object.getOwnPropertyDescriptors({ get a () { return 1 } }) | Object.getOwnPropertyNames([1]) | Reflect.ownKeys({ b: 1, 1: 2, [Symbol.iterator]: 3 }) | Object.isFrozen(Object.freeze([1])) | Object.freeze(1) | Object.defineProperties({}, { a: { value: 1 } }) | Object.keys(null)
new Map([[1, 2]]) .get(1) | new Map(5) | [...new Set([1, 1, 2])] | (() => { const m = new Map(); return m.set(1, 2) === m })() | Map.prototype.set.call({}, 1, 2) | (() => { const all = []; new Map([[1, 2]]).forEach((v, k) => all.push(k, v)); return all })() | new Set([1]).add(2).size | new WeakMap().set(1, 2) | new WeakSet([{}]).has({}) | Map() | new (class extends Map {})([[1, 2]]).size
new Uint8Array(3) | new Uint8Array([1, 300, -1]) | new Uint8Array(new ArrayBuffer(4), 1, 2) | Uint8Array(3) | new Uint8Array(-1) | new Uint8Array(new Uint16Array([1, 256])) | new Uint8Array(new Set([1, 2])) | Uint8Array.from([1, 2], (n) => n * 2) | Uint8Array.from({ length: 2, 0: 5 }) | Uint8Array.of(1, 2) | new Int16Array([3, 1, 2]).sort() | new Int16Array([3, 1, 2]).sort((a, b) => b - a) | new Uint8Array([1, 2, 3]).subarray(1) | new Uint8Array([1, 2, 3]).slice(1, 2) | new Uint8Array([1, 2]).map((n) => n + 1) | new Uint8Array([1, 2]).join("-") | new Uint8Array(2).set([1, 2, 3]) | new BigInt64Array([1n, -1n]) | Object.getPrototypeOf(Uint8Array).name | new Uint8Array([2, 1]).toSorted() | new Uint8Array([1, 2]).toReversed() | new Uint8Array([1]).with(0, 2) | new Uint8Array(1).constructor === Uint8Array | Uint8Array.prototype.fill.call([], 1) | new (class extends Uint8Array {})(2).length | Uint8Array.BYTES_PER_ELEMENT
new ArrayBuffer(8).byteLength | ArrayBuffer(8) | new ArrayBuffer(-1) | new ArrayBuffer(4).slice(1).byteLength | ArrayBuffer.isView(new DataView(new ArrayBuffer(1))) | (() => { const v = new DataView(new ArrayBuffer(8)); v.setFloat64(0, 1.5); v.setFloat32(4, -2, true); return v.getUint32(4) })() | new DataView(new ArrayBuffer(2)).setFloat64(0, 1)
BigInt("0x1f") | BigInt(" 12 ") | BigInt("x") | BigInt(1.5) | BigInt(true) | BigInt({ valueOf: () => "7" }) | BigInt([5]) | new BigInt(1) | BigInt.asIntN(8, 255n) | BigInt.asUintN(8, -1n) | BigInt.asIntN(-1, 1n) | (2n ** 100n).toString(16) | 255n.toString(99) | BigInt.prototype.toString.call(1) | BigInt(undefined) | Object(1n) + 1n | BigInt.prototype.constructor === BigInt
Math.max.apply(null, [1, 2]) | Math.max.apply(null, { length: 2, 0: 4 }) | Math.max.apply(null, 5) | Math.max.apply() | Function.prototype.apply.call(5) | Reflect.apply(Math.max, null, [3]) | Reflect.apply(5, null, []) | Reflect.construct(Array, [2]) | Reflect.construct(Array, [2], class Mine extends Array {}) .constructor.name | Reflect.construct(() => {}, []) | Reflect.construct(Array) | ((a, b) => a + b).apply(null, "ab".split(""))
new Proxy({ a: 1 }, { get: () => 5 }).b | Proxy({}, {}) | new Proxy(1, {}) | Proxy.revocable({}, {}).proxy | Array.isArray(new Proxy([], {})) | new Proxy([1, 2], {}).map((n) => n + 1) | new Proxy([3, 1], {}).sort() | "prototype" in Proxy | Object.keys(new Proxy({ a: 1 }, {}))
Symbol("a").toString() | Symbol.for("a") === Symbol.for("a") | Symbol.keyFor(Symbol.for("b")) | new Symbol() | Symbol().description | Symbol(Symbol()) | Symbol.iterator.toString() | Object(Symbol.iterator) instanceof Symbol
encodeURIComponent("ä😀/") | decodeURI("%41%2f") | decodeURIComponent("%") | encodeURI("\\ud800")
Math.pow(2, 10) | Math.pow(-8, 1 / 3) | Math.pow("3", 2) | Math.pow(0, -1) | Math.pow(-0, -3) | Math.pow(1, Infinity) | Math.pow(10, 22) | Math.pow(2, -1074) | Math.pow(NaN, 0) | Math.pow(1n, 2)
Math.pow | Array.from | [].push | [].splice | "".repeat | "".replace | Object.assign | JSON.stringify | new Map().set | Uint8Array | Array | ArrayBuffer | RegExp | BigInt | Symbol | Proxy | /a/[Symbol.replace] | /a/[Symbol.split] | /a/.exec | Uint8Array.prototype.map | Reflect.construct | [].join | "".match | Promise.prototype.then | (() => {}).apply | [].at
`
  .trim()
  .split('\n')
  .flatMap((line) => line.split(' | '))

describe('gives what the engine gives', () => {
  it.each(SAME)('%s', async (code) => {
    expect(await evaluate(sandbox, guarded(code))).toBe(
      runInNewContext(`(() => { 'use strict'; ${guarded(code)} })()`),
    )
  })
})

describe('differs from the engine', () => {
  it.each([
    ['(function secret () { throw 1 }).toString()', '"function () { [native code] }"'],
    ['String(class { a = 1 })', '"function () { [native code] }"'],
    ['Function.prototype.toString.call({})', 'throws TypeError'],
    ['RegExp("(?i:a)")', 'throws SyntaxError'],
    ['RegExp("(?<a>x)|(?<a>y)")', 'throws SyntaxError'],
    ['RegExp("a", "v")', 'throws SyntaxError'],
    ['"a".match("(?-i:a)")', 'throws SyntaxError'],
    ['"a".matchAll("(?-i:a)")', 'throws SyntaxError'],
    ['"a".search("(?-i:a)")', 'throws SyntaxError'],
    ['Math.max.apply(null, new Array(32769))', 'throws RangeError'],
    ['Reflect.apply(Math.max, null, new Array(32769))', 'throws RangeError'],
    ['Reflect.construct(Array, new Array(32769))', 'throws RangeError'],
    ['Math.max.apply(null, new Array(32768))', 'NaN'],
    ['let a = []; for (let n = 0; n < 1000; n++) a = [a]; return a.flat(Infinity)', 'throws RangeError'],
    ['let a = []; for (let n = 0; n < 1000; n++) a = [a]; return a.join()', 'throws RangeError'],
    ['let a = []; for (let n = 0; n < 1000; n++) a = [a]; return String(a)', 'throws RangeError'],
    ['let a = []; for (let n = 0; n < 1000; n++) a = [a]; return JSON.stringify(a)', 'throws RangeError'],
    ['JSON.parse("[".repeat(1000) + "]".repeat(1000), (k, v) => v)', 'throws RangeError'],
    ['for (let n = 0; n < 1001; n++) new Proxy({}, {}); return 1', 'throws RangeError'],
    ['for (let n = 0; n < 1001; n++) Proxy.revocable({}, {}); return 1', 'throws RangeError'],
    ['BigInt("9".repeat(2 ** 16 + 1))', 'throws RangeError'],
    ['BigInt.asUintN(2 ** 16 + 1, -1n)', 'throws RangeError'],
    ['new ArrayBuffer(1, { maxByteLength: 2 }).resizable', 'undefined'],
    [
      'const v = new DataView(new ArrayBuffer(16)); v.setFloat64(0, -NaN); v.setFloat32(8, -NaN); v.setFloat32(12, 0 / 0, true); return [v.getBigUint64(0), v.getUint32(8), v.getUint32(12, true)]',
      'Array{0: 9221120237041090560n, 1: 2143289344, 2: 2143289344, length: 3?}',
    ],
  ])('%s', async (code, shown) => {
    expect(await evaluate(sandbox, guarded(code))).toBe(shown)
  })

  it('in the calls of a comparator, which are the same everywhere', async () => {
    const code = `const calls = []; const items = [5, 3, 4, 1, 2]
      items.sort((a, b) => { calls.push(a * 10 + b); return a - b })
      return calls.join() + ' ' + items.join()`
    expect(await evaluate(sandbox, code)).toBe('53,41,31,34,54,12,32 1,2,3,4,5')
  })
})
