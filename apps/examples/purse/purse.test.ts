import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestDatabase, expectChanges, expectRefused } from 'vitra/testing'
import type * as contract from './contract.js'
import { DAY_MS, dayOf } from './days.js'

const purse = (t: Parameters<typeof createTestDatabase>[0]) =>
  createTestDatabase<typeof contract>(t, {
    contract: new URL('./contract.ts', import.meta.url),
    participants: ['alice', 'bob'],
  })

test('everybody puts in and takes out', async (t) => {
  const shared = await purse(t)
  const [alice, bob] = [shared.participant('alice'), shared.participant('bob')]
  await alice.call('put', { amount: 150 })
  const { changes } = await bob.call('take', { amount: 30 })
  expectChanges(changes, { '/balance': 120, [`/taken/${bob.pubkey}/${dayOf(shared.clock.now())}`]: 30 })
  assert.equal((await alice.call('balance')).response, 120)
})

test('nobody takes more than the limit of a day, or what is not there', async (t) => {
  const shared = await purse(t)
  const [alice, bob] = [shared.participant('alice'), shared.participant('bob')]
  await alice.call('put', { amount: 250 })
  await bob.call('take', { amount: 90 })
  await expectRefused(bob.call('take', { amount: 20 }), 'nobody takes more than 100 a day')
  await alice.call('take', { amount: 100 })
  shared.clock.advance(DAY_MS)
  await expectRefused(bob.call('take', { amount: 80 }), 'there is not so much in the purse')
  await bob.call('take', { amount: 60 })
})

test('ops past the methods are checked', async (t) => {
  const shared = await purse(t)
  const alice = shared.participant('alice')
  for (const amount of [-1, 0.5, '1', null]) {
    await expectRefused(alice.write({ op: 'PUT', amount }), 'an amount is a whole number above 0')
  }
})

test('a newcomer takes part once it is admitted', async (t) => {
  const shared = await purse(t)
  const carol = await shared.newcomer('carol')
  await assert.rejects(carol.call('put', { amount: 1 }), { code: 'NOT_A_PARTICIPANT' })
  await shared.participant('bob').call('addParticipant', { pubkey: carol.pubkey })
  await carol.call('put', { amount: 1 })
})
