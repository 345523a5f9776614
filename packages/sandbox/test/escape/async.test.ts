// Attacks with promises: what is left when `apply` settles, thenables that lie, handlers that nobody waits for
// (spec/6-determinism §1).
import { describe, expect, it } from 'vitest'
import { decoded, evaluate, MemorySource, run, stepOver } from '../helpers.js'
import { attacks, failed, load, repeated, result, useSandbox } from './attack.js'

const sandbox = useSandbox()
const IMPORTS = "import { index } from 'contract'"

describe('thenables', () => {
  attacks(sandbox, IMPORTS, [
    ['return { then (resolve) { resolve(1); resolve(2) } }', 1],
    ['return { then (resolve, reject) { resolve(1); reject(new Error("late")) } }', 1],
    ['return { then (resolve) { resolve(1); throw new Error("late") } }', 1],
    ['return { then () { throw new Error("thrown") } }', failed('contract', 'thrown')],
    ['return { then () {} }', failed('never-settles', 'apply never settles')],
    ['return { get then () { throw new Error("looked") } }', failed('contract', 'looked')],
    [
      'let n = 0; return { get then () { return ++n === 1 ? (resolve) => resolve({ second: n }) : undefined } }',
      { second: 1 },
    ],
    ['return { then (resolve) { resolve({ then (again) { again("deep") } }) } }', 'deep'],
    [
      'return { then (resolve) { resolve({ a: { then (r) { r("inner") } } }) } }',
      failed('value', 'value.a.then: function is not allowed in a value'),
    ],
    [
      'return [{ then (resolve) { resolve(1) } }]',
      failed('value', 'value[0].then: function is not allowed in a value'),
    ],
    [
      'tx.put("/a", Promise.resolve(1))',
      failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
    ],
    [
      'tx.put("/a", tx.get("/b"))',
      failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
    ],
    ['return new Proxy({}, { get: (t, k) => k === "then" ? undefined : 1 })', {}],
    ['return Object.assign(() => {}, { then (resolve) { resolve("function") } })', 'function'],
    [
      'return Promise.reject({ then (resolve) { resolve("no") } })',
      failed('contract', '{ then: [function] }'),
    ],
    ['class Own extends Promise {} return Own.resolve(3)', 3],
    ['return new Promise((resolve) => { const own = new Promise((r) => r(4)); resolve(own) })', 4],
    [
      'let self; const p = new Promise((resolve) => { self = resolve }); self(p); return p',
      failed('engine', 'TypeError'),
    ],
    ['return async () => {}', failed('value', 'value: function is not allowed in a value')],
    [
      'return (async function * () { yield 1 })()',
      failed('value', 'value: only plain objects, arrays and Uint8Array are allowed'),
    ],
    ['await { then: 5 }; await { then: null }; return "fine"', 'fine'],
  ])
})

describe('what nobody waits for', () => {
  attacks(sandbox, IMPORTS, [
    ['Promise.reject(new Error("unhandled")); return 1', 1],
    ['Promise.reject(null); Promise.reject(undefined); Promise.reject(Symbol("x")); return 1', 1],
    ['(async () => { throw new Error("unhandled") })(); return 1', 1],
    ['Promise.all([Promise.reject(1), Promise.reject(2), Promise.reject(3)]).catch(() => {}); return 1', 1],
    ['new Promise(() => { throw new Error("executor") }); return 1', 1],
    [
      'const p = Promise.reject(new Error("handled late")); await null; await null; try { await p } catch (error) { return error.message }',
      'handled late',
    ],
    ['Promise.resolve().then(() => { throw new Error("later") }); return 1', 1],
    ['Promise.reject({ get message () { throw 1 }, get stack () { throw 1 } }); return 1', 1],
    ['Promise.reject(new Proxy({}, { get () { throw 1 }, getPrototypeOf () { throw 1 } })); return 1', 1],
    ['Promise.reject(1).finally(() => Promise.reject(2)); return 1', 1],
    ['await new Promise(() => {})', failed('never-settles', 'apply never settles')],
    [
      'await new Promise((resolve) => { globalThis.resolveLater?.(resolve) })',
      failed('never-settles', 'apply never settles'),
    ],
    [
      'for await (const x of { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) });',
      failed('never-settles', 'apply never settles'),
    ],
    ['await Promise.race([])', failed('never-settles', 'apply never settles')],
    ['await Promise.all([new Promise(() => {})])', failed('never-settles', 'apply never settles')],
    [
      'function * g () { yield 1 } const it = g(); it.next(); await new Promise((r) => { it.kept = r })',
      failed('never-settles', 'apply never settles'),
    ],
  ])
})

describe('after apply has settled', () => {
  it.each([
    [
      'a write',
      "Promise.resolve().then(() => {}).then(() => {}).then(() => {}).then(() => tx.put('/late', 1))",
    ],
    [
      'a delete',
      "Promise.resolve().then(() => {}).then(() => {}).then(() => {}).then(() => tx.delete('/early'))",
    ],
    [
      'a new participant',
      "(async () => { for (let n = 0; n < 20; n++) await null; tx.addOplog('00'.repeat(32)) })()",
    ],
    [
      'a new contract',
      "(async () => { for (let n = 0; n < 20; n++) await null; tx.setContractSource({ code: 'x' }) })()",
    ],
    [
      'a listing',
      "(async () => { for (let n = 0; n < 20; n++) await null; await tx.list('/'); tx.put('/late', 1) })()",
    ],
  ])('%s is refused', async (_, late) => {
    const { outcome, changes } = await run(
      sandbox(),
      `export function apply (tx) { tx.put('/early', 1); ${late}; return 'settled' }`,
    )
    expect(outcome).toMatchObject({ kind: 'ok', numChanges: 1 })
    expect(decoded(changes)).toEqual([['/early', 1]])
  })

  it('the value that was returned cannot be changed', async () => {
    const body = `const value = { n: 1 }; (async () => { for (let n = 0; n < 9; n++) { await null; value.n++ } })(); return value`
    const first = await evaluate(sandbox(), body)
    for (let n = 0; n < 3; n++) expect(await evaluate(sandbox(), body)).toEqual(first)
  })

  it('nothing of it comes back in the next op', async () => {
    const contract = await load(
      sandbox(),
      `import { index } from 'contract'
       export function look () { return 1 }
       export async function apply (tx) {
         const found = await index.get('/kept')
         const haunt = async () => { for (let n = 0; n < 500; n++) { await index.get('/kept').catch(() => {}); try { tx.put('/haunted', n) } catch {} } }
         haunt()
         new Promise(() => {}).then(haunt)
         return found.value
       }`,
    )
    expect(await repeated(sandbox(), contract, 5)).toEqual([0, 1, 2, 3, 4])
    const { changes } = await stepOver(sandbox(), contract, new MemorySource({ '/kept': 1 }), {})
    expect(changes).toEqual([])
  })

  it('an op that ends badly leaves nothing to the next one', async () => {
    const contract = await load(
      sandbox(),
      `export async function apply (tx, { end }) {
         let n = 0
         const again = async () => { for (;;) { n++; await null; if (n > 2000) return; try { tx.put('/ghost', n) } catch {} } }
         if (end === 'throws') { again(); throw new Error('bad end') }
         if (end === 'hangs') { again(); await new Promise(() => {}) }
         tx.put('/own', 1)
         return 'clean'
       }`,
    )
    const op = (end: string) => stepOver(sandbox(), contract, new MemorySource(), { end })
    for (let n = 0; n < 2; n++) {
      expect(result(await op('throws'))).toEqual(failed('contract', 'bad end'))
      expect(result(await op('hangs'))).toEqual(failed('never-settles', 'apply never settles'))
      const { outcome, changes } = await op('well')
      expect(outcome).toMatchObject({ kind: 'ok', numChanges: 1 })
      expect(decoded(changes)).toEqual([['/own', 1]])
    }
  })
})

describe('order', () => {
  it('of reads and microtasks is the same for a hit and a miss', async () => {
    const source = `import { index } from 'contract'
      export async function apply (tx, { path }) {
        const log = []
        const ticks = (async () => { for (let n = 0; n < 8; n++) { await null; log.push(n) } })()
        await index.get(path); log.push('one')
        await index.get(path); log.push('two')
        await tx.get(path); log.push('three')
        await index.list('/'); log.push('list')
        await ticks
        return log
      }`
    const contract = await load(sandbox(), source)
    const content = new MemorySource({ '/there': 1 })
    const hit = result(await stepOver(sandbox(), contract, content, { path: '/there' }))
    const miss = result(await stepOver(sandbox(), contract, content, { path: '/nowhere' }))
    expect(hit).toEqual(miss)
    expect(hit).toEqual([0, 'one', 1, 'two', 2, 'three', 3, 'list', 4, 5, 6, 7])
  })
})
