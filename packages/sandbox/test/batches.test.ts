// Batches in which a realm or a guest does not get to the end (spec/4-execution §6).
import { decodeValue, Overlay } from '@vitra/log/values'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox, StateSession, type Step, type StepInput, steps } from '../src/index.js'
import { inputOf, MemorySource, RULES, SHORT_RULES } from './helpers.js'

const SOURCE = `
import { index } from 'contract'
const kept = async () => (await index.get('/n'))?.value ?? 0
export const apply = {
  async ADD (tx) { tx.put('/n', await kept() + 1) },
  async LIST (tx) { tx.put('/n', await kept() + 1); return (await tx.list('/')).length },
  async SPEND (tx) { tx.put('/n', 100); for (;;) {} },
  async WAIT (tx) { tx.put('/n', 100); await new Promise(() => {}) },
  async FAIL (tx) { tx.put('/n', 100); await tx.list('/'); throw new Error('no') },
  async HANG (tx) { tx.put('/n', 100); return /^(a+)+$/.test('a'.repeat(40) + 'b') },
}`

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open({ opMs: 1500, guests: 1 })
})
afterAll(() => sandbox.close())

/** Executes ops to the last, and says how many were done after each go. */
async function execute(ops: readonly string[]): Promise<{ done: Step[]; goes: number[]; n: unknown }> {
  const contract = await sandbox.load(SOURCE, SHORT_RULES)
  const state = new MemorySource()
  const session = new StateSession()
  const inputs = ops.map((op): StepInput => inputOf(sandbox, { op }, { rules: SHORT_RULES }))
  const done: Step[] = []
  const goes: number[] = []
  while (done.length < inputs.length) {
    const next = await steps(contract, new Overlay(state), inputs.slice(done.length), session)
    for (const { changes } of next) state.apply(changes)
    done.push(...next)
    goes.push(done.length)
  }
  return { done, goes, n: decodeValue(state.entries.get('/n')!) }
}

describe('a batch', () => {
  it.each(['SPEND', 'WAIT', 'FAIL'])(
    'goes on with what was written, after an op that ends in %s',
    async (op) => {
      const { done, goes, n } = await execute(['ADD', 'LIST', op, 'ADD', op, 'LIST', 'ADD'])
      expect(done.map(({ outcome }) => outcome.kind)).toEqual([
        'ok',
        'ok',
        'failed',
        'ok',
        'failed',
        'ok',
        'ok',
      ])
      expect([goes.at(-1), n]).toEqual([7, 5])
      // One go, and one more whenever a busy machine takes longer than 200 ms, at which the guest stops.
      expect(goes.length).toBeLessThan(4)
    },
  )

  it.each(['', 'let kept = 0; export function keep () { kept++ }'])(
    'stops where much is written, whatever the realms: %j',
    async (state) => {
      const source = `const text = 'x'.repeat(1_000_000)
        export const apply = { PUT (tx) { for (let n = 0; n < 4; n++) tx.put('/' + n, text) } }
        ${state}`
      const contract = await sandbox.load(source, RULES)
      const inputs = Array.from({ length: 16 }, () => inputOf(sandbox, { op: 'PUT' }))
      const done = await steps(contract, new Overlay(new MemorySource()), inputs)
      expect(done.map(({ outcome }) => outcome.kind)).toEqual(done.map(() => 'ok'))
      expect(done.length).toBeLessThanOrEqual(5)
    },
  )

  it('that a guest does not survive is gone through in few goes', async () => {
    const ops = [...Array(40).fill('ADD'), 'HANG', ...Array(20).fill('ADD')]
    const { done, goes, n } = await execute(ops)
    expect(done.flatMap(({ unexecutable }, nth) => (unexecutable === undefined ? [] : [nth]))).toEqual([40])
    expect(n).toBe(60)
    expect(goes).toEqual(expect.arrayContaining([40, 41, 61]))
    // Those three, and one more whenever a busy machine has the guest tell a part first (after 50 ms) or stop (after 200 ms).
    expect(goes.length).toBeLessThan(10)
  })
})
