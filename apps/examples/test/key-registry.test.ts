import { expect, it } from 'vitest'
import type * as contract from '../key-registry/contract.js'
import { expectRefused, Group, type Member } from './group.js'

type Contract = typeof contract

async function found(): Promise<{ group: Group<Contract>; alice: Member<Contract>; bob: Member<Contract> }> {
  const group = await Group.found<Contract>('key-registry')
  const bob = await group.newcomer('bob')
  await group.founder.run('addParticipant', { pubkey: bob.pubkey })
  return { group, alice: group.founder, bob }
}

it('everybody finds the same key, and every version of it', async () => {
  const { group, alice, bob } = await found()
  await using _ = group
  await alice.run('register', { name: 'alice', key: 'key-1' })
  await bob.run('register', { name: 'bob@work', key: 'key-b' })
  for (let version = 2; version <= 11; version++)
    await alice.run('update', { name: 'alice', key: `key-${version}` })
  expect((await bob.call('lookup', { name: 'alice' })).response).toMatchObject({
    key: 'key-11',
    owner: alice.pubkey,
    version: 11,
  })
  const { response: versions } = await bob.call('versions', { name: 'alice' })
  expect(versions.map((entry) => entry?.key)).toEqual(Array.from({ length: 11 }, (_, n) => `key-${n + 1}`))
  expect((await bob.call('names', {})).response).toEqual(['alice', 'bob@work'])
  expect((await bob.call('names', { after: 'alice' })).response).toEqual(['bob@work'])
  expect((await bob.call('lookup', { name: 'carol' })).response).toBeNull()
  await group.check()
})

it('a name has one owner, also once it is revoked', async () => {
  const { group, alice, bob } = await found()
  await using _ = group
  await alice.run('register', { name: 'alice', key: 'key-1' })
  await expectRefused(bob.call('register', { name: 'alice', key: 'mine' }), 'the name is taken')
  await expectRefused(bob.call('update', { name: 'alice', key: 'mine' }), 'the name belongs to somebody else')
  await expectRefused(bob.call('revoke', { name: 'alice' }), 'the name belongs to somebody else')
  await expectRefused(bob.call('update', { name: 'nobody', key: 'mine' }), 'there is no such name')
  await alice.run('revoke', { name: 'alice' })
  expect((await bob.call('lookup', { name: 'alice' })).response).toMatchObject({ key: null, version: 2 })
  await expectRefused(bob.call('register', { name: 'alice', key: 'mine' }), 'the name is taken')
  await expectRefused(alice.call('update', { name: 'alice', key: 'key-2' }), 'the key was revoked')
  await expectRefused(alice.call('revoke', { name: 'alice' }), 'the key was revoked')
  await expect(bob.call('register', { name: 'a/b', key: 'x' })).rejects.toMatchObject({
    code: 'CONTRACT_ERROR',
    message: expect.stringContaining('a name is up to 64'),
  })
  await group.check()
})

it('nobody gets anything through by writing ops itself', async () => {
  const { group, alice, bob } = await found()
  await using _ = group
  await alice.run('register', { name: 'alice', key: 'key-1' })
  const refusals = await bob.write(
    { op: 'UPDATE', name: 'alice', key: 'mine', owner: alice.pubkey },
    { op: 'REVOKE', name: 'alice' },
    { op: 'REGISTER', name: 'alice', key: 'mine', version: 2 },
    { op: 'REGISTER', name: '../versions/alice', key: 'mine' },
    { op: 'REGISTER', name: 'Alice', key: 'mine' },
    { op: 'REGISTER', name: ['alice'], key: 'mine' },
    { op: 'REGISTER', name: 'bob', key: { not: 'a text' } },
    { op: 'REGISTER', name: 'bob', key: 'x'.repeat(4097) },
    { op: 'REGISTER', name: 'constructor', key: 'fine' },
    { op: 'constructor', name: 'alice' },
  )
  const names = 'a name is up to 64 of a-z 0-9 . @ _ -, the first one a letter or a digit'
  expect(refusals).toEqual([
    'the name belongs to somebody else',
    'the name belongs to somebody else',
    'the name is taken',
    names,
    names,
    names,
    'a key is a text',
    'a key is a text',
    null,
    'apply has no handler for the op',
  ])
  expect((await alice.call('lookup', { name: 'alice' })).response).toMatchObject({ key: 'key-1', version: 1 })
  await group.check()
})
