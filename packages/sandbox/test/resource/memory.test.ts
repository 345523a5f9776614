// Allocation without end (spec/6-determinism §7): what built-in functions allocate is charged before they do, so that fuel
// ends an op long before memory does.
import { describe } from 'vitest'
import { useSandbox } from '../escape/attack.js'
import { SHORT_RULES } from '../helpers.js'
import { type Bomb, bombs as bombsOf } from './bomb.js'

const sandbox = useSandbox({ opMs: 30_000 })
const bombs = (of: typeof sandbox, list: readonly Bomb[]) => bombsOf(of, list, SHORT_RULES)

describe('strings', () => {
  bombs(sandbox, [
    ['"a".repeat(2 ** 28)', 'fuel'],
    ['"a".repeat(2 ** 29 - 24).length', 'fuel'],
    ['const all = []; for (;;) all.push("a".repeat(1e6))', 'fuel'],
    ['"a".padStart(2 ** 28)', 'fuel'],
    ['"a".padEnd(2 ** 28, "bc")', 'fuel'],
    ['let text = "x"; for (;;) text += text', 'fuel', 'engine'],
    ['let text = "x".repeat(1000); for (;;) text = text.concat(text, text)', 'fuel', 'engine'],
    [`let text = "x".repeat(1000); for (;;) text = \`\${text}\${text}\``, 'fuel', 'engine'],
    ['let text = "x".repeat(1e5); for (let n = 0; ; n++) text = text.replaceAll("x", "xx")', 'fuel'],
    ['let text = "x".repeat(1e5); for (;;) text = text.replace(/x/g, "$&$&")', 'fuel'],
    ['let text = "x".repeat(1e5); for (;;) text = [text, text].join(text)', 'fuel'],
    ['let text = "x".repeat(1e6); for (;;) text.split("")', 'fuel'],
    ['const text = "x".repeat(1e6); const all = []; for (;;) all.push(text.split(""))', 'fuel'],
    ['const text = "ß".repeat(1e5); const all = []; for (;;) all.push(text.toUpperCase())', 'fuel'],
    [
      'const text = "\\u1e9b\\u0323".repeat(1e5); const all = []; for (;;) all.push(text.normalize("NFKD"))',
      'fuel',
    ],
    [
      'const all = []; const text = "x".repeat(1e6); for (let n = 0; ; n++) all.push(text.slice(1).concat(n))',
      'fuel',
    ],
    ['const text = "&".repeat(1e5); const all = []; for (;;) all.push(encodeURIComponent(text))', 'fuel'],
    ['String.raw({ raw: { length: 2 ** 53 - 1 } })', 'fuel'],
    [
      'String.fromCharCode(...new Array(1e5).fill(65)); for (;;) String.fromCharCode.apply(null, { length: 1e5 })',
      'contract',
    ],
    ['const all = []; for (let n = 0; ; n++) all.push(Symbol("x".repeat(10000) + n))', 'fuel'],
    ['for (let n = 0; ; n++) Symbol.for("x".repeat(10000) + n)', 'fuel'],
    ['const o = {}; for (let n = 0; ; n++) o["x".repeat(1000) + n] = 1', 'fuel'],
  ])
})

describe('arrays', () => {
  bombs(sandbox, [
    ['new Array(1e9).fill(0)', 'fuel'],
    ['new Array(2 ** 32 - 1).fill(0)', 'fuel'],
    ['Array.from({ length: 1e9 })', 'fuel'],
    ['Array.from({ length: 1e9 }, (_, n) => n)', 'fuel'],
    ['Array.from({ length: Infinity })', 'fuel', 'engine'],
    ['Array.apply(null, { length: 5e8 })', 'contract'],
    ['new Array(5e7).join("x")', 'fuel'],
    ['Array(2 ** 32 - 1).join("x")', 'fuel'],
    ['[...new Array(6e7)]', 'fuel'],
    ['[...new Array(6e7).keys()]', 'fuel'],
    ['const all = []; for (;;) all.push(new Array(1000).fill(1))', 'fuel'],
    ['const all = []; for (;;) all.push([])', 'fuel'],
    ['const all = []; for (;;) all.push({ a: 1, b: {} })', 'fuel'],
    ['const all = []; for (;;) all.push(() => all)', 'fuel'],
    ['let list = [1]; for (;;) list = list.concat(list)', 'fuel'],
    ['let list = [1]; for (;;) list = [...list, ...list]', 'fuel'],
    ['let list = [1]; for (;;) list.push(...list)', 'contract'],
    ['let list = [1]; for (;;) list = [list, list].flat()', 'fuel'],
    ['const list = new Array(1e6).fill(1); const all = []; for (;;) all.push(list.slice())', 'fuel'],
    ['const list = new Array(1e6).fill(1); const all = []; for (;;) all.push(list.map((x) => x))', 'fuel'],
    [
      'const list = new Array(1e6).fill(1); const all = []; for (;;) all.push(list.toSorted?.() ?? list.slice())',
      'fuel',
    ],
    ['const list = new Array(1e6).fill(1); const all = []; for (;;) all.push(Object.entries(list))', 'fuel'],
    ['const list = new Array(1e6).fill(1); const all = []; for (;;) all.push({ ...list })', 'fuel'],
    [
      'const list = new Array(1e6).fill(1); const all = []; for (;;) { const [...copy] = list; all.push(copy) }',
      'fuel',
    ],
    [
      'const list = new Array(1e5).fill(1); const all = []; for (;;) all.push(((...rest) => rest)(...list))',
      'contract',
    ],
    ['const list = []; list.length = 2 ** 32 - 1; list.reverse()', 'fuel'],
    ['const list = []; list.length = 2 ** 32 - 1; list.sort()', 'fuel'],
    ['const list = []; list[2 ** 32 - 2] = 1; list.indexOf(5)', 'fuel'],
    ['const list = []; list[2 ** 32 - 2] = 1; list.shift()', 'fuel'],
    ['const list = []; list[2 ** 32 - 2] = 1; list.splice(0, 1)', 'fuel'],
    ['Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)', 'fuel'],
    ['Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)', 'fuel'],
    ['Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1)', 'fuel'],
    ['Array.prototype.reverse.call({ length: 2 ** 53 - 1 })', 'fuel'],
    ['Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 1)', 'fuel'],
    ['Array.prototype.join.call({ length: 2 ** 53 - 1 })', 'fuel'],
    ['Array.prototype.forEach.call({ length: 2 ** 53 - 1 }, () => {})', 'fuel'],
    ['Array.prototype.some.call({ length: 2 ** 53 - 1 }, () => false)', 'fuel'],
    ['Array.prototype.find.call({ length: 2 ** 53 - 1 }, () => false)', 'fuel'],
    ['Array.prototype.reduce.call({ length: 2 ** 53 - 1 }, () => 1, 0)', 'fuel'],
    ['Array.prototype.unshift.call({ length: 2 ** 53 - 2 }, 1)', 'fuel'],
    ['Array.prototype.copyWithin.call({ length: 2 ** 53 - 1 }, 1, 0)', 'fuel'],
    ['Array.prototype.sort.call({ length: 2 ** 53 - 1 })', 'fuel', 'engine'],
    ['Array.prototype.flat.call({ length: 2 ** 53 - 1 })', 'fuel'],
    ['Array.prototype.concat.call([], { length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true })', 'fuel'],
    ['Array.prototype.slice.call({ length: 2 ** 53 - 1 })', 'fuel', 'engine'],
    ['Array.prototype.indexOf.call(new Proxy({ length: 2 ** 53 - 1 }, {}), 1)', 'fuel'],
    ['Reflect.apply(Math.max, null, { length: 2 ** 32 })', 'contract'],
    ['Function.prototype.apply.call(Math.max, null, { length: 1e8 })', 'contract'],
    ['Reflect.construct(Array, { length: 1e8 })', 'contract'],
    ['new Set(Array.from({ length: 1e8 }, () => 1))', 'fuel'],
  ])
})

describe('buffers, maps and objects', () => {
  bombs(sandbox, [
    ['new ArrayBuffer(2 ** 30)', 'fuel'],
    ['new Uint8Array(2 ** 30)', 'fuel'],
    ['new Uint8Array(2 ** 40)', 'fuel', 'engine'],
    ['const all = []; for (;;) all.push(new Uint8Array(1e6))', 'fuel'],
    ['const all = []; for (;;) all.push(new ArrayBuffer(1e6))', 'fuel'],
    ['const all = []; const buffer = new ArrayBuffer(1e6); for (;;) all.push(buffer.slice(0))', 'fuel'],
    ['const all = []; const bytes = new Uint8Array(1e6); for (;;) all.push(bytes.slice())', 'fuel'],
    ['const all = []; const bytes = new Uint8Array(1e6); for (;;) all.push(Uint8Array.from(bytes))', 'fuel'],
    ['const all = []; const bytes = new Uint8Array(1e6); for (;;) all.push(new Uint16Array(bytes))', 'fuel'],
    ['const all = []; const bytes = new Uint8Array(1e6); for (;;) all.push(bytes.map((b) => b))', 'fuel'],
    ['const all = []; const bytes = new Uint8Array(1e6); for (;;) all.push([...bytes])', 'fuel'],
    ['const bytes = new Uint8Array(1e6); for (;;) bytes.fill(1)', 'fuel'],
    ['const bytes = new Uint8Array(1e6); for (;;) bytes.sort()', 'fuel'],
    ['const bytes = new Uint8Array(1e6); for (;;) bytes.reverse()', 'fuel'],
    ['const bytes = new Uint8Array(1e6); for (;;) bytes.set(bytes)', 'fuel'],
    ['const bytes = new Uint8Array(1e6); for (;;) bytes.copyWithin(1, 0)', 'fuel'],
    ['const all = []; const bytes = new Uint8Array(1e6); for (;;) all.push(bytes.join())', 'fuel'],
    ['const all = new Map(); for (let n = 0; ; n++) all.set(n, { n })', 'fuel'],
    ['const all = new Set(); for (let n = 0; ; n++) all.add(n)', 'fuel'],
    [
      'const all = new WeakMap(), keys = []; for (;;) { const key = {}; keys.push(key); all.set(key, keys) }',
      'fuel',
    ],
    [
      'let map = new Map(Array.from({ length: 1e5 }, (_, n) => [n, n])); const all = []; for (;;) all.push(new Map(map))',
      'fuel',
    ],
    ['const all = {}; for (let n = 0; ; n++) all[n * 7] = { n }', 'fuel'],
    ['const all = []; for (;;) all.push(Object.assign({}, { a: 1, b: 2, c: 3 }))', 'fuel'],
    ['let list = {}; for (;;) list = { list }', 'fuel'],
    ['let text = "["; for (;;) text += text', 'fuel', 'engine'],
    ['const all = []; for (;;) all.push(new Promise(() => {}).then(() => all))', 'fuel'],
    ['const all = []; for (;;) all.push(/a/g)', 'fuel'],
    ['const all = []; for (let n = 0; ; n++) all.push(new RegExp("a" + n + "b".repeat(1000)))', 'fuel'],
    ['const all = []; for (;;) all.push(new Error("x".repeat(10000)))', 'fuel'],
    ['const all = []; for (;;) all.push(new Proxy({}, {}))', 'contract'],
    ['const all = []; for (;;) all.push((() => 1).bind(null, 1, 2, 3))', 'fuel'],
    ['const all = []; for (;;) all.push(class { a = 1; static b = {} })', 'fuel'],
  ])
})

describe('numbers and JSON', () => {
  bombs(sandbox, [
    ['3n ** 3000000n', 'contract'],
    ['2n ** 1000000000n', 'contract'],
    ['2n ** (2n ** 100n)', 'contract'],
    ['let n = 2n; for (;;) n *= n', 'contract'],
    ['let n = 2n; for (;;) n **= 2n', 'contract'],
    ['1n << 1000000000n', 'contract'],
    ['let n = 1n; for (;;) n <<= 1000000n', 'contract'],
    ['let n = 1n << 10000n; for (;;) n = n + n', 'fuel', 'engine'],
    ['const n = 7n ** 11000n; const all = []; for (;;) all.push(n * n)', 'fuel'],
    ['const n = 7n ** 20000n; for (;;) n / 3n', 'fuel'],
    ['const n = 7n ** 20000n; for (;;) n % 12345678901234567n', 'fuel'],
    ['const n = 7n ** 20000n; for (;;) n.toString()', 'fuel'],
  ])
})
