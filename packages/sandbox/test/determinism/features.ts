// What generated contracts are made of: each feature is module code and statements of `apply` that push into `out`. They
// keep to what the value model takes: numbers that may be NaN or infinite are pushed as text.

/** `k` and `text` are drawn for each use; `id` keeps names apart. */
export interface Draw {
  readonly id: number
  readonly k: number
  readonly text: string
}

export interface Feature {
  readonly top?: (draw: Draw) => string
  readonly body: (draw: Draw) => string
}

const quoted = (text: string) => JSON.stringify(text)

/** Everything that a contract may lawfully compute, and that engines might compute differently. */
export const FEATURES: Readonly<Record<string, Feature>> = {
  floats: {
    body: ({ k }) =>
      `out.push(String(op.n / ${k}), String(op.n % ${k}), String(0.1 * op.n + ${k}), String((op.n - ${k}) / 0))`,
  },
  integers: {
    body: ({ k }) =>
      `let i = op.n | 0; for (let j = 0; j < ${k * 40}; j++) i = (Math.imul(i, 1103515245) + 12345) >>> 1; out.push(i, i | 0, i >>> 3, ~i, Math.clz32(i))`,
  },
  hotFloats: {
    body: ({ k }) =>
      `let x = op.n + 0.5; for (let j = 1; j < ${k * 60}; j++) x = x * 1.0000001 + j / 3 - x / j; out.push(String(x), String(Math.fround(x)))`,
  },
  zeros: {
    body: ({ k }) =>
      `const zero = (op.n - op.n) * -${k}; out.push(Object.is(zero, -0), zero, String(1 / zero), [zero].includes(0), Math.max(-0, 0) === 0)`,
  },
  notANumber: {
    body: ({ k }) =>
      `const view = new DataView(new ArrayBuffer(8)); let nan = 0 / 0; for (let j = 0; j < ${k * 30}; j++) nan = -nan; view.setFloat64(0, nan); out.push(view.getUint8(0), view.getUint8(1), String(nan))`,
  },
  math: {
    body: ({ k }) =>
      `for (const name of ['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'sqrt', 'cbrt']) out.push(String(Math[name](op.n / ${k * 7} + 0.1)))`,
  },
  powers: {
    body: ({ k }) =>
      `out.push(String((op.n + 0.3) ** (1 / ${k})), String(Math.pow(${k}.7, op.n / 10)), String(2 ** -op.n), String(Math.hypot(op.n, ${k}, 0.1)), String(Math.atan2(op.n, ${k})))`,
  },
  sortNumbers: {
    body: ({ k }) =>
      `out.push([...op.list].sort((a, b) => a - b), [...op.list].sort(), [...op.list].sort((a, b) => (a % ${k}) - (b % ${k})))`,
  },
  sortMoods: {
    body: ({ k }) =>
      `let calls = 0; out.push([...op.list, 3, 1, 2].sort(() => (calls++ % ${k + 1}) - 1), calls)`,
  },
  sortCalls: {
    body: () =>
      `const seen = []; [...op.list].sort((a, b) => { seen.push(a + ':' + b); return a - b }); out.push(seen.join())`,
  },
  sortTexts: {
    body: ({ text }) =>
      `out.push([op.s, ${quoted(text)}, 'b', 'B', 'ä', '\\u{1f600}', '\\uffff'].sort((a, b) => a.localeCompare(b)).map((t) => t.toWellFormed?.() ?? t))`,
  },
  maps: {
    body: ({ k }) =>
      `const map = new Map(op.list.map((x, j) => [x % ${k}, j])); for (const [key] of map) { if (key % 2) map.delete(key); else if (map.size < 20) map.set(key + 100, 1) ; if (map.size > 15) break } out.push([...map].flat(), map.size)`,
  },
  sets: {
    body: ({ k }) =>
      `const set = new Set(op.list); set.delete(${k}); set.add('x'); out.push([...set].map(String), set.has(${k}))`,
  },
  objects: {
    body: ({ k }) =>
      `const object = {}; for (const x of op.list) object['k' + (x % ${k})] = x; object[${k}] = 1; object[0] = 2; delete object.k1; out.push(Object.keys(object), Object.entries(object).length, JSON.stringify(object))`,
  },
  closures: {
    body: ({ k }) =>
      `const counters = Array.from({ length: ${k} }, () => { let c = 0; return () => ++c }); for (const x of op.list) counters[Math.abs(x) % ${k}](); out.push(counters.map((c) => c()))`,
  },
  classes: {
    top: ({ id, k }) =>
      `class Base${id} { constructor (n) { this.n = n } get twice () { return this.n * 2 } static of (n) { return new this(n) } toString () { return 'Base' + this.n } }\nclass Derived${id} extends Base${id} { get twice () { return super.twice + ${k} } }`,
    body: ({ id }) =>
      `const made = Derived${id}.of(op.n); out.push(made.twice, String(made), made instanceof Base${id}, made.constructor.name)`,
  },
  privates: {
    top: ({ id }) =>
      `class Secret${id} { #n = 0; static count = 0; add (n) { this.#n += n; return this } get n () { return this.#n } static has (o) { return #n in o } }`,
    body: ({ id }) =>
      `out.push(new Secret${id}().add(op.n).add(1).n, Secret${id}.has({}), Secret${id}.count)`,
  },
  counter: {
    top: ({ id }) => `let count${id} = 0`,
    body: ({ id, k }) => `count${id} += ${k}; out.push(count${id})`,
  },
  memory: {
    top: ({ id }) => `const memory${id} = new Map()`,
    body: ({ id, k }) =>
      `memory${id}.set(op.n % ${k}, (memory${id}.get(op.n % ${k}) ?? 0) + 1); out.push([...memory${id}].flat())`,
  },
  kept: {
    top: ({ id, k }) => `const kept${id} = (() => { let n = ${k}; return { next: () => n++ } })()`,
    body: ({ id }) => `out.push(kept${id}.next(), kept${id}.next())`,
  },
  frozen: {
    top: ({ id }) => `const table${id} = { list: [1, 2], deep: { n: 1 } }`,
    body: ({ id, k }) =>
      `try { table${id}.list.push(${k}); out.push('pushed') } catch (error) { out.push(error.name) } try { table${id}.deep.n += ${k} } catch (error) { out.push(error.constructor.name) } out.push(table${id}.list.length, table${id}.deep.n)`,
  },
  generatorKept: {
    top: ({ id }) => `const steps${id} = (function * () { for (let n = 0; ; n++) yield n })()`,
    body: ({ id }) => `out.push(steps${id}.next().value, steps${id}.next().value)`,
  },
  lastIndex: {
    top: ({ id }) => `const re${id} = /[a-z]/g`,
    body: ({ id }) => `out.push(re${id}.test(op.s + 'abc'), re${id}.lastIndex)`,
  },
  texts: {
    body: ({ text, k }) =>
      `const t = op.s + ${quoted(text)}; out.push(t.length, t.toUpperCase(), t.toLowerCase(), t.split('').length, t.padStart(${k + 5}, 'xy'), t.replaceAll('a', 'bb'), t.slice(-${k}).toWellFormed?.() ?? '', t.normalize('NFC').length, t.at(-1)?.charCodeAt(0) ?? -1, t.codePointAt(0) ?? -1, t.indexOf('b'), t.trim().length)`,
  },
  regexes: {
    body: ({ text, k }) =>
      `const t = op.s + ${quoted(text)} + 'ab12cd' + op.n; out.push(t.replace(/(?<word>[a-z]+)(\\d*)/gu, (all, word, digits) => word.length + digits), [...t.matchAll(/[a-z]\\d?/gi)].length, /(?<=b)\\d{1,${k}}/.exec(t)?.[0] ?? null, t.split(/[\\d]+/).length, /^\\p{L}/u.test(t), t.search(/\\d/))`,
  },
  bigints: {
    body: ({ k }) =>
      `const big = BigInt(op.n) ** ${k}n - 7n; out.push(String(big), big.toString(36), String(big / 3n), String(big % 11n), String(BigInt.asIntN(16, big)), Number(BigInt.asUintN(30, big)))`,
  },
  json: {
    body: ({ text }) =>
      `const data = { list: op.list, s: op.s + ${quoted(text)}, nested: { a: [1, null, true], u: undefined } }; const json = JSON.stringify(data, null, op.n % 3); out.push(json.length, JSON.stringify(JSON.parse(json, (key, value) => typeof value === 'number' ? value + 1 : value)), JSON.stringify('\\ud800' + op.s))`,
  },
  caught: {
    body: ({ k }) =>
      `for (const run of [() => null.x, () => undefinedName, () => new Array(-1), () => JSON.parse('{' + op.s), () => decodeURIComponent('%'), () => 'x'.repeat(-1), () => BigInt('q'), () => { throw new Error('own ' + op.n) }, () => { throw ${k} }, () => Symbol() + '']) { try { run(); out.push('none') } catch (error) { out.push(typeof error === 'object' ? error.name + '|' + error.message + '|' + typeof error.stack : error) } }`,
  },
  thrown: { body: ({ k }) => `if (op.n % ${k + 2} === 0) throw new RangeError('uncaught ' + op.s)` },
  engineThrown: { body: ({ k }) => `if (op.n % ${k + 3} === 1) null.property` },
  tooDeep: {
    body: ({ k }) =>
      `const down = (n, ...rest) => n % 3 ? [down(n + 1, n)] : down(n + ${k}, ...rest); if (op.n % ${k + 3} === 0) out.push(down(op.n))`,
  },
  tooMuch: {
    body: ({ k }) =>
      `if (op.n % ${k + 8} === 3) for (let j = 0; ; j++) { try { out[j % ${k}] = String(j * op.n) } finally { if (j < 0) break } }`,
  },
  tooBig: {
    body: ({ k }) =>
      `if (op.n % ${k + 8} === 4) { const all = []; for (;;) all.push(Array(${k * 100}).fill(op.s)) }`,
  },
  tooManyWrites: {
    body: ({ k }) => `if (op.n % ${k + 8} === 5) for (let j = 0; ; j++) tx.put('/n/' + (j % ${k}), op.list)`,
  },
  refused: { body: ({ k }) => `if (op.n % ${k + 3} === 2) tx.put('/bad', { a: [undefined] })` },
  rejected: {
    body: ({ k }) =>
      `Promise.reject(new Error('unhandled')); out.push(await Promise.allSettled([Promise.reject(${k}), Promise.resolve(op.n), (async () => null.x)()]).then((all) => all.map(({ status, value, reason }) => status + (value ?? '') + (reason?.message ?? reason ?? ''))))`,
  },
  writes: {
    body: ({ k }) =>
      `tx.put('/n/' + (op.n % ${k}), { n: op.n, s: op.s }); if (op.n % 3 === 0) tx.delete('/n/' + ((op.n + 1) % ${k})); if (op.n % 5 === 0) tx.put('/n/' + (op.n % ${k}), out.length)`,
  },
  reads: {
    body: ({ k }) =>
      `const before = await index.get('/n/' + (op.n % ${k})); const own = await tx.get('/n/' + (op.n % ${k})); out.push(before === null ? null : before.value, own === null ? null : own.value)`,
  },
  lists: {
    body: ({ k }) =>
      `out.push((await index.list('/n', { limit: ${k}, reverse: op.n % 2 === 0 })).map(({ name, value }) => [name, value]), (await tx.list('/')).map(({ name, container }) => name + container))`,
  },
  counted: {
    body: ({ k }) =>
      `const total = ((await tx.get('/total'))?.value ?? 0) + op.n + ${k}; tx.put('/total', total); out.push(total)`,
  },
  async: {
    body: ({ k }) =>
      `const order = []; const worker = async (name, times) => { for (let j = 0; j < times; j++) { await null; order.push(name + j) } return name }; out.push(await Promise.all([worker('a', ${k}), worker('b', 3), index.get('/n/1').then(() => { order.push('read'); return 'r' })]), order.join())`,
  },
  thenables: {
    body: ({ k }) =>
      `out.push(await { then (resolve) { resolve(${k} + op.n) } }, await Promise.race([new Promise(() => {}), Promise.resolve('first')]))`,
  },
  generators: {
    body: ({ k }) =>
      `function * walk (n) { if (n <= 0) return 'end'; yield n; const end = yield * walk(n - 2); yield end } const [first, ...rest] = walk(${k}); out.push(first ?? null, rest.map(String))`,
  },
  destructuring: {
    body: ({ k }) =>
      `const { n, s: [head = 'none'] = '', ...others } = op; const [a = ${k}, , ...tail] = op.list; out.push(n, head.toWellFormed?.() ?? head, Object.keys(others), a, tail.length, Math.max(...op.list, ${k}))`,
  },
  bytes: {
    body: ({ k }) =>
      `const bytes = Uint8Array.from(op.list, (x) => x * ${k}); const view = new DataView(bytes.buffer); out.push(bytes, [...new Int16Array([op.n * 1000, 70000])], bytes.length > 3 ? view.getUint32(0, true) : 0, bytes.subarray(1).fill(${k}).length, [...bytes].reverse())`,
  },
  random: { top: () => '', body: () => `out.push(random(), genUUID(), Math.floor(random() * 100))` },
  symbols: {
    body: ({ text }) =>
      `const key = Symbol(${quoted(text)}); const object = { [key]: op.n, [Symbol.toPrimitive]: () => 42, get [Symbol.toStringTag] () { return 'Own' } }; out.push(object[key], +object, \`\${object}\`, Object.prototype.toString.call(object), Object.keys(object).length)`,
  },
  proxies: {
    body: ({ k }) =>
      `const log = []; const proxy = new Proxy({ a: 1, b: ${k} }, { get (target, name) { log.push(String(name)); return Reflect.get(target, name) }, has: () => true, ownKeys: (target) => Reflect.ownKeys(target).reverse() }); out.push(JSON.stringify({ ...proxy }), 'zzz' in proxy, Object.keys(proxy), log.join())`,
  },
  numbers: {
    body: ({ k }) =>
      `const x = op.n / ${k} + 0.005; out.push(x.toFixed(2), x.toPrecision(3), x.toExponential(4), x.toString(2 + ${k}), String(x * 1e21), String(Number(op.s)), String(parseInt(op.s + '12', 10)), parseFloat('1.' + op.n))`,
  },
  arrays: {
    body: ({ k }) =>
      `out.push(op.list.reduce((a, x) => a + x, ${k}), op.list.flatMap((x) => [x, x % ${k}]), op.list.findLast((x) => x > ${k}) ?? null, [...op.list].copyWithin(0, 1), op.list.at(-1) ?? null, op.list.with?.length ?? -1, op.list.toSorted?.((a, b) => b - a) ?? [], op.list.slice(-${k}).indexOf(3), op.list.join('-'))`,
  },
  loops: {
    body: ({ k }) =>
      `let visits = 0; outer: for (let a = 0; a < ${k + 3}; a++) { for (const b of op.list) { visits++; if (b === a) continue outer; if (visits > ${k * 50}) break outer } switch (a % 3) { case 0: visits += 2; case 1: visits++; break; default: visits-- } } let w = op.n; while (w > 1) { w = w % 2 ? w * 3 + 1 : w / 2; visits++ } do visits++; while (visits % 7); out.push(visits)`,
  },
  recursion: {
    body: ({ k }) => `const fib = (n) => n < 2 ? n : fib(n - 1) + fib(n - 2); out.push(fib(${k + 6}))`,
  },
  builtins: {
    body: ({ k }) =>
      `out.push(['groupBy', 'fromEntries', 'hasOwn'].map((name) => typeof Object[name]), ['toSorted', 'with', 'findLast', 'group', 'at'].map((name) => typeof [][name]), ['withResolvers', 'try', 'any'].map((name) => typeof Promise[name]), ['union', 'has'].map((name) => typeof new Set()[name]), typeof Math.f16round, typeof Math.sumPrecise, ${k})`,
  },
  globals: {
    body: () =>
      `const names = []; for (const name of Object.getOwnPropertyNames(globalThis).sort()) { names.push(name); const value = globalThis[name]; for (const holder of [value, value?.prototype]) if ((typeof holder === 'object' || typeof holder === 'function') && holder !== null) names.push(Reflect.ownKeys(holder).map(String).sort().join(' ')) } out.push(names.join(' ').length, names.map((n) => n.length).reduce((a, b) => (a * 31 + b) % 1000003, 7))`,
  },
  names: {
    body: ({ k }) =>
      `const own = (a, b = 1, ...c) => ${k}; out.push(own.name, own.length, (class Named {}).name, (() => {}).name, [].map.name, [].map.length, String(own).length, Object.getOwnPropertyNames(function () {}).join(), Object.getOwnPropertyNames(class { static m () {} }).join(), Object.getOwnPropertyNames(new Error('x')).join())`,
  },
  ack: { body: () => `out.push(ack.seq, ack.ts, ack.origin.length, Object.keys(ack).sort().join())` },
  console: { body: ({ k }) => `for (let j = 0; j < ${k * 30}; j++) console.log('line', j, op)` },
  assertions: {
    body: ({ k }) =>
      `try { assert.deepEqual(op.list, [${k}]); out.push('equal') } catch (error) { out.push(error.message, error.code) } try { assert.throws(() => null.x, /of null/); out.push('matched') } catch (error) { out.push(error.message) }`,
  },
  ropes: {
    body: ({ k }) =>
      `let rope = op.s; for (let j = 0; j < ${k * 50}; j++) rope = j % 3 ? rope + j : j + rope; let sum = 0; for (let j = 0; j < rope.length; j++) sum = (sum * 31 + rope.charCodeAt(j)) % 65521; out.push(rope.length, sum)`,
  },
  weak: {
    body: ({ k }) =>
      `const map = new WeakMap(); const key = {}; map.set(key, ${k}); const set = new WeakSet([key]); out.push(map.get(key), set.has({}), map.has(JSON))`,
  },
  accessors: {
    body: ({ k }) =>
      `const o = { n: ${k}, get a () { return this.n++ }, set a (v) { this.n = v } }; o.a = op.n; out.push(o.a, o.a, Object.getOwnPropertyDescriptor(o, 'a').set.name, JSON.stringify(o))`,
  },
  tags: {
    top: ({ id }) =>
      `function tag${id} (strings, ...values) { return strings.raw.join('|') + values.join() }`,
    body: ({ id, k }) => `out.push(tag${id}\`a\${op.n}\\n\${${k}}c\`)`,
  },
  returns: { body: ({ k }) => `if (op.n % ${k + 5} === 4) return { early: out.length }` },
}
