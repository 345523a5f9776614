// Attacks in search of a clock, of randomness, or of anything else that differs from machine to machine and from run to run
// (spec/6-determinism §2).
import { describe, expect, it } from 'vitest'
import { Sandbox } from '../../src/index.js'
import { evaluate } from '../helpers.js'
import { attacks, failed, useSandbox } from './attack.js'

const sandbox = useSandbox()

describe('there is no clock', () => {
  attacks(sandbox, '', [
    [
      'return ["Date", "performance", "Temporal", "setTimeout", "setInterval", "Atomics", "SharedArrayBuffer", "Intl", "WeakRef", "FinalizationRegistry", "WebAssembly"].filter((name) => name in globalThis)',
      [],
    ],
    ['return typeof Object(1).constructor.prototype.toLocaleString', 'function'],
    ['return [typeof Array.prototype.toLocaleString, (1e6).toLocaleString()]', ['function', '1000000']],
    ['return [typeof "".localeCompare, "a".localeCompare("B"), "ä".localeCompare("z")]', ['function', 1, 1]],
    ['return typeof ack.ts + typeof op.ts', 'numberundefined'],
    ['ack.ts = 5', failed('engine', 'TypeError')],
    [
      'let n = 0; const until = Promise.resolve().then(() => { n = -1 }); while (n >= 0 && n < 1000) n++; return n',
      1000,
    ],
    ['return typeof Atomics?.wait', failed('engine', 'ReferenceError')],
    [
      'return new ArrayBuffer(8, { maxByteLength: 16 }).resizable === undefined ? "none" : "some"',
      expect.stringMatching(/none|some/),
    ],
  ])
})

describe('there is no randomness', () => {
  attacks(sandbox, "import { random } from 'util'", [
    ['return typeof Math.random', 'undefined'],
    ['return Object.keys({ b: 1, a: 2, 1: 3, 0: 4 })', ['0', '1', 'b', 'a']],
    ['return random() === random()', false],
    [
      'const a = []; for (let n = 0; n < 3; n++) a.push(random()); return a.every((x) => x >= 0 && x < 1)',
      true,
    ],
    ['return [Symbol("a").toString(), typeof Symbol("a").description]', ['Symbol(a)', 'string']],
    ['return [..."\\ud83d\\ude00"].length + "ﬀ".toUpperCase()', '1FF'],
  ])
})

describe('there is nothing that compiling, collecting or running before would change', () => {
  // Each is run cold and warm, in one guest and in another.
  it.each([
    [
      'the sign of NaN through a DataView',
      'const v = new DataView(new ArrayBuffer(8)); const f = (x) => { v.setFloat64(0, x); return v.getUint8(0) }; let last; for (let n = 0; n < 3000; n++) last = f(-Math.sqrt(-1)); return last',
    ],
    [
      'NaN of 32 bits',
      'const v = new DataView(new ArrayBuffer(4)); const f = (x) => { v.setFloat32(0, x); return v.getUint32(0) }; let last; for (let n = 0; n < 3000; n++) last = f(-(0 / 0)); return last',
    ],
    [
      'a NaN that was made from bytes',
      'const v = new DataView(new ArrayBuffer(8)); v.setBigUint64(0, 0xfff4000000000001n); v.setFloat64(0, v.getFloat64(0)); return String(v.getBigUint64(0))',
    ],
    ['powers with fractions', 'return [2 ** 0.5, Math.pow(1.1, 2.2), 10 ** -5, (0.1) ** 3.7].map(String)'],
    [
      'transcendental functions',
      'return ["sin", "cos", "tan", "exp", "log", "log2", "log10", "cbrt", "sinh", "atanh", "expm1"].map((name) => String(Math[name](0.7)))',
    ],
    [
      'a sort with a comparator of moods',
      'let n = 0; return [5, 3, 9, 1, 7, 2, 8].sort(() => (n++ % 3) - 1)',
    ],
    [
      'calls of a comparator',
      'let n = 0; [5, 3, 9, 1, 7, 2, 8, 6, 4, 0, 11, 10, 13, 12].sort((a, b) => { n++; return a - b }); return n',
    ],
    [
      'order of keys after deletes',
      'const o = {}; for (let n = 0; n < 2000; n++) o["k" + n] = n; for (let n = 0; n < 1990; n++) delete o["k" + n]; o.last = 1; return Object.keys(o)',
    ],
    [
      'order of a Map after deletes',
      'const m = new Map(); for (let n = 0; n < 2000; n++) m.set(n, n); for (const [k] of m) if (k % 7) m.delete(k); return [...m.keys()].length',
    ],
    [
      'the text of a function',
      'function hot (a) { return a + 1 } for (let n = 0; n < 5000; n++) hot(n); return String(hot).length > 10',
    ],
    [
      'number to text',
      'return [1e21, 1 / 3, 5e-324, 123456789012345680000, 0.1 + 0.2, (255).toString(36), (0.1).toString(3), (1.005).toFixed(2), (1e21).toPrecision(3)].map(String)',
    ],
    [
      'text to number',
      'return [Number("0x1f"), parseFloat("1e-7x"), parseInt("12px"), Number(" 5 "), Number("1_0"), parseInt("1e3")].map(String)',
    ],
    [
      'case and normal forms',
      'return ["ß".toUpperCase(), "İ".toLowerCase(), "Å".normalize("NFD").length, "ΑΣ".toLowerCase()]',
    ],
  ])('%s', async (_, body) => {
    const first = await evaluate(sandbox(), body)
    for (let n = 0; n < 5; n++) expect(await evaluate(sandbox(), body)).toEqual(first)
    await using other = await Sandbox.open({ memoryMb: 64 })
    expect(await evaluate(other, body)).toEqual(first)
    expect(first).not.toHaveProperty('failed')
  })
})
