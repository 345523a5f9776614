// An op that reads more than it may, also by what it deletes (spec/4-execution §5).
import { Overlay } from '@vitra/log/values'
import { expect, it, vi } from 'vitest'
import { Sandbox, StateSession, steps } from '../src/index.js'
import { inputOf, MemorySource, RULES } from './helpers.js'

vi.mock('../src/constants.js', async (importOriginal) => ({
  ...(await importOriginal<typeof import('../src/constants.js')>()),
  OP_READ_BYTES_MAX: 10_000,
}))

const SOURCE = `
export const apply = {
  DELETE (tx, { count }) { for (let n = 0; n < count; n++) tx.delete('/' + n) },
}`

it('cannot be executed, and those behind it go on without what it wrote', async () => {
  await using sandbox = await Sandbox.open()
  const contract = await sandbox.load(SOURCE, RULES)
  const view = new Overlay(new MemorySource({ '/0': 1 }))
  const inputs = [1000, 1].map((count) => inputOf(sandbox, { op: 'DELETE', count }))
  for (const session of [new StateSession(), undefined]) {
    const done = await steps(contract, view, inputs, session)
    expect(done.map(({ outcome }) => outcome.code)).toEqual(['unexecutable'])
    const [next] = await steps(contract, view, inputs.slice(1), session)
    expect(next!.changes).toEqual([{ path: '/0', value: null }])
  }
})
