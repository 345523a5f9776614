// The watchdog over one op (spec/4-execution §5): the contract's work counts, over all its questions; the host's answers do
// not.
import { type EntrySource, Overlay } from '@vitra/log/values'
import { expect, it } from 'vitest'
import { ORPHAN_GRACE_MS } from '../src/constants.js'
import { Sandbox, type Step, steps } from '../src/index.js'
import { inputOf, MemorySource, RULES } from './helpers.js'

const OP_MS = 1000
/** Where nothing may end in time. */
const SHORT_MS = 300
/** Fuel does not see how long this takes. */
const ENDLESS = "void /^(a|a)*$/.test('a'.repeat(64) + 'b')"
const rules = { ...RULES, limits: { ...RULES.limits, fuelMax: 2_000_000_000 } }
const ASKS = `
import { index } from 'contract'
export async function apply (tx, op) {
  for (let asked = 0; asked < op.questions; asked++) {
    await index.get('/key' + asked)
    void /^(a|a)*$/.test('a'.repeat(op.work) + 'b')
  }
}`

/** What the op gives where each read takes the host so long, and how often it read. */
async function run(op: object, answerMs: number): Promise<{ step: Step; questions: number }> {
  await using sandbox = await Sandbox.open({ opMs: OP_MS })
  const contract = await sandbox.load(ASKS, rules)
  let questions = 0
  const source = new MemorySource()
  const view: EntrySource = {
    first: (range, reverse) => source.first(range, reverse),
    lookUp: (key) => source.lookUp(key),
    async get(key) {
      questions++
      if (answerMs > 0) await new Promise((resolve) => setTimeout(resolve, answerMs))
      return source.get(key)
    },
  }
  const [step] = await steps(contract, new Overlay(view), [inputOf(sandbox, op, { rules })])
  return { step: step!, questions }
}

it('ends an op that works a little between very many questions', async () => {
  const { step, questions } = await run({ questions: 1e6, work: 14 }, 0)
  expect(step.outcome).toMatchObject({ kind: 'failed', code: 'unexecutable' })
  expect(step.unexecutable!.cause).toMatchObject({ code: 'GUEST_TIMEOUT', details: { timeoutMs: OP_MS } })
  expect(questions).toBeGreaterThan(20)
})

it('makes no outcome of an op that the guest itself ended while the host was stopped', async () => {
  await using sandbox = await Sandbox.open({ opMs: SHORT_MS })
  const source = `export function apply () { ${ENDLESS} }`
  const contract = await sandbox.load(source, rules)
  const result = steps(contract, new MemorySource(), [inputOf(sandbox, {}, { rules })])
  await new Promise((resolve) => setTimeout(resolve, SHORT_MS / 2))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SHORT_MS + ORPHAN_GRACE_MS + 1000)
  const [step] = await result
  expect(step!.outcome).toMatchObject({ kind: 'failed', code: 'unexecutable' })
  expect(step!.unexecutable!.cause).toMatchObject({ code: 'GUEST_TIMEOUT' })
})

it('finds no fault in a contract whose evaluation the guest itself ended', async () => {
  await using sandbox = await Sandbox.open({ opMs: SHORT_MS, loadMs: 60_000 })
  const source = `${ENDLESS}; export function apply () {}`
  await expect(sandbox.load(source, rules)).rejects.toMatchObject({ code: 'GUEST_TIMEOUT' })
})

it('does not count the time that the host takes to answer', async () => {
  const { step, questions } = await run({ questions: 30, work: 1 }, 100)
  expect(step.outcome.kind).toBe('ok')
  expect(questions).toBe(30)
})
