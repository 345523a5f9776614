// Memory bombs made of built-in functions: fuel runs out before memory and time do (spec/6-determinism §7), every time.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox } from '../src/index.js'
import { run, SHORT_RULES } from './helpers.js'

const ROUNDS = process.env.MODE === 'soak' ? 10 : 2

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open({ opMs: 20_000 })
})
afterAll(() => sandbox.close())

describe('ends for want of fuel', () => {
  it.each([
    ['arrays', 'const all = []; for (;;) all.push(new Array(1000).fill(1))'],
    ['arrays with nothing in them', 'const all = []; for (;;) all.push(new Array(100000))'],
    ['a map', 'const all = new Map(); for (let n = 0; ; n++) all.set(n, {n})'],
    ['a set', 'const all = new Set(); for (let n = 0; ; n++) all.add(n)'],
    ['array buffers', 'const all = []; for (;;) all.push(new Uint8Array(10000000).fill(1))'],
    ['one huge fill', 'new Array(1e9).fill(0)'],
    ['Array.from', 'Array.from({length: 1e9}, (_, n) => n)'],
    ['JSON', 'let value = "x".repeat(1e6); for (;;) value = JSON.stringify([value, value])'],
    [
      'JSON of one array many times',
      'let a = [1]; for (let n = 0; n < 40; n++) a = [a, a]; return JSON.stringify(a)',
    ],
    ['symbols', 'for (let n = 0; ; n++) Symbol.for("x".repeat(10000) + n)'],
    ['split', '"x".repeat(2 ** 28).split("")'],
    ['a repeated text', '"x".repeat(2 ** 28)'],
    ['padding', '"x".padStart(2 ** 28)'],
    ['a join', 'const s = "x".repeat(1e5); return new Array(1e5).fill(s).join()'],
    ['replacements', '"x".repeat(1e5).replaceAll("x", "y".repeat(1e5))'],
    ['replacements with the text', '"x".repeat(1e5).replace(/x/g, "$`")'],
    ['a search without end', 'Array.prototype.indexOf.call({length: 2 ** 53 - 1}, 1)'],
    ['a reversal without end', 'Array.prototype.reverse.call({length: 2 ** 53 - 1})'],
    ['closures of promises', 'const all = []; for (;;) all.push(new Promise(() => {}).then(() => all))'],
    ['texts of integers', 'const all = []; let n = 3n ** 40000n; for (;;) all.push(n.toString())'],
    ['slices', 'const all = [], a = new Array(1e5).fill(1); for (;;) all.push(a.slice())'],
    ['copies of bytes', 'const all = [], a = new Uint8Array(1e6); for (;;) all.push(a.slice())'],
    ['matches', 'const all = [], s = "ab".repeat(1e5); for (;;) all.push(s.match(/a/g))'],
    ['entries', 'const all = [], a = new Array(1e5).fill(1); for (;;) all.push(Object.entries(a))'],
  ])('%s', async (_, body) => {
    for (let round = 0; round < ROUNDS; round++) {
      const source = `export async function apply () {\n${body}\n}`
      const { outcome } = await run(sandbox, source, {}, {}, SHORT_RULES)
      expect(outcome).toMatchObject({ kind: 'failed', code: 'fuel' })
    }
  })
})
