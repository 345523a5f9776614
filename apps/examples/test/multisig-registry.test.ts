import { expect, it } from 'vitest'
import type * as contract from '../multisig-registry/contract.js'
import { expectRefused, Group, type Member } from './group.js'

type Contract = typeof contract
type Owner = Member<Contract>

async function found(): Promise<{ group: Group<Contract>; people: [Owner, Owner, Owner, Owner] }> {
  const group = await Group.found<Contract>('multisig-registry')
  const people = [group.founder]
  for (const name of ['bob', 'carol', 'mallory']) {
    const member = await group.newcomer(name)
    await group.founder.run('addParticipant', { pubkey: member.pubkey })
    people.push(member)
  }
  return { group, people: people as [Owner, Owner, Owner, Owner] }
}

interface Wanted {
  key: string
  owners: Owner[]
  threshold: number
}

async function propose(by: Owner, { key, owners, threshold }: Wanted): Promise<string> {
  const pubkeys = owners.map(({ pubkey }) => pubkey)
  return (await by.run('propose', { name: 'release', key, owners: pubkeys, threshold })).response.id
}

async function keyOf(member: Owner): Promise<string | undefined> {
  return (await member.call('lookup', { name: 'release' })).response?.key
}

async function statusOf(member: Owner, id: string): Promise<string | undefined> {
  return (await member.call('change', { id })).response?.status
}

it('an entry changes when two of three owners signed off, and not before', async () => {
  const { group, people } = await found()
  await using _ = group
  const [alice, bob, carol] = people
  const owners = [alice, bob, carol]
  const first = await propose(alice, { key: 'key-1', owners, threshold: 2 })
  expect(await keyOf(bob)).toBeUndefined()
  expect((await bob.call('change', { id: first })).response).toMatchObject({
    status: 'open',
    signed: [alice.pubkey],
    content: { key: 'key-1', threshold: 2 },
  })
  await bob.run('sign', { id: first })
  expect(await keyOf(carol)).toBe('key-1')
  await expectRefused(carol.call('sign', { id: first }), 'the change is made')

  const second = await propose(carol, { key: 'key-2', owners, threshold: 2 })
  expect(await keyOf(carol)).toBe('key-1')
  await expectRefused(carol.call('sign', { id: second }), 'this owner has signed')
  expect(await keyOf(carol)).toBe('key-1')
  await alice.run('sign', { id: second })
  expect((await carol.call('lookup', { name: 'release' })).response).toMatchObject({
    key: 'key-2',
    version: 2,
  })
  await group.check()
})

it('those who are not owners may propose, and not sign', async () => {
  const { group, people } = await found()
  await using _ = group
  const [alice, bob, carol, mallory] = people
  const owners = [alice, bob, carol]
  await alice.run('sign', { id: await propose(bob, { key: 'key-1', owners, threshold: 2 }) })
  const id = await propose(mallory, { key: 'evil', owners: [mallory], threshold: 1 })
  expect((await alice.call('change', { id })).response?.signed).toEqual([])
  await expectRefused(mallory.call('sign', { id }), 'only an owner may sign')
  expect(await keyOf(alice)).toBe('key-1')
  await group.check()
})

it('owners and threshold change by the same rule, and make other proposals stale', async () => {
  const { group, people } = await found()
  await using _ = group
  const [alice, bob, carol, mallory] = people
  const owners = [alice, bob]
  await bob.run('sign', { id: await propose(alice, { key: 'key-1', owners, threshold: 2 }) })
  const late = await propose(bob, { key: 'late', owners, threshold: 2 })
  const handover = await propose(alice, { key: 'key-1', owners: [carol, mallory], threshold: 1 })
  await expectRefused(carol.call('sign', { id: handover }), 'only an owner may sign')
  await bob.run('sign', { id: handover })
  expect(await statusOf(carol, handover)).toBe('done')
  expect(await statusOf(carol, late)).toBe('stale')
  const stale = 'the entry has changed since: propose it again'
  await expectRefused(alice.call('sign', { id: late }), stale)
  await expectRefused(carol.call('sign', { id: late }), stale)
  expect(await statusOf(carol, await propose(alice, { key: 'back', owners, threshold: 2 }))).toBe('open')
  await propose(mallory, { key: 'key-2', owners: [carol, mallory], threshold: 2 })
  expect(await keyOf(alice)).toBe('key-2')
  await group.check()
})

it('refuses entries that nobody could change', async () => {
  const { group, people } = await found()
  await using _ = group
  const [alice, bob] = people
  const entry = { name: 'release', key: 'k', owners: [alice.pubkey, bob.pubkey], threshold: 2 }
  for (const wrong of [
    { threshold: 0 },
    { threshold: 3 },
    { threshold: 1.5 },
    { owners: [] },
    { owners: [alice.pubkey, alice.pubkey] },
    { owners: [alice.pubkey, 'bob'] },
    { owners: [alice.pubkey, bob.pubkey.toUpperCase()] },
    { key: '' },
    { name: 'a/b' },
  ]) {
    await expect(alice.call('propose', { ...entry, ...wrong })).rejects.toMatchObject({
      code: 'CONTRACT_ERROR',
    })
  }
  await group.check()
})

it('nobody gets anything through by writing ops itself', async () => {
  const { group, people } = await found()
  await using _ = group
  const [alice, bob, , mallory] = people
  const owners = [alice, bob]
  await bob.run('sign', { id: await propose(alice, { key: 'key-1', owners, threshold: 2 }) })
  const id = await propose(alice, { key: 'key-2', owners, threshold: 2 })
  const own = '00000000-0000-4000-8000-00000000000'
  const entry = { op: 'PROPOSE', name: 'release', key: 'evil', owners: [mallory.pubkey], threshold: 1 }
  const refusals = await mallory.write(
    { op: 'SIGN', id, origin: bob.pubkey, owner: bob.pubkey },
    { ...entry, id },
    { ...entry, id: `${own}1`, base: 0, done: true },
    { op: 'SIGN', id: `${own}1` },
    { op: 'SIGN', id: `${own}9` },
    { ...entry, id: `${own}2`, owners: [mallory.pubkey, mallory.pubkey], threshold: 2 },
    { ...entry, id: `${own}3`, threshold: -1 },
    { ...entry, id: `${own}4`, threshold: '1' },
    { ...entry, id: `${own}5`, owners: mallory.pubkey },
    { ...entry, id: `../signatures/${id}` },
    { ...entry, id: `${id}/${bob.pubkey}` }, // would show bob among those who signed
    { ...entry, id: `${own}6`, name: 'release/..' },
  )
  expect(refusals.slice(0, 5)).toEqual([
    'only an owner may sign',
    'there is such a change already',
    null,
    'only an owner may sign',
    'there is no such change',
  ])
  expect(refusals.slice(5)).toEqual([
    'an owner is named once',
    'the threshold is from 1 to the number of owners',
    'the threshold is a whole number',
    'an entry has 1 to 20 owners',
    'a change is given by its id',
    'a change is given by its id',
    expect.stringContaining('a name is up to 64'),
  ])
  expect(await keyOf(alice)).toBe('key-1')
  expect((await alice.call('change', { id })).response?.signed).toEqual([alice.pubkey])
  await group.check()
})
