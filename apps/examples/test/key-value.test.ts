import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { Database, Storage } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import type * as contract from '../key-value/contract.js'
import { expectRefused, Group, type Member } from './group.js'

type Contract = typeof contract
const found = () => Group.found<Contract>('key-value')

async function join(group: Group<Contract>, name: string): Promise<Member<Contract>> {
  const member = await group.newcomer(name)
  await group.founder.run('addParticipant', { pubkey: member.pubkey })
  return member
}

it('participants share the values, and see who wrote each', async () => {
  await using group = await found()
  const alice = group.founder
  const bob = await join(group, 'bob')
  await alice.run('put', { key: 'colour', value: 'green' })
  await bob.run('put', { key: 'size', value: { width: 2, raw: Uint8Array.of(1, 2) } })
  await bob.run('put', { key: 'colour', value: 'blue' })
  const { response } = await alice.call('get', { key: 'colour' })
  expect(response).toMatchObject({ value: 'blue', by: bob.pubkey, at: expect.any(Number) })
  expect((await bob.call('list', {})).response).toMatchObject([{ key: 'colour' }, { key: 'size' }])
  expect((await bob.call('list', { after: 'colour', limit: 5 })).response).toMatchObject([{ key: 'size' }])
  await alice.run('del', { key: 'size' })
  expect((await bob.call('get', { key: 'size' })).response).toBeNull()
  await expectRefused(bob.call('del', { key: 'size' }), 'there is no such key')
  await expect(bob.call('put', { key: 'a/b', value: 1 })).rejects.toMatchObject({ code: 'CONTRACT_ERROR' })
  await group.check()
})

it('the admin admits and removes, and can hand the office over', async () => {
  await using group = await found()
  const alice = group.founder
  expect((await alice.call('admin')).response).toBe(alice.pubkey)
  const bob = await join(group, 'bob')
  const carol = await join(group, 'carol')
  expect((await alice.call('participants')).response).toHaveLength(3)
  await expectRefused(
    alice.call('removeParticipant', { pubkey: alice.pubkey }),
    'the admin cannot leave: hand the office over first',
  )
  await expectRefused(
    alice.call('setAdmin', { pubkey: 'f'.repeat(64) }),
    'the admin is one of the participants',
  )
  await alice.run('setAdmin', { pubkey: bob.pubkey })
  expect((await carol.call('admin')).response).toBe(bob.pubkey)
  await expectRefused(alice.call('removeParticipant', { pubkey: carol.pubkey }), 'only the admin may do this')
  await bob.run('removeParticipant', { pubkey: carol.pubkey })
  await expect(carol.call('put', { key: 'a', value: 1 })).rejects.toMatchObject({ code: 'NOT_A_PARTICIPANT' })
  // The creator can go as well: then one participant is left, and its office is on record.
  await bob.run('removeParticipant', { pubkey: alice.pubkey })
  expect((await bob.call('admin')).response).toBe(bob.pubkey)
  await group.check()
})

it('a participant that is not the admin gets nothing through by writing ops itself', async () => {
  await using group = await found()
  const bob = await join(group, 'bob')
  const carol = await group.newcomer('carol')
  const refusals = await bob.write(
    { op: 'SET_ADMIN', pubkey: bob.pubkey },
    { op: 'ADD_PARTICIPANT', pubkey: carol.pubkey },
    { op: 'REMOVE_PARTICIPANT', pubkey: group.founder.pubkey },
    { op: 'PUT', key: '../admin', value: bob.pubkey },
    { op: 'PUT', key: '..', value: bob.pubkey },
    { op: 'PUT', key: ['admin'], value: bob.pubkey },
    { op: 'PUT', key: 'note' },
    { op: 'DEL', key: 'x/../../admin' },
    { op: 'PUT', key: 'note', value: 1, by: group.founder.pubkey, origin: group.founder.pubkey },
  )
  const admins = 'only the admin may do this'
  expect(refusals.slice(0, 4)).toEqual([admins, admins, admins, 'a key holds no slash'])
  expect(refusals.slice(4, 8)).not.toContain(null)
  expect(refusals[8]).toBeNull()
  expect((await bob.call('get', { key: 'note' })).response).toMatchObject({ by: bob.pubkey })
  expect((await group.founder.call('admin')).response).toBe(group.founder.pubkey)
  await group.check()
})

it('a database created with further participants has no admin, and nobody becomes one', async () => {
  const source = await readFile(new URL('../key-value/contract.js', import.meta.url), 'utf8')
  const participants = ['ab'.repeat(32)]
  await using db = await Database.create<Contract>(Storage.temporary(), {
    contract: { source },
    participants,
  })
  expect((await db.call('admin')).response).toBeNull()
  const pubkey = db.localOplog!.publicKey.toString('hex')
  await expectRefused(db.call('setAdmin', { pubkey }), 'only the admin may do this')
  await checkDatabase(db)
})
