// Bombs in what built-in functions and the driver call: comparators, traps, getters, thenables.
import { describe } from 'vitest'
import { useSandbox } from '../escape/attack.js'
import { SHORT_RULES } from '../helpers.js'
import { bombs } from './bomb.js'

const sandbox = useSandbox({ opMs: 30_000 })

describe('sorting and callbacks', () => {
  bombs(
    sandbox,
    [
      ['new Array(1e6).fill(0).map((_, n) => n).sort(() => { for (;;) {} })', 'fuel'],
      ['for (;;) new Array(1e5).fill(1).sort(() => -1)', 'fuel'],
      [
        'const list = [3, 2, 1]; list.sort(() => { list.push(1); return -1 }); return list.length < 1e6',
        'ok',
      ],
      [
        'const list = Array.from({ length: 1000 }, (_, n) => n); list.sort(() => { list.length = 0; return 1 }); return 1',
        'ok',
      ],
      ['const list = [1, 2, 3]; list.map(() => { list.push(1) }); return list.length', 'ok'],
      ['const list = [1]; list.forEach(function f () { list.forEach(f) })', 'depth', 'fuel'],
      ['[3, 1, 2].sort({})', 'engine'],
      ['[3, 1, 2].sort((a, b) => ({ valueOf () { for (;;) {} } }))', 'fuel'],
      ['[1, 2].sort(function c (a, b) { return [1, 2].sort(c)[0] })', 'depth'],
      ['Object.groupBy?.([1], () => { for (;;) {} }); for (;;) {}', 'fuel'],
      ['"a".replace(/a/, () => { for (;;) {} })', 'fuel'],
      ['"x".repeat(1e5).replace(/x/g, () => "y".repeat(1e4))', 'fuel'],
      ['new Proxy({}, { get () { for (;;) {} } }).a', 'fuel'],
      ['"a" in new Proxy({}, { has () { for (;;) {} } })', 'fuel'],
      [
        'Object.keys(new Proxy({}, { ownKeys: () => Array.from({ length: 1e6 }, (_, n) => "k" + n) })); for (;;) Object.keys(new Proxy({}, { ownKeys: () => Array.from({ length: 1e5 }, (_, n) => "k" + n) }))',
        'fuel',
      ],
      ['throw { get message () { for (;;) {} }, get name () { for (;;) {} } }', 'fuel'],
      ['throw Object.defineProperty(new Error("x"), "message", { get () { for (;;) {} } })', 'fuel'],

      ['throw new Proxy({}, { getPrototypeOf () { for (;;) {} } })', 'fuel'],
      ['return { get a () { for (;;) {} } }', 'fuel'],
      ['return { then () { for (;;) {} } }', 'fuel'],
      ['return { get then () { for (;;) {} } }', 'fuel'],
      ['return new Proxy({}, { ownKeys () { for (;;) {} } })', 'fuel'],
      ['tx.put("/a", new Proxy([], { get () { for (;;) {} } }))', 'fuel'],
      ['await tx.list("/", { get limit () { for (;;) {} } })', 'fuel'],
      ['console.log({ get a () { for (;;) {} } }); return 1', 'fuel'],
      ['assert.equal({ valueOf () { for (;;) {} } }, 1)', 'fuel'],
      ['assert.deepEqual(new Proxy({}, { ownKeys () { for (;;) {} } }), {})', 'fuel'],
    ],
    SHORT_RULES,
  )
})
