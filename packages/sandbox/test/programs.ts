// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of contracts.
// Generated programs: every construct of the language may stand in every other one, and each says what it did in `log`. They end:
// every turn of a loop and every call takes from a budget of the program's own.
import fc from 'fast-check'

/** What `main` begins with; `tick` ends it when the budget is used up. */
const HEAD = `
let left = 400
const log = []
const tick = () => { if (--left < 0) throw 'over' }
const see = (x) => { tick(); if (log.length < 300) log.push(typeof x === 'object' && x !== null ? Object.keys(x).join() : typeof x === 'function' ? x.name + x.length : String(x)); return x }
const big = (x) => typeof x === 'bigint' ? BigInt.asIntN(64, x) : typeof x === 'string' ? x.slice(0, 40) : x
const handled = (promise) => { promise.catch(() => {}); return promise }
let a = 1, b = 'x', c = 3n, d = [1, 2, 3], e = { p: 1, q: { r: 2 }, get g () { return see(7) }, set g (v) { see(v) } }
const again = async function * (n) { for (let i = 0; i < n; i++) { tick(); yield i } }
const steps = function * (n) { for (let i = 0; i < n; i++) { tick(); see(yield i) } return n }
`

const ATOMS = [
  'a',
  'b',
  'c',
  'd',
  'e',
  '1',
  '2.5',
  '-0',
  "'t'",
  '5n',
  'true',
  'null',
  'undefined',
  'e.p',
  'e.g',
  'd[1]',
  'e?.q?.r',
  'e.none?.r',
  'd.length',
  '`k`',
]
const BINARY = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '>>>',
  '&',
  '|',
  '^',
  '<',
  '>=',
  '==',
  '===',
  '!=',
  '&&',
  '||',
  '??',
  ',',
]
const ASSIGN = ['=', '+=', '-=', '*=', '/=', '%=', '>>>=', '&=', '|=', '^=', '&&=', '||=', '??=']
const TARGETS = ['a', 'b', 'd[0]', 'e.p', 'e.g', "e['q']", 'd.length']
const PATTERNS = [
  '[a, ...d]',
  '[a = 5, [b] = [6]]',
  '{ p: a, ...e }',
  '{ p: a = see(1), q: { r: b } = {} }',
  '[d[0], e.p]',
]

const among = (...texts: string[]) => fc.constantFrom(...texts)

/** Modules whose `main` says what they did. */
export const programs: fc.Arbitrary<string> = fc
  .letrec<{ expression: string; statement: string; block: string }>((tie) => {
    const x = tie('expression')
    const s = tie('statement')
    const block = tie('block')
    const text = (...parts: (string | fc.Arbitrary<string>)[]) =>
      fc
        .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
        .map((all) => all.join(''))
    /** What stands in a function that cannot wait. */
    const inner = (...parts: (string | fc.Arbitrary<string>)[]) =>
      text(...parts).map((program) => program.replaceAll('await ', ''))
    const labelled = (make: (label: string) => fc.Arbitrary<string>) =>
      fc.integer({ min: 0, max: 2 ** 30 }).chain((n) => make(`l${n}`))
    return {
      block: fc.array(s, { maxLength: 4, depthIdentifier: 'program' }).map((all) => `{ ${all.join('\n')} }`),
      expression: fc.oneof(
        { depthIdentifier: 'program', depthSize: 'small', withCrossShrink: true },
        among(...ATOMS),
        text('(', x, ' ', among(...BINARY), ' ', x, ')'),
        text('(big(', x, ') ', among('**', '<<', '>>'), ' ', among('2', '3', '2n'), ')'),
        text("(e.p = big(e.p), e['p'] ", among('**=', '<<=', '>>='), ' ', among('2', '3n'), ')'),
        text('(a = big(a), a ', among('**=', '<<=', '>>='), ' ', among('2', '3n'), ')'),
        text('(', among(...TARGETS), ' ', among(...ASSIGN), ' big(', x, '))'),
        text('(', among('a++', '--a', 'e.p++', '++d[1]', 'c--', 'e.g++'), ')'),
        text('(', among('-', '+', '~', '!', 'typeof ', 'void '), '(', x, '))'),
        text('(', x, ' ? ', x, ' : ', x, ')'),
        text('see(', x, ')'),
        text('`', among('', 'k', '\\n'), '${', x, '}${', x, '}`'),
        text('((s, ...v) => s.raw.join() + v.length)`m${', x, '}n`'),
        text('[', x, ', ...[', x, '], , ', x, ']'),
        inner('{ ...{ z: ', x, " }, ['w' + a]: ", x, ', m () { return ', x, ' } }').map((o) => `(${o})`),
        inner('((y = ', x, ', ...rest) => ', x, ')(', x, ', ...[a])'),
        inner(
          '(function (y, { z = ',
          x,
          ' } = {}) { tick(); return arguments.length + String(',
          x,
          ') })(',
          x,
          ')',
        ),
        text('(await handled((async () => { ', s, '; return ', x, ' })()))'),
        text('(await ', x, ')'),
        inner(
          '[...(function * () { tick(); const got = yield ',
          x,
          '; see(got); yield * steps(2); ',
          s,
          ' })()].length',
        ),
        inner(
          '(new (class K { #p = ',
          x,
          '; f = ',
          x,
          '; static s = see(1); get v () { return this.#p } set v (y) { this.#p = y } m () { this.#p ??= ',
          x,
          '; return this.v } })()).m()',
        ),
        inner(
          '(new (class extends (class { constructor (y) { this.y = y } o () { return see(this.y) } }) { z = ',
          x,
          '; o () { return super.o() } })(',
          x,
          ')).o()',
        ),
        text('see?.(', x, ')'),
        text('e[', among("'p'", '`q`', "see('p')"), ']'),
        text('delete e[', x, ']'),
        text("('p' in e)"),
        text('(', x, ' instanceof Object)'),
        inner('d.map((y) => ', x, ').length'),
        text('(((', among(...PATTERNS), ' = ', among('[1, 2, 3]', "'xyz'", 'e', '{ p: 3, q: {} }'), ')), a)'),
      ),
      statement: fc.oneof(
        { depthIdentifier: 'program', depthSize: 'small', withCrossShrink: true },
        text('see(', x, ')'),
        text(';', x),
        text('if (', x, ') ', block, ' else ', s),
        text('for (let i = 0; i < 3; i++) { tick(); ', s, ' }'),
        text('for (let i = 0, f = []; i < 2; i++) { tick(); f.push(() => i); see(f[0]()); ', s, ' }'),
        text(
          'for (const y of ',
          among('d', "'xy'", 'steps(2)', 'new Set([1, 2])'),
          ') { tick(); see(y); ',
          s,
          ' }',
        ),
        text('for (var [vy, vz = ', x, '] of [[1], [2, 3]]) { tick(); ', s, ' }'),
        text('for (const y in e) { tick(); see(y); ', s, ' }'),
        text(
          'for await (const y of ',
          among('again(2)', '[1, Promise.resolve(2)]'),
          ') { tick(); see(y); ',
          s,
          ' }',
        ),
        text('{ let n = 0; while (n++ < 2) { tick(); ', s, ' } }'),
        text('{ let n = 0; do { tick(); ', s, ' } while (n++ < 1) }'),
        labelled((l) =>
          text(
            `${l}: for (;;) { tick(); for (const y of [1, 2]) { tick(); if (`,
            x,
            `) continue ${l}; `,
            s,
            `; break ${l} } }`,
          ),
        ),
        labelled((l) => text(`${l}: { if (`, x, `) break ${l}; `, s, ' }')),
        text('switch (', x, ') { case ', x, ': ', s, '; case 1: ', s, '; break; default: ', s, ' }'),
        text('try ', block, ' catch (err) { see(err?.constructor?.name); ', s, ' }'),
        text('try { throw ', x, ' } catch { ', s, ' } finally ', block),
        text('try { throw { p: ', x, ' } } catch ({ p, z = ', x, ' }) { see(p); see(z); ', s, ' }'),
        text('see(await handled((async () => { try { return ', x, ' } finally { ', s, ' } })()))'),
        inner(
          'see((() => { for (;;) { tick(); try { return ',
          x,
          ' } finally { ',
          among('', 'break', 'see(1)'),
          ' } } })())',
        ),
        text('{ const { p: y = ', x, ', ...o } = e; see(y); see(o); ', s, ' }'),
        inner('{ class K { static { see(', x, ') } static [see("k")] = ', x, ' }; see(K.name) }'),
        text(
          '{ const g = steps(3); see(g.next().value); see(g.',
          among('next(1)', 'return(2)'),
          '.done); ',
          s,
          ' }',
        ),
        text(
          '{ function hoisted (n) { tick(); return n < 1 ? ',
          among(...ATOMS),
          ' : hoisted(n - 1) } see(hoisted(3)) }',
        ),
        text(
          'see(await Promise.allSettled([handled((async () => { ',
          s,
          ' })()), ',
          x,
          ']).then((all) => all.map(({ status }) => status).join()))',
        ),
        text('throw ', x),
        text('if (', x, ') return ', x),
      ),
    }
  })
  .block.map(program)

function program(body: string): string {
  return `export async function main () {${HEAD}  let result
  try { result = await (async () => ${body})() } catch (error) { log.push('threw ' + (error?.constructor?.name ?? error)) }
  return [log, typeof result === 'object' && result !== null ? Object.keys(result) : typeof result === 'function' ? result.name : result, left, typeof a, typeof b, d.length]
}`
}
