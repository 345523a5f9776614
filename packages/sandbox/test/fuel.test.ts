// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of contracts.
// Depth (spec/6-determinism §7): whatever recurses ends with `depth`, long before the engine's stack does, on every engine
// that is here (VITRA_ENGINES, as in engines.test.ts). And fuel: nothing that a contract does gets around it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EngineBinaries, engineName, Sandbox } from '../src/index.js'
import { RULES, run, SHORT_RULES } from './helpers.js'

const HERE = engineName(process.versions.v8)
const installed: EngineBinaries = JSON.parse(process.env.VITRA_ENGINES ?? '{}')
const engines = [HERE, ...Object.keys(installed).filter((name) => name !== HERE)]

const big = Array.from({ length: 900 }, (_, n) => `let v${n}=i+${n}`).join(';')

const RECURSIONS: [name: string, body: string][] = [
  ['plain', 'function f () { f() }; f()'],
  ['arguments', `function f (i) { f(${Array(25).fill('i').join()}) }; f(1)`],
  ['locals', `function f (i) { ${big}; return f(i+1) + v1 + v899 }; f(1)`],
  ['temps', `function g (i) { return [${Array(12).fill('i').join()}, g(i+1)] }; g(1)`],
  ['map', 'function f () { [1].map(f) }; f()'],
  ['sort', 'function f () { [1, 2].sort(() => f()) }; f()'],
  ['json', 'const o = { toJSON () { return JSON.stringify(o) } }; JSON.stringify(o)'],
  ['replace', "function f () { return 'a'.replace(/a/, f) }; f()"],
  ['replaceall', "function f () { return 'ab'.replaceAll(/./g, f) }; f()"],
  ['getter', 'const o = { get a () { return this.a } }; o.a'],
  ['proxy', 'const p = new Proxy({}, { get (t, k) { return p[k] } }); p.a'],
  [
    'proxy of proxy',
    'let p = {}; for (let i = 0; i < 20; i++) p = new Proxy(p, {}); const q = new Proxy(p, { get (t, k, r) { return Reflect.get(t, k, r) + q[k] } }); q.a',
  ],
  ['reflect', 'function f () { Reflect.apply(f, null, []) }; f()'],
  ['construct', 'class A { constructor () { new A() } }; new A()'],
  ['construct args', 'class A { constructor () { Reflect.construct(A, [1, 2, 3], A) } }; new A()'],
  ['field', 'class A { a = new A() }; new A()'],
  [
    'derived',
    'class A { constructor () { new B() } }; class B extends A { x = 1 }; class C extends B {}; new C()',
  ],
  ['default', 'function f (a = f()) {}; f()'],
  ['default pattern', 'function f ({ a = f({}) }) {}; f({})'],
  ['computed parameter', 'function f ({ [f({})]: a }) {}; f({})'],
  ['default arrow', 'const f = (a = [f()]) => 1; f()'],
  ['async', 'async function f () { await f() }; await f()'],
  ['async default', 'async function f (a = f()) { await a }; await f()'],
  ['generator', 'function * g () { yield * g() }; [...g()]'],
  ['generator chain', 'function * g () { yield 1; yield * g() }; for (const x of g()) ;'],
  ['generator next', 'function * g () { g().next() }; g().next()'],
  [
    'generator throw',
    'const all = []; function * g (i) { try { yield } catch { all[i + 1].throw(1) } }; for (let i = 0; i < 50000; i++) { all.push(g(i)); all[i].next() } all[0].throw(1)',
  ],
  [
    'generator return',
    'const all = []; function * g (i) { try { yield } finally { all[i + 1].return(1) } }; for (let i = 0; i < 50000; i++) { all.push(g(i)); all[i].next() } all[0].return(1)',
  ],
  ['async generator', 'async function * g () { yield * g() }; for await (const x of g()) ;'],
  [
    'for await',
    'async function f () { for await (const x of { [Symbol.asyncIterator] () { return { next () { return f() } } } }) ; }; await f()',
  ],
  ['for of', 'function f () { for (const x of { [Symbol.iterator]: f }) ; }; f()'],
  ['for of next', 'function f () { for (const x of { [Symbol.iterator]: () => ({ next: f }) }) ; }; f()'],
  ['destructuring', 'const o = { get a () { const { a } = o; return a } }; o.a'],
  ['spread', 'const o = { * [Symbol.iterator] () { yield * [...o] } }; [...o]'],
  ['valueOf', 'const o = { valueOf () { return o + 1 } }; o + 1'],
  ['pow valueOf', 'const o = { valueOf () { return o ** 2 } }; o ** 2'],
  ['toString', 'const o = { toString () { return `${o}` } }; `${o}`'],
  ['tag', 'function f (s) { return f`x` }; f`x`'],
  ['toPrimitive', 'const o = { [Symbol.toPrimitive] () { return o < 1 } }; o < 1'],
  ['hasInstance', 'const o = { [Symbol.hasInstance] () { return 1 instanceof o } }; 1 instanceof o'],
  [
    'species',
    'class A extends Array { static get [Symbol.species] () { new A(1).map(x => x); return Array } }; new A(1).map(x => x)',
  ],
  ['setter', 'const o = { set a (v) { o.a = v } }; o.a = 1'],
  ['static block', 'function f () { class A { static { f() } } }; f()'],
  ['promise executor', 'function f () { new Promise(f) }; f()'],
  ['thenable', 'const o = { get then () { Promise.resolve(1); return (async () => o)() } }; await o'],
  ['bind', 'let f = () => g(); const g = f.bind(); g()'],
  ['array from', 'function f () { Array.from([1], f) }; f()'],
  ['reduce', 'function f () { return [1, 2].reduce(f) }; f()'],
  ['JSON reviver', "function f () { return JSON.parse('[1]', f) }; f()"],
  ['JSON replacer', 'function f () { return JSON.stringify([1], f) }; f()'],
  ['map forEach', 'const m = new Map([[1, 1]]); function f () { m.forEach(f) }; f()'],
  ['groups', 'function f () { return "a".replace(/(a)(b)?(c)?(d)?/, (...x) => f(...x)) }; f()'],
  ['matchAll', 'const r = { [Symbol.replace] () { return "a".replace(r, 1) } }; "a".replace(r, 1)'],
]

/** Bodies that try to go on without fuel; `burn()` uses it up. */
const EVASIONS: [name: string, body: string][] = [
  ['catch', 'try { burn() } catch { return 1 }'],
  ['catch in a loop', 'for (;;) { try { burn() } catch {} }'],
  ['catch that binds', 'try { burn() } catch (error) { return error.message }'],
  ['catch with a pattern', 'try { burn() } catch ({ message }) { return message }'],
  ['finally', 'try { burn() } finally { return 1 }'],
  ['finally in a loop', 'for (;;) { try { burn() } finally { continue } }'],
  ['nested', 'const f = () => { try { burn() } catch { f() } finally { f() } }; f()'],
  ['a rejection', 'await (async () => burn())().catch(() => 1); return 2'],
  ['then', 'return Promise.resolve().then(burn).then(() => 1, () => 2)'],
  ['finally of a promise', 'return Promise.resolve().then(burn).finally(() => 1)'],
  ['allSettled', 'const [r] = await Promise.allSettled([(async () => burn())()]); return String(r.reason)'],
  ['any', 'try { await Promise.any([(async () => burn())()]) } catch (e) { return 1 }'],
  ['race', 'return Promise.race([(async () => burn())(), 1]).catch(() => 1)'],
  ['an executor', 'new Promise(burn); return 1'],
  ['a thenable', 'try { await { then: burn } } catch { return 1 }'],
  [
    'a generator that catches',
    'const g = (function * () { for (;;) try { yield burn() } catch {} })(); g.next(); return 1',
  ],
  [
    'return of a generator',
    'const g = (function * () { try { yield } finally { burn() } })(); g.next(); try { g.return() } catch {} return 1',
  ],
  [
    'a generator that yields in finally',
    'const g = (function * () { for (;;) try { burn() } finally { yield 1; continue } })(); g.next(); return g.next()',
  ],
  [
    'an asynchronous generator',
    'const g = (async function * () { try { burn() } catch {} yield 1 })(); return g.next()',
  ],
  [
    'closing an iterator',
    'try { for (const x of { [Symbol.iterator]: () => ({ next: () => ({}), return: burn }) }) break } catch {} return 1',
  ],
  ['a getter that is read by the driver', 'return { get a () { burn() } }'],
  ['an error with getters', 'throw { get message () { burn() } }'],
  ['after the end', '(async () => { for (;;) await null })(); return 1'],
  [
    'two microtasks that catch',
    'const f = async () => { for (;;) try { await burn() } catch { await null } }; f(); await f()',
  ],
  ['default parameters', 'const f = (a = burn()) => 1; try { f() } catch {} return 1'],
  ['fields', 'class A { a = burn() }; try { new A() } catch {} return 1'],
  ['for without a body', 'for (;;);'],
  ['while', 'while (true) {}'],
  ['do', 'do ; while (true)'],
  ['for of', 'for (const x of { [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }) ;'],
  [
    'spreading an endless iterator',
    'return [...{ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }].length',
  ],
  ['labels', 'a: for (;;) { b: for (;;) { continue a } }'],
  ['switch in a loop', 'for (;;) switch (1) { case 1: continue }'],
  ['doubling a text', "let t = 'x'; for (;;) t += t"],
  ['doubling a text with its end', "let t = 'x'; for (;;) t = t + t + 'y'"],
  ['doubling in a template', "let t = 'x'; for (;;) t = `${t}${t}`"],
  ['closures', 'const all = []; for (;;) all.push(() => all)'],
  ['objects', 'const all = []; for (;;) all.push({ a: 1 })'],
  ['arrays', 'const all = []; for (;;) all.push([all, all])'],
  ['spreads', 'let a = [1]; for (;;) a = [...a, ...a]'],
  [
    'a proxy of fewer values than none',
    'const p = new Proxy([], { get: (list, key) => (key === "length" ? -1e6 : list[key]) }); for (;;) try { [...p] } catch {}',
  ],
  [
    'spreading what only looks like an array',
    'const like = { length: 1e9, [Symbol.iterator]: Array.prototype.values }; return [...like].length',
  ],
  [
    'passing what only looks like an array',
    'return Math.max(...Array.prototype.values.call({ length: 1e9 }))',
  ],
  [
    'spreading an array with the iterator of something else',
    'const a = Object.defineProperty([], Symbol.iterator, { value: () => Array.prototype.values.call({ length: 1e9 }) }); return [...a].length',
  ],
  [
    'spreading the entries of a Map',
    'const m = new Map(Array.from({ length: 1000 }, (_, n) => [n, n])); for (;;) [...m.entries()]',
  ],
  ['spreading a proxy of an array', 'const p = new Proxy(Array(100000).fill(1), {}); for (;;) [...p]'],
  [
    'rest elements of an iterator',
    'const a = Array(10000).fill(1), all = []; for (;;) { const [x, ...b] = a.values(); all.push(b) }',
  ],
  ['object spreads', 'let n = 0, o = {}; for (;;) o = { ...o, [n++]: 1 }'],
  ['arguments of a call', 'const a = Array(32768).fill(1); for (;;) Math.max(...a)'],
  [
    'rest elements',
    'const a = Array(10000).fill(1), all = []; for (;;) { const [x, ...b] = a; all.push(b) }',
  ],
  ['lengths', 'const all = []; for (;;) { const a = []; a.length = 1e7; all.push(a) }'],
  ['BigInts', 'let a = 3n; const all = []; for (;;) { if (a < 2n ** 30000n) a *= a; all.push(-a) }'],
]

/** Work that grows with something beside the code: what would take seconds for a few units is charged by its size. */
const SIZED: [name: string, body: string][] = [
  ['names', "const o = {}; for (let i = 0; i < 2000; i++) o['k' + i] = 1; for (;;) for (const k in o) break"],
  [
    'names of a prototype',
    "const o = {}; for (let i = 0; i < 2000; i++) o['k' + i] = 1; const p = Object.create(o); for (;;) for (const k in p) break",
  ],
  [
    'names of a proxy',
    "const o = {}; for (let i = 0; i < 2000; i++) o['k' + i] = 1; const p = new Proxy(o, {}); for (;;) for (const k in p) break",
  ],
  ['indexes of an array', 'const o = Array(30000).fill(1); for (;;) for (const k in o) break'],
  ['indexes of a text', "const o = 'a'.repeat(100000); for (;;) for (const k in o) break"],
  ['indexes of bytes', 'const o = new Uint8Array(100000); for (;;) for (const k in o) break'],
  [
    'levels of prototypes',
    'let o = {}; for (let i = 0; i < 5000; i++) o = Object.create(o); for (;;) for (const k in o) break',
  ],
  [
    'isPrototypeOf',
    'let o = {}; const x = {}; for (let i = 0; i < 5000; i++) o = Object.create(o); for (;;) x.isPrototypeOf(o)',
  ],
  ['marks', "const t = '\\u0301\\u0323'.repeat(10000); for (;;) t.normalize('NFC')"],
  ['errors of the engine', 'for (;;) try { null.x } catch {}'],
  ['errors of the engine and finally', 'for (;;) try { null.x } finally { continue }'],
  ['a template of a BigInt', 'const b = 3n ** 40000n; for (;;) `${b}`'],
  ['String of a BigInt', 'const b = 3n ** 40000n; for (;;) String(b)'],
  ['toString of a BigInt', 'const b = 3n ** 40000n; for (;;) b.toString()'],
  ['BigInt of a text', "const t = '7'.repeat(60000); for (;;) BigInt(t)"],
  ['Number of a text', "const t = '7'.repeat(100000); for (;;) Number(t)"],
  ['isNaN of a text', "const t = '7'.repeat(100000); for (;;) isNaN(t)"],
  ['isFinite of a text', "const t = '7'.repeat(100000); for (;;) isFinite(t)"],
  ['parseInt', "const t = '6'.repeat(100000); for (;;) parseInt(t, 7)"],
  ['parseFloat', "const t = '7'.repeat(100000); for (;;) Number.parseFloat(t)"],
]

/** Built-in functions that the driver has called while it reads what it was given. */
const READ: [name: string, body: string][] = [
  ['a getter', "const v = { get a () { return 'x'.repeat(10000).length } }"],
  [
    'a getter that is a built-in function',
    "const v = Object.defineProperty({}, 'a', { get: String.prototype.repeat.bind('x', 10000), enumerable: true })",
  ],
  [
    'a getter of an item',
    "const v = [1]; Object.defineProperty(v, 0, { get: () => 'x'.repeat(10000).length })",
  ],
  ['a trap', "const v = new Proxy({}, { ownKeys () { 'x'.repeat(10000); return [] } })"],
]

const REFUSED: [name: string, expression: string][] = [
  ['a power', '2n ** (2n ** 20n)'],
  ['a power of a power', '(2n ** 40000n) ** 2n'],
  ['a shift', '1n << 1048577n'],
  ['a negative shift to the right', '1n >> -1048577n'],
  ['a product', '(2n ** 40000n) * (2n ** 40000n)'],
  ['more arguments than a call takes', 'Math.max(...Array(32769).fill(1))'],
]

describe.each(engines)('%s', (engine) => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await Sandbox.open(engine === HERE ? {} : { engine, engines: installed })
  })
  afterAll(() => sandbox.close())

  const outcomeOf = async (body: string, rules = RULES) => {
    const burn = 'function burn () { for (;;) {} }'
    const { outcome } = await run(
      sandbox,
      `${burn}\nexport async function apply () { ${body} }`,
      {},
      {},
      rules,
    )
    return outcome
  }

  it.each(RECURSIONS)('depth: %s', async (_, body) => {
    expect(await outcomeOf(body)).toMatchObject({ kind: 'failed', code: 'depth' })
    expect(await outcomeOf(`try { ${body} } catch { return 1 }`)).toMatchObject({ code: 'depth' })
  })

  it('leaves as much depth as the rules say, whatever came before', async () => {
    const down = 'const down = (n) => { if (n > 0) down(n - 1) }'
    const before = `for (let n = 0; n < 2000; n++) {
      try { (function () { throw 1 })() } catch {}
      try { ((a = (() => { throw 1 })()) => 1)() } catch {}
      try { new (class { a = (() => { throw 1 })() })() } catch {}
      new Promise(() => { throw 1 }).catch(() => {})
      ;(async (a = (() => { throw 1 })()) => 1)().catch(() => {})
      ;(async () => { for await (const x of [1]) ; })()
      const g = (function * () { try { yield 1 } catch { yield 2 } })()
      g.next(); g.throw(); g.return()
      await null
    }`
    expect(await outcomeOf(`${down}; down(900); ${before}; down(900); return 1`)).toMatchObject({
      kind: 'ok',
    })
    expect(await outcomeOf(`${down}; ${before}; down(1000)`)).toMatchObject({ code: 'depth' })
  })

  it.each([...EVASIONS, ...SIZED])('fuel: %s', async (_, body) => {
    const { fuelMax: fuel } = SHORT_RULES.limits
    expect(await outcomeOf(body, SHORT_RULES)).toMatchObject({
      kind: 'failed',
      code: 'fuel',
      message: '',
      fuel,
    })
  })

  it.each(READ)('fuel of built-in functions: %s', async (_, made) => {
    const { fuel: without } = await outcomeOf(`${made}; return 1`)
    const { fuel } = await outcomeOf(`${made}; return v`)
    expect(fuel! - without!).toBeGreaterThan(20_000)
  })

  it.each(REFUSED)('refuses %s', async (_, expression) => {
    expect(
      await outcomeOf(
        `try { ${expression} } catch (e) { return [e.constructor === RangeError, e.message !== ''] }`,
      ),
    ).toMatchObject({
      kind: 'ok',
      value: new Uint8Array([0x82, 0xf5, 0xf5]),
    })
  })

  it('loads no module that does not end', async () => {
    for (const source of [
      'for (;;) {}',
      'try { for (;;) {} } catch {}',
      'const f = () => f(); try { f() } catch {}',
    ]) {
      const module = `${source}\nexport function apply () {}`
      await expect(run(sandbox, module, {}, {}, SHORT_RULES)).rejects.toMatchObject({
        code: 'CONTRACT_LOAD',
      })
    }
  })
})
