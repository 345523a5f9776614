// Endless work (spec/6-determinism §7): an op that never ends runs out of fuel, the same on every machine.
import { describe } from 'vitest'
import { useSandbox } from '../escape/attack.js'
import { SHORT_RULES } from '../helpers.js'
import { bombs } from './bomb.js'

const sandbox = useSandbox({ opMs: 30_000 })

describe('loops', () => {
  bombs(
    sandbox,
    [
      ['for (;;) {}', 'fuel'],
      ['for (;;);', 'fuel'],
      ['while (true) {}', 'fuel'],
      ['do {} while (true)', 'fuel'],
      ['for (let n = 0; ; n++) continue', 'fuel'],
      ['outer: for (;;) { for (;;) continue outer }', 'fuel'],
      ['let n = 0; while (n++ < Infinity);', 'fuel'],
      ['const list = [1]; for (const item of list) list.push(item)', 'fuel'],
      ['for (const x of (function * () { for (;;) yield 1 })());', 'fuel'],
      ['for (const x of { [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) });', 'fuel'],
      ['const [...rest] = { [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }', 'fuel'],
      ['const rest = [...{ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }]', 'fuel'],
      ['Math.max(...{ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) })', 'fuel'],
      ['new Set({ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) })', 'fuel'],
      ['Array.from({ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) })', 'fuel'],
      ['Promise.all({ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) })', 'fuel'],
      ['const m = new Map([[1, 1]]); let n = 1; m.forEach((v, k) => { m.delete(k); m.set(++n, 1) })', 'fuel'],
      ['const s = new Set([0]); for (const x of s) { s.delete(x); s.add(x + 1) }', 'fuel'],
      ['switch (0) { case 0: for (;;) {} }', 'fuel'],
      ['label: { for (;;) { if (0) break label } }', 'fuel'],
      ['(function f () { for (;;) {} }).call()', 'fuel'],
      ['new (class { a = (() => { for (;;) {} })() })()', 'fuel'],
      ['class A { static a = (() => { for (;;) {} })() }', 'fuel'],
      ['class A { static { for (;;) {} } }', 'fuel'],
      ['((a = (() => { for (;;) {} })()) => a)()', 'fuel'],
      ['for (const k in new Proxy({}, { ownKeys () { for (;;) {} } }));', 'fuel'],
      ['for await (const x of (async function * () { for (;;) yield 1 })());', 'fuel'],
    ],
    SHORT_RULES,
  )
})

describe('out of fuel cannot be caught', () => {
  bombs(
    sandbox,
    [
      ['try { for (;;) {} } catch { return "caught" }', 'fuel'],
      ['try { for (;;) {} } finally { return "caught" }', 'fuel'],
      ['for (let n = 0; n < 3; n++) { try { for (;;) {} } catch {} } return "caught"', 'fuel'],
      ['for (;;) { try { for (;;) {} } catch {} }', 'fuel'],
      ['for (;;) { try { for (;;) {} } finally { continue } }', 'fuel'],
      ['const f = () => { try { for (;;) {} } catch { f() } finally { f() } }; f()', 'fuel', 'depth'],
      ['await (async () => { for (;;) {} })().catch(() => {}); return "caught"', 'fuel'],
      [
        'await Promise.resolve().then(() => { for (;;) {} }).catch(() => {}).finally(() => {}); return "caught"',
        'fuel',
      ],
      ['(async () => { for (;;) {} })(); return "left alone"', 'fuel'],
      ['Promise.resolve().then(() => { for (;;) {} }); return "left alone"', 'fuel'],
      ['await Promise.race([(async () => { await null; for (;;) {} })(), 1]); return "raced"', 'fuel'],
      ['await Promise.allSettled([(async () => { for (;;) {} })()]); return "settled"', 'fuel'],
      [
        'function * g () { try { yield 1 } finally { for (;;) {} } } for (const x of g()) break; return "closed"',
        'fuel',
      ],
      ['assert.throws(() => { for (;;) {} }); return "asserted"', 'fuel'],
      ['await assert.rejects(async () => { for (;;) {} }); return "asserted"', 'fuel'],
      ['try { tx.put("/a", { get a () { for (;;) {} } }) } catch { return "caught" }', 'fuel'],
      ['return new Promise((resolve) => { try { for (;;) {} } catch { resolve("caught") } })', 'fuel'],
      ['return { then (resolve) { try { for (;;) {} } catch { resolve("caught") } } }', 'fuel'],
      [
        'class A extends Error { constructor () { try { for (;;) {} } catch (e) { super(e) } } } try { new A() } catch { return "caught" }',
        'fuel',
      ],
      ['try { for (;;) {} } catch { tx.put("/a", 1); return "caught, and wrote" }', 'fuel'],
      ['try { [1].map(() => { for (;;) {} }) } catch { return "caught" }', 'fuel'],
      ['try { JSON.stringify({ toJSON () { for (;;) {} } }) } catch { return "caught" }', 'fuel'],
    ],
    SHORT_RULES,
  )
})

describe('storms of promises', () => {
  bombs(
    sandbox,
    [
      ['const again = () => Promise.resolve().then(again); await again()', 'fuel'],
      ['const again = () => Promise.resolve().then(again); again()', 'fuel'],
      ['const again = async () => { await null; return again() }; await again()', 'fuel'],
      ['for (;;) await null', 'fuel'],
      ['for (;;) await { then (resolve) { resolve() } }', 'fuel'],
      ['const t = { then (resolve) { resolve(t) } }; await t', 'fuel'],
      ['const t = { then (resolve) { resolve(t) } }; Promise.resolve(t); return "left alone"', 'fuel'],
      ['const fork = () => Promise.resolve().then(() => { fork(); fork() }); await fork()', 'fuel'],
      ['for (;;) Promise.resolve().then(() => {})', 'fuel'],
      ['for (;;) Promise.reject(1)', 'fuel'],
      ['for (;;) new Promise(() => {})', 'fuel'],
      ['for (;;) (async () => {})()', 'fuel'],
      ['for (;;) try { assert(false) } catch {}', 'fuel'],
      ['const gone = () => Promise.reject(1).catch(gone); await gone()', 'fuel'],
      ['const last = () => Promise.resolve().finally(last); await last()', 'fuel'],
    ],
    SHORT_RULES,
  )
})

describe('storms in which no function of the contract runs', () => {
  // A thenable whose `then` is a built-in function that calls `resolve` with the thenable again.
  const NATIVE = [
    'Array.prototype.map.bind([t])',
    'Array.prototype.forEach.bind([t])',
    'Array.prototype.find.bind([t])',
    'Array.prototype.some.bind([t])',
    'Array.prototype.every.bind([t])',
    'Array.prototype.filter.bind([t])',
    'Array.prototype.flatMap.bind([t])',
    'Array.prototype.findLast.bind([t])',
    'Array.prototype.sort.bind([t, t])',
    'Array.prototype.toSorted.bind([t, t])',
    'Array.from.bind(null, [t])',
    'Map.prototype.forEach.bind(new Map([[1, t]]))',
    'Set.prototype.forEach.bind(new Set([t]))',
    'Promise.prototype.then.bind(Promise.resolve([t]).then(([x]) => ({ x })).then(() => 1))',
  ]
  bombs(
    sandbox,
    NATIVE.map((then) => [
      `const t = {}; t.then = ${then}; await t`,
      'fuel',
      then.startsWith('Promise') ? 'ok' : 'fuel',
    ]),
    SHORT_RULES,
  )
})
