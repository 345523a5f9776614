// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of contracts.
// spec/6-determinism §7, §8: contracts, and the fuel that one op of them takes.
import { importSource } from './source.mjs'

/** Bodies of `apply`. */
const BODIES = [
  ['nothing', ''],
  ['a number', 'return 1'],
  ['arithmetic', 'return 1 + 2 * 3 - 4 / 5 % 6'],
  ['comparisons', 'return 1 < 2 && 3 === 4 || !5'],
  ['parentheses', 'return ((1))'],
  ['a function that is never called', 'const f = () => 1 + 1 + 1'],
  ['a function that is called twice', 'const f = () => 1 + 1 + 1; f(); f()'],
  ['parameters with defaults', 'const f = (a = 1, b = 1 + 1, c = a) => a; f(); f(1, 2)'],
  ['a branch that is not taken', 'if (op.none) { for (;;) {} } else return 1'],
  ['for', 'let s = 0; for (let i = 0; i < 10; i++) s += i; return s'],
  ['for without a turn', 'for (let i = 0; i < 0; i++) return 1'],
  ['while', 'let i = 0; while (i < 10) i++'],
  ['do', 'let i = 0; do i++; while (i < 10)'],
  ['for of', 'for (const x of [1, 2, 3]) x'],
  ['for in', 'for (const x in { a: 1, b: 2 }) x'],
  [
    'for in over a prototype',
    'class A {}; const a = Object.create({ a: 1 }); for (const x in a) break; for (const x in "abc") break',
  ],
  ['for in over an array', 'for (const x in [1, 2, 3]) break; for (const x in (1, [4])) break'],
  ['loops in loops', 'for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) { if (j === 1) continue }'],
  ['arrays and objects', 'return [1, [2], { a: 1, b: { c: 2 } }].length'],
  ['assignments to members', "const o = {}; o.a = 1; o['b'] = 2; o.a += 3"],
  ['a regular expression', 'return /a+/.test("aaa")'],
  ['templates', 'const a = 1; return `${a}x` + `y`'],
  ['a tagged template', 'const f = (strings) => strings.length; return f`a${1}b`'],
  ['long texts', "let t = 'abcdefgh'; for (let i = 0; i < 6; i++) t += t; return t.length"],
  ['texts and numbers', "return 'a' + 1 + 2"],
  ['BigInts', 'const a = 2n ** 200n; return a * a > 3n - -a'],
  ['shifts and division of BigInts', 'const a = 5n << 300n; return (a >> 10n) / 7n % 11n > 0n'],
  [
    'a BigInt that is too large',
    'try { return 2n ** 2000000n } catch (e) { return e instanceof RangeError }',
  ],
  ['powers of numbers', 'return 2 ** 10'],
  ['a class', 'class A { x = 1 + 1; static s = 2; m () { return this.x } }; return new A().m()'],
  [
    'a class that extends another',
    'class A { constructor (x) { this.x = x } }; class B extends A {}; return new B(1).x',
  ],
  ['a static block', 'class A { static { this.a = 1 + 1 } }'],
  ['catch', 'try { null.x } catch (e) { return 1 }'],
  ['catch with a pattern', 'try { throw { a: 1 } } catch ({ a }) { return a }'],
  ['finally', 'try { return 1 } finally { op.a }'],
  ['a generator', 'function * g () { yield 1; yield 2 }; return [...g()].length'],
  ['delegating', 'function * g () { yield * [1, 2, 3] }; for (const x of g()) x'],
  ['spreads', 'const a = [1, 2, 3]; return [...a, ...a].length + Math.max(...a)'],
  ['spreads of objects', 'const a = { x: 1, y: 2 }; return { ...a, z: 3 }.z'],
  ['rest elements', 'const [a, ...b] = [1, 2, 3]; const { c, ...d } = { c: 1, e: 2 }; return b.length'],
  ['a length that is set', 'const a = []; a.length = 1000'],
  ['a switch', 'switch (op.x) { case 1: return 1; default: return 2 }'],
  ['optional chains', 'return op?.a?.b ?? 3'],
  ['a proxy', 'return new Proxy({}, { get: () => 1 }).a'],
  ['map and sort', 'return [3, 1, 2].map((x) => x * 2).sort((a, b) => a - b)[0]'],
  ['Map and Set', 'const m = new Map([[1, 2]]); m.set(3, 4); new Set([1, 2, 3]).has(1)'],
  ['JSON', 'return JSON.stringify(JSON.parse(\'{"a":[1,2,{"b":"c"}]}\'))'],
  ['functions of texts', "return 'a,b,c'.split(',').join('-').padEnd(9).repeat(2).indexOf('c')"],
  [
    'marks in a row',
    "return 'a\\u0301\\u0323'.repeat(2).normalize('NFC').length + '\\u0301\\u0323'.repeat(40).normalize('NFD').length",
  ],
  [
    'numbers of texts',
    "const t = '7'.repeat(100); return [Number(t), parseInt(t), parseFloat(t), isNaN(t), Number('7')].length",
  ],
  [
    'texts of BigInts',
    'const b = 7n ** 2000n; return String(b).length + b.toString().length + `${b}`.length',
  ],
  [
    'prototypes',
    'return Object.prototype.isPrototypeOf.call(Object, []) || Array.prototype.isPrototypeOf([])',
  ],
  ['errors of the engine', 'try { null.x } catch {} try { 1 } finally { 2 }'],
  ['depth', 'const f = (n) => n === 0 ? 0 : f(n - 1); return f(100)'],
  ['too little depth', 'const f = () => f(); f()'],
  ['too little fuel', 'for (;;) {}'],
  ['an error', "throw new Error('no')"],
  ['writing', "tx.put('/a', { b: [1, 2, 3] }); tx.del('/c')"],
]

const ASYNC_BODIES = [
  ['nothing, async', ''],
  ['await', 'await 1; await 2'],
  ['a promise', 'await new Promise((resolve) => resolve(1)).then((x) => x + 1)'],
  ['for await', 'for await (const x of [1, 2]) x'],
  ['an async generator', 'async function * g () { yield 1 }; for await (const x of g()) x'],
  ['reading', "await index.get('/none'); tx.put('/a', 1); await index.get('/a'); await index.list('/')"],
]

/** The sandbox from source, with what it imports from the repository. */
function loadSandbox() {
  const contents =
    "export * from './src/index.ts'; export * from '@vitra/log'; export { Overlay } from '@vitra/log/values'"
  // As if it lay where it finds its guest.
  return importSource(contents, 'packages/sandbox', { at: 'bundle/recipe.ts' })
}

export default async function make() {
  const api = await loadSandbox()
  const { fuelMax, depthMax } = limitsOf(api)
  const sandbox = await api.Sandbox.open()
  try {
    const vectors = []
    for (const [comment, body] of BODIES)
      vectors.push(await measured(api, sandbox, comment, `export function apply (tx, op) { ${body} }`))
    for (const [comment, body] of ASYNC_BODIES) {
      const source = `import { index } from 'contract'\nexport async function apply (tx, op) { ${body} }`
      vectors.push(await measured(api, sandbox, comment, source))
    }
    return { fuel: { spec: 'spec/6-determinism §7, §8', fuelMax, depthMax, op: {}, vectors } }
  } finally {
    await sandbox.close()
  }
}

function limitsOf({ CURRENT_RULES }) {
  return { ...CURRENT_RULES.limits, fuelMax: 1_000_000, depthMax: 1000 }
}

/** A contract with the outcome of the empty op over an empty index. */
async function measured(api, sandbox, comment, source) {
  const rules = { ...api.CURRENT_RULES, limits: limitsOf(api) }
  const contract = await sandbox.load(source, rules)
  const state = new api.Overlay({ get: async () => null, first: async () => null })
  const { outcome } = await api.step(contract, state, {
    block: api.encodeOp({}),
    signer: new Uint8Array(32),
    oplog: new Uint8Array(32),
    seq: 0,
    ts: 1_700_000_000_000,
    rules,
    deriveOplog: (signer) => signer,
    processed: null,
    loadSource: async () => {},
  })
  const { kind, code, fuel } = outcome
  return { comment, source, ...(code === undefined ? { kind } : { kind, code }), fuel }
}
