// An op that reads more than it may, also by what it deletes (spec/4-execution §5).
import { Overlay } from '@vitra/log/values'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type * as Own from '../src/index.js'
import { inputOf, MemorySource, RULES } from './helpers.js'

const SOURCE = `
export const apply = {
  DELETE (tx, { count }) { for (let n = 0; n < count; n++) tx.delete('/' + n) },
}`

let own: typeof Own
// A limit that is met at once. Files of tests share their modules, so it takes modules of its own.
beforeEach(async () => {
  vi.resetModules()
  vi.doMock('../src/constants.js', async (importOriginal) => ({
    ...(await importOriginal<object>()),
    OP_READ_BYTES_MAX: 10_000,
  }))
  own = await import('../src/index.js')
})
afterEach(() => {
  vi.doUnmock('../src/constants.js')
  vi.resetModules()
})

it('cannot be executed, and those behind it go on without what it wrote', async () => {
  await using sandbox = await own.Sandbox.open()
  const contract = await sandbox.load(SOURCE, RULES)
  const view = new Overlay(new MemorySource({ '/0': 1 }))
  const inputs = [1000, 1].map((count) => inputOf(sandbox, { op: 'DELETE', count }))
  for (const session of [new own.StateSession(), undefined]) {
    const done = await own.steps(contract, view, inputs, session)
    expect(done.map(({ outcome }) => outcome.code)).toEqual(['unexecutable'])
    const [next] = await own.steps(contract, view, inputs.slice(1), session)
    expect(next!.changes).toEqual([{ path: '/0', value: null }])
  }
})
