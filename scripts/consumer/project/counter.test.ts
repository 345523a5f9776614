// An author's test, for `vitra test`.
import { test } from 'node:test'
import { createTestDatabase, expectChanges } from 'vitra/testing'

test('the counter goes up', async (t) => {
  const contract = new URL('./typed-counter.ts', import.meta.url)
  const counter = await createTestDatabase(t, { contract, participants: ['alice', 'bob'] })
  await counter.participant('alice').call('increment', { amount: 2 })
  const { changes } = await counter.participant('bob').call('increment')
  expectChanges(changes, { '/counter': 3 })
})
