// Attacks with values: huge, cyclic, deep, and such as say one thing to the check and another to the encoder
// (spec/5-values).
import { describe, expect, it } from 'vitest'
import { call, MemorySource, RULES, run } from '../helpers.js'
import { attacks, failed, load, useSandbox } from './attack.js'

const sandbox = useSandbox()
const { valueBytesMax, valueDepthMax, opWriteBytesMax, opChangesMax } = RULES.limits
const ITSELF = 'the value contains itself'

describe('cyclic and deep', () => {
  attacks(sandbox, '', [
    ['const a = {}; a.a = a; return a', failed('value', `value.a: ${ITSELF}`)],
    ['const a = [], b = { a }; a.push(b); return a', failed('value', `value[0].a: ${ITSELF}`)],
    [
      'const shared = { n: 1 }; return [shared, shared, { shared }]',
      [{ n: 1 }, { n: 1 }, { shared: { n: 1 } }],
    ],
    [
      `let deep = 1; for (let n = 0; n < ${valueDepthMax} + 10; n++) deep = [deep]; return deep`,
      failed('value', expect.stringMatching(/depth|deep|levels/)),
    ],
    [
      'let deep = 1; for (let n = 0; n < 1e5; n++) deep = { deep }; return deep',
      failed('value', expect.stringMatching(/depth|deep|levels/)),
    ],
    [
      'const p = new Proxy({}, { ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }), get: () => p }); return p',
      failed('value', `value.a: ${ITSELF}`),
    ],
    [
      'const make = () => new Proxy({}, { ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }), get: make }); return make()',
      failed('value', expect.stringMatching(/depth|deep|levels/)),
    ],
    [
      'const make = () => ({ get a () { return make() } }); tx.put("/a", make())',
      failed('value', expect.stringMatching(/depth|deep|levels/)),
    ],
  ])
})

describe('huge', () => {
  attacks(sandbox, '', [
    [`return "x".repeat(${valueBytesMax} + 1)`, failed('value', expect.stringMatching(/bytes/))],
    [`tx.put("/a", new Uint8Array(${valueBytesMax} + 1))`, failed('value', expect.stringMatching(/bytes/))],
    [`return new Array(${valueBytesMax} + 1).fill(0)`, failed('value', expect.stringMatching(/bytes/))],
    ['return new Array(2 ** 32 - 1)', failed('fuel', '')],
    ['const list = []; list[2 ** 32 - 2] = 1; return list', failed('value', expect.any(String))],
    [
      'return new Proxy([], { get: (t, k) => k === "length" ? 2 ** 53 - 1 : t[k], ownKeys: () => ["length"] })',
      failed('value', expect.any(String)),
    ],
    [
      'return new Proxy([], { get: (t, k) => k === "length" ? Infinity : t[k] })',
      failed('value', expect.any(String)),
    ],
    [
      'return new Proxy([], { get: (t, k) => k === "length" ? -1 : t[k] })',
      failed('value', expect.any(String)),
    ],
    [
      'return new Proxy([1, 2], { get: (t, k) => k === "length" ? { valueOf: () => 2 } : t[k] })',
      failed('value', expect.any(String)),
    ],
    [
      `let shared = "x".repeat(1000); for (let n = 0; n < 20; n++) shared = [shared, shared]; return shared`,
      failed('value', expect.stringMatching(/bytes/)),
    ],
    [
      `const value = new Uint8Array(500000); let n = 0; try { for (;; n++) tx.put("/a" + n, value) } catch (error) { return "caught " + n }`,
      failed('size', 'the op writes more than the rules allow'),
    ],
    [
      `let n = 0; try { for (;; n++) tx.put("/a", n) } catch { return "caught " + n }`,
      failed('size', 'the op writes more than the rules allow'),
    ],
  ])

  it('an op at its limits is an op', async () => {
    const { outcome, changes } = await run(
      sandbox(),
      `export function apply (tx) { for (let n = 0; n < ${opChangesMax}; n++) tx.put('/a', n) }`,
    )
    expect(outcome).toMatchObject({ kind: 'ok', numChanges: opChangesMax })
    expect(changes).toHaveLength(opChangesMax)
    expect(opWriteBytesMax).toBeGreaterThanOrEqual(valueBytesMax)
  })
})

describe('values that lie', () => {
  attacks(sandbox, '', [
    [
      'return { toJSON: 1, valueOf: 2, then: 3 }',
      Object.fromEntries([
        ['toJSON', 1],
        ['valueOf', 2],
        ['then', 3],
      ]),
    ],
    ['return new Number(5)', failed('value', 'value: only plain objects, arrays and Uint8Array are allowed')],
    [
      'return new String("x")',
      failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
    ],
    [
      'return Object(Symbol("x"))',
      failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
    ],
    [
      'return new Map([[1, 2]])',
      failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
    ],
    ['return /a/', failed('value', 'value: only plain objects, arrays and Uint8Array are allowed')],
    [
      'return new Error("x")',
      failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
    ],
    [
      'return new ArrayBuffer(8)',
      failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
    ],
    [
      'return (function () { return arguments })(1, 2)',
      failed('value', 'value: symbol keys are not allowed'),
    ],
    ['return JSON', failed('value', expect.any(String))],
    ['return globalThis', failed('value', expect.any(String))],
    ['return Math', failed('value', expect.any(String))],
    ['return tx', failed('value', expect.any(String))],
    ['return NaN', failed('value', expect.stringMatching(/NaN/))],
    ['return [Infinity]', failed('value', expect.stringMatching(/Infinity/))],
    ['return -0 === 0 && Object.is((tx.put("/z", -0), await tx.get("/z")).value, 0)', true],
    ['return 2n', failed('value', expect.stringMatching(/bigint/))],
    ['return "\\udc00"', failed('value', expect.any(String))],
    ['return { "\\ud800": 1 }', failed('value', expect.any(String))],
    ['return [undefined]', failed('value', expect.stringMatching(/undefined/))],
    ['return [, 1]', failed('value', expect.stringMatching(/hole/))],
    [
      'return Object.defineProperty({}, "__proto__", { value: 1, enumerable: true })',
      failed('value', 'value: the key __proto__ is not allowed'),
    ],
    [
      'let n = 0; const list = [1, 2]; Object.defineProperty(list, 0, { get () { return n++ ? "second" : "first" }, enumerable: true }); return list',
      ['first', 2],
    ],
    [
      'const bytes = new Uint8Array(new ArrayBuffer(8), 2, 3); bytes.set([1, 2, 3]); return bytes',
      new Uint8Array([1, 2, 3]),
    ],
    [
      'const buffer = new ArrayBuffer(8, { maxByteLength: 16 }); const bytes = new Uint8Array(buffer); buffer.resize?.(4); return bytes.length < 9',
      true,
    ],
    [
      'const buffer = new ArrayBuffer(8); const bytes = new Uint8Array(buffer); buffer.transfer?.(); return bytes',
      expect.any(Uint8Array),
    ],
    [
      'class Sub extends Uint8Array { get length () { return 1e9 } get byteLength () { return 1e9 } get buffer () { throw 1 } } return new Sub([7])',
      new Uint8Array([7]),
    ],
    [
      'const value = { a: 1 }; const holder = { get x () { value.a = 2; return 0 }, value }; return holder',
      { x: 0, value: { a: 2 } },
    ],
    [
      'const list = [1, 2, 3]; Object.defineProperty(list, 0, { get () { list.length = 1; return 1 }, enumerable: true }); return list',
      failed('value', expect.any(String)),
    ],
    [
      'const object = { get a () { delete object.b; return 1 }, b: 2 }; return object',
      failed('value', expect.any(String)),
    ],
    ['const object = { get a () { object.c = 3; return 1 }, b: 2 }; return object', { a: 1, b: 2 }],
  ])

  it('what a method emits is a copy, made at once', async () => {
    const contract = await load(
      sandbox(),
      `export function go (_, emit) {
         const op = { n: 1, get late () { return op.n } }
         emit(op); op.n = 2; emit(op)
         const bytes = new Uint8Array([1]); emit({ bytes }); bytes[0] = 9
       }
       export function apply () {}`,
    )
    const { ops } = await call(contract, 'go')
    expect(ops).toEqual([{ late: 1, n: 1 }, { late: 2, n: 2 }, { bytes: new Uint8Array([1]) }])
  })

  it('what is read is a copy: changing it changes nothing', async () => {
    const { outcome, changes } = await run(
      sandbox(),
      `import { index } from 'contract'
       export async function apply (tx) {
         const one = await index.get('/a'); one.value.n = 5; one.path = '/forged'; one.value.list.push(1)
         const two = await tx.get('/a'); const three = (await tx.list('/'))[0]
         return [two.value, three.value, (await index.get('/a')).value]
       }`,
      {},
      { '/a': { n: 1, list: [] } },
    )
    expect(outcome.kind).toBe('ok')
    expect(changes).toEqual([])
    expect(new MemorySource().entries.size).toBe(0)
  })
})
