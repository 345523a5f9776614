// The seed's own contract, from its two documents, through `call` and `step`.
import { decodeEnvelope, encodeOpBody } from '@vitra/log'
import { encodeValue } from '@vitra/log/values'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox } from '../src/index.js'
import { COUNTER, call, caller, decoded, MemorySource, RULES, stepOver } from './helpers.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

describe('the counter of the seed', () => {
  it('lists its methods with their parameters', async () => {
    const contract = await sandbox.load(COUNTER, RULES)
    expect(contract.methods).toEqual([
      { name: 'get', params: '', async: true, parameters: [], takesOthers: false },
      {
        name: 'increment',
        params: 'opts = {}',
        async: false,
        parameters: [{ name: 'amount' }],
        takesOthers: true,
      },
    ])
    expect(contract).toMatchObject({ applyForm: 'record', hasProcess: false, source: COUNTER })
  })

  it('counts', async () => {
    const contract = await sandbox.load(COUNTER, RULES)
    const source = new MemorySource()
    for (const params of [{}, { amount: 2 }, {}]) {
      const { ops } = await call(contract, 'increment', params)
      for (const op of ops) source.apply((await stepOver(sandbox, contract, source, op)).changes)
    }
    expect((await call(contract, 'get', {}, caller(source))).response).toBe(4)
  })

  it('gives the outcome, the change and the read set of a step', async () => {
    const contract = await sandbox.load(COUNTER, RULES)
    const result = await stepOver(sandbox, contract, new MemorySource({ '/counter': 5 }), {
      op: 'INCREMENT',
      amount: 2,
    })
    expect(result.outcome).toEqual({
      kind: 'ok',
      ts: 1_700_000_000_000,
      numChanges: 1,
      fuel: expect.any(Number),
    })
    expect(decoded(result.changes)).toEqual([['/counter', 7]])
    expect(result.reads).toEqual([{ kind: 'get', path: '/counter', value: encodeValue(5) }])
    expect(result.participantsChanged).toBe(false)
  })

  it('emits what an envelope can carry', async () => {
    const contract = await sandbox.load(COUNTER, RULES)
    const { ops } = await contract.call({ method: 'increment', params: encodeValue({}), caller: caller() })
    expect(decodeEnvelope(encodeOpBody(ops[0]!))).toEqual({ type: 'op', body: ops[0] })
  })
})
