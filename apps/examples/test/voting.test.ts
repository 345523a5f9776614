import { expect, it } from 'vitest'
import type * as contract from '../voting/contract.js'
import { expectRefused, Group, type Member } from './group.js'

type Contract = typeof contract
type Voter = Member<Contract>

/** A database whose members have all been voted in. */
async function found(...names: string[]): Promise<{ group: Group<Contract>; members: Voter[] }> {
  const group = await Group.found<Contract>('voting')
  const members = [group.founder]
  for (const name of names) {
    const newcomer = await group.newcomer(name)
    const id = await propose(group.founder, 'addParticipant', newcomer)
    // The proposer is in favour already: so many more make a majority.
    const needed = Math.floor(members.length / 2)
    for (const member of members.slice(1, 1 + needed)) await member.run('vote', { id, approve: true })
    await newcomer.catchUp()
    members.push(newcomer)
  }
  return { group, members }
}

async function propose(
  by: Voter,
  method: 'addParticipant' | 'removeParticipant',
  about: { pubkey: string },
): Promise<string> {
  return (await by.run(method, { pubkey: about.pubkey })).response.id
}

async function statusOf(member: Voter, id: string): Promise<string | undefined> {
  return (await member.call('proposal', { id })).response?.status
}

it('a majority admits and removes members', async () => {
  const { group, members } = await found('bob', 'carol')
  await using _ = group
  const [alice, bob, carol] = members as [Voter, Voter, Voter]
  expect((await carol.call('members')).response).toHaveLength(3)
  const id = await propose(carol, 'removeParticipant', alice)
  expect(await statusOf(carol, id)).toBe('open')
  const [ack] = await (await bob.run('vote', { id, approve: true })).fetchAcks()
  expect(ack?.returnValue).toBe('accepted')
  expect((await carol.call('proposal', { id })).response).toMatchObject({
    status: 'accepted',
    votes: { [bob.pubkey]: true, [carol.pubkey]: true },
  })
  await expect(alice.call('vote', { id, approve: false })).rejects.toMatchObject({
    code: 'NOT_A_PARTICIPANT',
  })
  // She executes the database still: what was decided binds her as well.
  expect((await bob.call('members')).response).not.toContain(alice.pubkey)
  await group.check()
})

it('a tie is no majority', async () => {
  const { group, members } = await found('bob')
  await using _ = group
  const [alice, bob] = members as [Voter, Voter]
  const id = await propose(alice, 'removeParticipant', bob)
  expect(await statusOf(alice, id)).toBe('open')
  await bob.run('vote', { id, approve: false })
  expect(await statusOf(alice, id)).toBe('rejected')
  await expectRefused(alice.call('settle', { id }), 'the proposal is closed')
  expect((await alice.call('members')).response).toHaveLength(2)
  expect((await alice.call('proposals', { status: 'rejected' })).response).toMatchObject([{ id }])
  await group.check()
})

it('nobody votes twice, on a closed proposal, or on none', async () => {
  const { group, members } = await found('bob', 'carol')
  await using _ = group
  const [alice, bob, carol] = members as [Voter, Voter, Voter]
  const dave = await group.newcomer('dave')
  const id = await propose(alice, 'addParticipant', dave)
  await expectRefused(alice.call('vote', { id, approve: true }), 'this member has voted')
  await bob.run('vote', { id, approve: false })
  await expectRefused(bob.call('vote', { id, approve: true }), 'this member has voted')
  await expect(dave.call('vote', { id, approve: true })).rejects.toMatchObject({ code: 'NOT_A_PARTICIPANT' })
  await carol.run('vote', { id, approve: true })
  await expectRefused(carol.call('vote', { id, approve: true }), 'the proposal is closed')
  await expectRefused(bob.call('vote', { id: '0'.repeat(36), approve: true }), 'there is no such proposal')
  await expectRefused(bob.call('addParticipant', { pubkey: dave.pubkey }), 'there is nothing to decide')
  await group.check()
})

it('the votes of removed members count no more', async () => {
  const { group, members } = await found('bob', 'carol', 'dave')
  await using _ = group
  const [alice, bob, carol, dave] = members as [Voter, Voter, Voter, Voter]
  const eve = await group.newcomer('eve')
  const admission = await propose(dave, 'addParticipant', eve)
  await carol.run('vote', { id: admission, approve: true })
  const removal = await propose(alice, 'removeParticipant', dave)
  for (const member of [bob, carol]) await member.run('vote', { id: removal, approve: true })
  // Of three members one is for eve: dave, who proposed it, is none any more.
  await expectRefused(alice.call('settle', { id: admission }), 'it is not decided yet')
  await alice.run('vote', { id: admission, approve: false })
  expect(await statusOf(alice, admission)).toBe('open')
  await bob.run('vote', { id: admission, approve: false })
  expect(await statusOf(alice, admission)).toBe('rejected')
  await group.check()
})

it('a proposal is settled when members have gone, and obsolete when it has come about', async () => {
  const { group, members } = await found('bob', 'carol', 'dave')
  await using _ = group
  const [alice, bob, carol, dave] = members as [Voter, Voter, Voter, Voter]
  const eve = await group.newcomer('eve')
  const first = await propose(alice, 'addParticipant', eve)
  const second = await propose(carol, 'addParticipant', eve)
  await bob.run('vote', { id: first, approve: true })
  expect(await statusOf(alice, first)).toBe('open') // two of four
  const removal = await propose(alice, 'removeParticipant', dave)
  for (const member of [bob, carol]) await member.run('vote', { id: removal, approve: true })
  await carol.run('settle', { id: first }) // two of three
  expect(await statusOf(alice, first)).toBe('accepted')
  expect((await eve.call('members')).response).toContain(eve.pubkey)
  await eve.run('vote', { id: second, approve: true })
  expect(await statusOf(alice, second)).toBe('obsolete')
  await group.check()
})

it('the last member stays', async () => {
  const { group } = await found()
  await using _ = group
  const alice = group.founder
  await expectRefused(alice.call('removeParticipant', { pubkey: alice.pubkey }), 'there is nothing to decide')
  await group.check()
})

it('nobody gets anything through by writing ops itself', async () => {
  const { group, members } = await found('bob', 'carol')
  await using _ = group
  const [alice, bob, carol] = members as [Voter, Voter, Voter]
  const dave = await group.newcomer('dave')
  const id = await propose(bob, 'addParticipant', dave)
  const own = '00000000-0000-4000-8000-000000000001'
  const refusals = await bob.write(
    { op: 'VOTE', id, approve: true },
    { op: 'VOTE', id, approve: true, origin: carol.pubkey, voter: carol.pubkey },
    { op: 'VOTE', id, approve: 'yes' },
    { op: 'VOTE', id: `${id}/../${id}`, approve: true },
    { op: 'SETTLE', id },
    { op: 'PROPOSE', id, action: 'remove', pubkey: alice.pubkey },
    { op: 'PROPOSE', id: own, action: 'remove', pubkey: alice.pubkey, status: 'accepted' },
    { op: 'PROPOSE', id: `${own.slice(0, 35)}2`, action: 'promote', pubkey: bob.pubkey },
    { op: 'PROPOSE', id: `${own.slice(0, 35)}3`, action: 'add', pubkey: dave.pubkey.toUpperCase() },
    { op: 'PROPOSE', id: '../proposals', action: 'add', pubkey: dave.pubkey },
    { op: 'PROPOSE', id: `${id}/${carol.pubkey}`, action: 'add', pubkey: dave.pubkey },
    { op: 'ADD_PARTICIPANT', pubkey: dave.pubkey },
  )
  expect(refusals).toEqual([
    'this member has voted',
    'this member has voted',
    'a vote is true or false',
    'a proposal is given by its id',
    'it is not decided yet',
    'there is such a proposal already',
    null,
    'a proposal adds or removes a member',
    'a member is given by its public key',
    'a proposal is given by its id',
    'a proposal is given by its id',
    'apply has no handler for the op',
  ])
  expect(await statusOf(alice, own)).toBe('open')
  expect(await statusOf(alice, id)).toBe('open')
  expect((await alice.call('members')).response).toHaveLength(3)
  await group.check()
})
