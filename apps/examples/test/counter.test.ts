import { expect, it } from 'vitest'
import type * as contract from '../counter/contract.js'
import { expectRefused, Group } from './group.js'

const found = () => Group.found<typeof contract>('counter')

it('two participants count, on a copy each', async () => {
  await using group = await found()
  const alice = group.founder
  const bob = await group.newcomer('bob')
  await expect(bob.call('increment')).rejects.toMatchObject({ code: 'NOT_A_PARTICIPANT' })
  await alice.run('addParticipant', { pubkey: bob.pubkey })
  await bob.run('increment', { amount: 2 })
  await alice.run('increment')
  expect((await alice.call('get')).response).toBe(3)
  expect((await bob.call('get')).response).toBe(3)
  await group.check()
})

it('it never goes down, and takes nothing but whole numbers', async () => {
  await using group = await found()
  const bob = await group.newcomer('bob')
  await group.founder.run('addParticipant', { pubkey: bob.pubkey })
  await expectRefused(bob.call('increment', { amount: 0 }), 'the counter only goes up')
  await expectRefused(bob.call('increment', { amount: -1 }), 'the counter only goes up')
  await expectRefused(bob.call('increment', { amount: 0.5 }), 'the amount is a whole number')
  const refusals = await bob.write(
    { op: 'INCREMENT', amount: -5 },
    { op: 'INCREMENT', amount: '5' },
    { op: 'INCREMENT' },
    { op: 'INCREMENT', amount: Number.MAX_SAFE_INTEGER },
    { op: 'INCREMENT', amount: 1 },
    { op: 'SET', value: 0 },
    { op: 'ADD_PARTICIPANT', pubkey: 'bob' },
    { op: 'ADD_PARTICIPANT', pubkey: bob.pubkey },
    'no record',
  )
  expect(refusals).toEqual([
    'the counter only goes up',
    'the amount is a whole number',
    'the amount is a whole number',
    null,
    'the counter is full',
    'apply has no handler for the op',
    expect.stringContaining('64 hex digits'),
    expect.stringContaining('active'),
    'apply has no handler for the op',
  ])
  expect((await bob.call('get')).response).toBe(Number.MAX_SAFE_INTEGER)
  await group.check()
})
