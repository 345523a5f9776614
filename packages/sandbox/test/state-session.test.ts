// `steps` with a `StateSession`: what the guest remembers is never more than what its host took over.
import { Overlay } from '@vitra/log/values'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Sandbox, StateSession, steps } from '../src/index.js'
import { COUNTER, decoded, inputOf, MemorySource, RULES } from './helpers.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

const SETS_SOURCE = COUNTER.replace(
  'export const apply = {',
  'export const apply = { SET (tx) { tx.setContractSource({code: "export function apply () {}"}) },',
)
const increment = () => inputOf(sandbox, { op: 'INCREMENT', amount: 1 })

it('reads what is there where an error of the host lost what the guest had executed', async () => {
  const contract = await sandbox.load(SETS_SOURCE, RULES)
  const session = new StateSession()
  const state = new MemorySource({ '/counter': 0 })
  const refusal = new Error('not now')
  const setSource = inputOf(sandbox, { op: 'SET' }, { loadSource: () => Promise.reject(refusal) })
  const inputs = [increment(), increment(), setSource]
  await expect(steps(contract, new Overlay(state), inputs, session)).rejects.toBe(refusal)
  const [again] = await steps(contract, new Overlay(state), [increment()], session)
  expect(decoded(again!.changes)).toEqual([['/counter', 1]])
})

it('goes on from what the guest knows where the state went on as it was told', async () => {
  const contract = await sandbox.load(COUNTER, RULES)
  const session = new StateSession()
  const state = new MemorySource({ '/counter': 0 })
  const first = await steps(contract, new Overlay(state), [increment(), increment()], session)
  for (const { changes } of first) state.apply(changes)
  const second = await steps(contract, new Overlay(state), [increment()], session)
  expect(first.map(({ reads }) => reads.length)).toEqual([1, 0])
  expect(second[0]!.reads).toEqual([])
  expect(decoded(second[0]!.changes)).toEqual([['/counter', 3]])
})
