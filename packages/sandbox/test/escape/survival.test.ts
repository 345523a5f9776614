// Attacks on the fresh-realm rule (spec/6-determinism §1): everything by which one op could leave a word to the next.
import { describe, expect, it } from 'vitest'
import { Sandbox } from '../../src/index.js'
import { call, MemorySource, stepOver } from '../helpers.js'
import { load, result, useSandbox } from './attack.js'
import { survive } from './tricks.js'

const sandbox = useSandbox()

describe('bindings of the module', () => {
  survive(sandbox, [
    ['a variable', 'let n = 0', 'n', 'n++', [0, 'wrote', 1]],
    ['a variable that is assigned in a pattern', 'let n = 0', 'n', '[n] = [5]', [0, 'wrote', 5]],
    ['a variable that a loop assigns', 'let n = 0', 'n', 'for (n of [7]);', [0, 'wrote', 7]],
    [
      'a variable that a loop over keys assigns',
      'let n = ""',
      'n',
      'for (n in { key: 1 });',
      ['', 'wrote', 'key'],
    ],
    ['a logical assignment', 'let n', 'n', 'n ??= 3', [null, 'wrote', 3]],
    ['an object pattern with a default', 'let n = 0', 'n', '({ n = 4 } = {})', [0, 'wrote', 4]],
    ['a var of a block', '{ var n = 0 }', 'n', 'n++', [0, 'wrote', 1]],
    ['a name of a function', 'function f () {}', 'typeof f', 'f = 1', ['function', 'wrote', 'number']],
    ['a name of a class', 'class C {}', 'typeof C', 'C = 1', ['function', 'wrote', 'number']],
    [
      'a binding of a block',
      'var get, set; { let n = 0; get = function () { return n }; set = function () { n++ } }',
      'get()',
      'set()',
      [0, 'wrote', 1],
    ],
    [
      'a binding of a loop',
      'var fs = []; for (let n = 0; n < 1; n++) { fs[0] = () => n; fs[1] = () => { n++ } }',
      'fs[0]()',
      'fs[1]()',
      [0, 'wrote', 1],
    ],
    [
      'a binding of a catch clause',
      'var get, set; try { throw 0 } catch (n) { get = () => n; set = () => { n = 5 } }',
      'get()',
      'set()',
      [0, 'wrote', 5],
    ],
    [
      'a binding of a switch',
      'var get, set; switch (1) { case 1: let n = 0; get = () => n; set = () => { n++ } }',
      'get()',
      'set()',
      [0, 'wrote', 1],
    ],
    [
      'a default export that is assigned',
      'export default function own () { return 1 }',
      'typeof own',
      'own = 5',
      ['function', 'wrote', 'number'],
    ],
    [
      'a label and a nested function',
      'let n = 0; const deep = () => () => () => { n += 1 }',
      'n',
      'deep()()()',
      [0, 'wrote', 1],
    ],
  ])
})

describe('closures that evaluation leaves', () => {
  survive(sandbox, [
    [
      'a call',
      'const { get, set } = (() => { let n = 0; return { get: () => n, set: () => n++ } })()',
      'get()',
      'set()',
      [0, 'wrote', 1],
    ],
    [
      'a constructor',
      'class Box { constructor () { let n = 0; this.get = () => n; this.set = () => n++ } } const box = new Box()',
      'box.get()',
      'box.set()',
      [0, 'wrote', 1],
    ],
    [
      'a getter that runs at once',
      'const made = { get it () { let n = 0; return [() => n, () => n++] } }; const pair = made.it',
      'pair[0]()',
      'pair[1]()',
      [0, 'wrote', 1],
    ],
    [
      'toString in a template',
      `const kept = {}; const text = \`\${{ toString () { let n = 0; kept.get = () => n; kept.set = () => n++; return "" } }}\``,
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'toString in a sum',
      'const kept = {}; const box = { toString () { let n = 0; kept.get = () => n; kept.set = () => n++; return "" } }; const text = box + ""',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'valueOf in a comparison',
      'const kept = {}; const box = { valueOf () { let n = 0; kept.get = () => n; kept.set = () => n++; return 1 } }; const is = box < 2',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'valueOf in ==',
      'const kept = {}; const box = { valueOf () { let n = 0; kept.get = () => n; kept.set = () => n++; return 1 } }; const is = box == 1',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'valueOf after a sign',
      'const kept = {}; const box = { valueOf () { let n = 0; kept.get = () => n; kept.set = () => n++; return 1 } }; const is = -box',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'toString of a computed key',
      'const kept = {}; const box = { toString () { let n = 0; kept.get = () => n; kept.set = () => n++; return "k" } }; const holder = { [box]: 1 }',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'toString of a computed member',
      'const kept = {}; const box = { toString () { let n = 0; kept.get = () => n; kept.set = () => n++; return "k" } }; const found = kept[box]',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'toString of a computed name in a class',
      'const kept = {}; const box = { toString () { let n = 0; kept.get = () => n; kept.set = () => n++; return "k" } }; class C { static [box] = 1 }',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'toString of a computed method name',
      'const kept = {}; const box = { toString () { let n = 0; kept.get = () => n; kept.set = () => n++; return "k" } }; class C { [box] () {} }',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'the left side of in',
      'const kept = {}; const box = { toString () { let n = 0; kept.get = () => n; kept.set = () => n++; return "k" } }; const is = box in kept',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'Symbol.hasInstance',
      'const kept = {}; const box = { [Symbol.hasInstance] () { let n = 0; kept.get = () => n; kept.set = () => n++; return true } }; const is = kept instanceof box',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'an awaited thenable',
      'const kept = {}; await { then (resolve) { let n = 0; kept.get = () => n; kept.set = () => n++; resolve() } }',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'an iterated iterable',
      'const kept = {}; for (const x of { [Symbol.iterator] () { let n = 0; kept.get = () => n; kept.set = () => n++; return { next: () => ({ done: true }) } } });',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'a spread getter',
      'const kept = {}; const copy = { ...{ get a () { let n = 0; kept.get = () => n; kept.set = () => n++ } } }',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'a destructured getter',
      'const kept = {}; const { a } = { get a () { let n = 0; kept.get = () => n; kept.set = () => n++ } }',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'a setter',
      'const kept = {}; const box = { set a (v) { let n = 0; kept.get = () => n; kept.set = () => n++ } }; box.a = 1',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'an optional call',
      'const kept = {}; const f = () => { let n = 0; kept.get = () => n; kept.set = () => n++ }; f?.()',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'a tagged template',
      'const kept = {}; const f = () => { let n = 0; kept.get = () => n; kept.set = () => n++ }; f``',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'a static field',
      'class C { static pair = C.make(); static make () { let n = 0; return [() => n, () => n++] } }',
      'C.pair[0]()',
      'C.pair[1]()',
      [0, 'wrote', 1],
    ],
    [
      'a static block',
      'let get, set; class C { static { let n = 0; get = () => n; set = () => n++ } }',
      'get()',
      'set()',
      [0, 'wrote', 1],
    ],
    [
      'what a class extends',
      'const kept = {}; const f = () => { let n = 0; kept.get = () => n; kept.set = () => n++; return Object }; class C extends f() {}',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'a getter of what a class extends',
      'const kept = {}; class C extends { get it () { let n = 0; kept.get = () => n; kept.set = () => n++; return Object } }.it {}',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'an exported default',
      'const kept = {}; export default (() => { let n = 0; kept.get = () => n; kept.set = () => n++ })()',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
    [
      'a default of a pattern',
      'const kept = {}; const { a = (() => { let n = 0; kept.get = () => n; kept.set = () => n++ })() } = {}',
      'kept.get()',
      'kept.set()',
      [0, 'wrote', 1],
    ],
  ])
})

describe('objects with an inside', () => {
  survive(sandbox, [
    ['a Map', 'const map = new Map()', 'map.size', 'map.set(1, 1)', [0, 'wrote', 1]],
    ['a Set', 'const set = new Set()', 'set.size', 'set.add(1)', [0, 'wrote', 1]],
    [
      'a WeakMap with a standard object as key',
      'const map = new WeakMap()',
      'map.has(JSON)',
      'map.set(JSON, 1)',
      [false, 'wrote', true],
    ],
    ['a WeakSet', 'const set = new WeakSet()', 'set.has(Math)', 'set.add(Math)', [false, 'wrote', true]],
    ['a typed array', 'const bytes = new Uint8Array(1)', 'bytes[0]', 'bytes[0]++', [0, 'wrote', 1]],
    [
      'a buffer',
      'const view = new DataView(new ArrayBuffer(1))',
      'view.getUint8(0)',
      'view.setUint8(0, 9)',
      [0, 'wrote', 9],
    ],
    [
      'a generator',
      'function * count () { let n = 0; for (;;) yield n++ } const it = count()',
      'it.next().value',
      'it.next()',
      [0, 'wrote', 2],
    ],
    [
      'an iterator of an array',
      'const it = [10, 20, 30][Symbol.iterator]()',
      'it.next().value',
      'it.next()',
      [10, 'wrote', 30],
    ],
    [
      'a promise',
      'let open; const p = new Promise((resolve) => { open = resolve }); let isOpen = false; p.then(() => { isOpen = true })',
      'isOpen',
      'open(); await null; await null',
      [false, 'wrote', true],
    ],
    [
      'a proxy over a Map',
      'const map = new Map(); const p = new Proxy({}, { get: (t, k) => map.get(k), set (t, k, v) { map.set(k, v); return true } })',
      'p.n ?? 0',
      'p.n = 1',
      [0, 'wrote', 1],
    ],
    [
      'private fields',
      'class C { #n = 0; get () { return this.#n } set () { this.#n++ } } const c = new C()',
      'c.get()',
      'c.set()',
      [0, 'wrote', 1],
    ],
    [
      'a private field stamped on a standard object',
      'class Stamp extends (class { constructor (o) { return o } }) { #v = 0; static get (o) { return #v in o ? o.#v : -1 } static set (o) { if (!(#v in o)) new Stamp(o); o.#v++ } }',
      'Stamp.get(JSON)',
      'Stamp.set(JSON)',
      [-1, 'wrote', 1],
    ],
    [
      'a private field stamped on a function of the contract',
      'class Stamp extends (class { constructor (o) { return o } }) { #v = 0; static get (o) { return #v in o ? o.#v : -1 } static set (o) { if (!(#v in o)) new Stamp(o); o.#v++ } } function mine () {}',
      'Stamp.get(mine)',
      'Stamp.set(mine)',
      [-1, 'wrote', 1],
    ],
    [
      'a private static field',
      'class C { static #n = 0; static get () { return C.#n } static set () { C.#n++ } }',
      'C.get()',
      'C.set()',
      [0, 'wrote', 1],
    ],
    [
      'a private field in a class of a function',
      'const stamp = (o, write) => { class S extends (class { constructor (x) { return x } }) { #v = 1; static has (x) { return #v in x } } if (write) new S(o); return S.has(o) }',
      'stamp(Math, false)',
      'stamp(Math, true)',
      [false, 'wrote', false],
    ],
    [
      'a private field stamped on a template object',
      'const tag = (strings) => strings; const site = () => tag`x`; class Stamp extends (class { constructor (o) { return o } }) { #v; static has (o) { return #v in o } }',
      'Stamp.has(site())',
      'new Stamp(site())',
      [false, 'wrote', true],
    ],
  ])
})

describe('services', () => {
  it('the generator of util begins anew with each op', async () => {
    const contract = await load(
      sandbox(),
      `import { random, genUUID } from 'util'
       export function draw () { for (let n = 0; n < 7; n++) random(); return genUUID() }
       export function apply (tx, { draws }) { const drawn = []; for (let n = 0; n < draws; n++) drawn.push(random()); return drawn }`,
    )
    const drawn = async (draws: number) =>
      result(await stepOver(sandbox(), contract, new MemorySource(), { draws }))
    const first = await drawn(3)
    await call(contract, 'draw')
    await drawn(50)
    expect(await drawn(3)).toEqual(first)
    expect(new Set(first as number[]).size).toBe(3)
  })

  it('a console that one op filled speaks again in the next', async () => {
    const lines: string[] = []
    await using loud = await Sandbox.open({ onLog: ({ text }) => lines.push(text) })
    const contract = await load(
      loud,
      'export function apply (tx, { from }) { for (let n = 0; n < 500; n++) console.log(from + n) }',
    )
    for (const from of ['a', 'b', 'c']) await stepOver(loud, contract, new MemorySource(), { from })
    for (const from of ['a', 'b', 'c']) expect(lines.filter((line) => line.startsWith(from)).length).toBe(200)
  })
})
