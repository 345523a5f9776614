// JSON, text and numbers that grow (spec/6-determinism §7).
import { describe } from 'vitest'
import { useSandbox } from '../escape/attack.js'
import { SHORT_RULES } from '../helpers.js'
import { bombs } from './bomb.js'

const sandbox = useSandbox({ opMs: 30_000 })

describe('numbers and JSON', () => {
  bombs(
    sandbox,
    [
      ['const text = "9".repeat(60000); for (;;) BigInt(text)', 'fuel'],
      ['const all = []; const n = 7n ** 20000n; for (;;) all.push(-n)', 'fuel'],
      ['const all = []; const n = 7n ** 20000n; for (;;) all.push(n & n)', 'fuel'],
      ['const n = 7n ** 20000n; for (;;) BigInt.asIntN(50000, n)', 'fuel'],
      ['let value = "x".repeat(1e6); for (;;) value = JSON.stringify([value, value])', 'fuel'],
      [
        'let value = ["x".repeat(1000)]; for (;;) value = [value, value].map((v) => JSON.parse(JSON.stringify(v)))',
        'fuel',
      ],
      [
        'let shared = [1]; for (let n = 0; n < 60; n++) shared = [shared, shared]; JSON.stringify(shared)',
        'fuel',
      ],
      [
        'let shared = [1]; for (let n = 0; n < 60; n++) shared = [shared, shared]; shared.flat(Infinity)',
        'fuel',
      ],
      ['let shared = [1]; for (let n = 0; n < 60; n++) shared = [shared, shared]; String(shared)', 'fuel'],
      [
        'let shared = [1]; for (let n = 0; n < 60; n++) shared = [shared, shared]; tx.put("/a", shared)',
        'value',
        'fuel',
      ],
      [
        'const text = "[" + "1,".repeat(3e5) + "1]"; const all = []; for (;;) all.push(JSON.parse(text))',
        'fuel',
      ],
      ['JSON.parse("[".repeat(1e6))', 'engine', 'fuel'],
      [
        'JSON.stringify({ length: 2 ** 53 - 1 }); JSON.stringify(new Proxy([], { get: (t, k) => k === "length" ? 2 ** 53 - 1 : 1 }))',
        'fuel',
      ],
      [
        'JSON.stringify(1, null, " ".repeat(10)); const a = []; for (;;) a.push(JSON.stringify([[[[[[[[1]]]]]]]], null, 10))',
        'fuel',
      ],
      ['JSON.stringify(new Proxy({}, { ownKeys: () => { for (;;) {} } }))', 'fuel'],
      ['(1.5).toFixed(100); for (;;) (1 / 3).toString(2)', 'fuel'],
    ],
    SHORT_RULES,
  )
  bombs(sandbox, [['JSON.parse("[".repeat(2e5) + "]".repeat(2e5))', 'depth', 'ok']])
})
