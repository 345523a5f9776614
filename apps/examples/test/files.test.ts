import { expect, it } from 'vitest'
import type * as contract from '../files/contract.js'
import { expectRefused, Group, type Member } from './group.js'

type Contract = typeof contract
type Editor = Member<Contract>

/** A database with three participants: the founder decides about the second alone, both about the third. */
async function found(): Promise<{ group: Group<Contract>; people: [Editor, Editor, Editor] }> {
  const group = await Group.found<Contract>('files')
  const alice = group.founder
  const bob = await group.newcomer('bob')
  await alice.run('addParticipant', { pubkey: bob.pubkey })
  const carol = await group.newcomer('carol')
  const { id } = (await alice.run('addParticipant', { pubkey: carol.pubkey })).response
  await expect(carol.call('vote', { id, accept: true })).rejects.toMatchObject({ code: 'NOT_A_PARTICIPANT' })
  await bob.run('vote', { id, accept: true })
  return { group, people: [alice, bob, carol] }
}

async function propose(by: Editor, file: string, content: string | Uint8Array): Promise<string> {
  return (await by.run('proposeFile', { file, content })).response.id
}

async function accept(by: Editor, id: string): Promise<unknown> {
  const [ack] = await (await by.run('vote', { id, accept: true })).fetchAcks()
  return ack?.returnValue
}

it('files change when a majority accepts, are listed, and keep their history', async () => {
  const { group, people } = await found()
  await using _ = group
  const [alice, bob, carol] = people
  const bytes = Uint8Array.of(0, 255, 10)
  const readme = await propose(alice, 'docs/readme.md', '# Hello')
  expect((await carol.call('read', { file: 'docs/readme.md' })).response).toBeNull()
  expect((await carol.call('proposal', { id: readme })).response).toMatchObject({
    content: '# Hello',
    status: 'open',
    votes: { [alice.pubkey]: true },
  })
  expect(await accept(bob, readme)).toBe('accepted')
  expect(await accept(carol, await propose(bob, 'logo.png', bytes))).toBe('accepted')
  expect(await accept(alice, await propose(carol, 'docs/readme.md', '# Hello again'))).toBe('accepted')

  expect((await bob.call('read', { file: 'docs/readme.md' })).response).toMatchObject({
    content: '# Hello again',
    version: 2,
  })
  expect((await bob.call('read', { file: 'docs/readme.md', version: 1 })).response?.content).toBe('# Hello')
  expect((await bob.call('read', { file: 'logo.png' })).response?.content).toEqual(bytes)
  expect((await bob.call('list', {})).response).toEqual([
    { name: 'docs', isFolder: true },
    { name: 'logo.png', isFolder: false },
  ])
  expect((await bob.call('list', { folder: 'docs' })).response).toEqual([
    { name: 'readme.md', isFolder: false },
  ])

  const { id } = (await bob.run('proposeDeletion', { file: 'docs/readme.md' })).response
  expect(await accept(carol, id)).toBe('accepted')
  expect((await bob.call('read', { file: 'docs/readme.md' })).response).toBeNull()
  expect((await bob.call('list', { folder: 'docs' })).response).toEqual([])
  expect(await accept(bob, await propose(alice, 'docs/readme.md', '# Back'))).toBe('accepted')
  const { response: history } = await carol.call('history', { file: 'docs/readme.md' })
  expect(history.map((version) => [version?.version, version?.proposal === null])).toEqual([
    [1, false],
    [2, false],
    [3, true],
    [4, false],
  ])
  expect((await carol.call('read', { file: 'docs/readme.md', version: 2 })).response?.content).toBe(
    '# Hello again',
  )
  await group.check()
})

it('what a majority rejects stays out, and on record', async () => {
  const { group, people } = await found()
  await using _ = group
  const [alice, bob, carol] = people
  const id = await propose(alice, 'a.txt', 'mine')
  await expectRefused(alice.call('vote', { id, accept: true }), 'this participant has voted')
  await bob.run('vote', { id, accept: false })
  expect((await carol.call('proposal', { id })).response?.status).toBe('open')
  await carol.run('vote', { id, accept: false })
  expect((await alice.call('proposals', { status: 'rejected' })).response).toMatchObject([
    { id, kind: 'write', target: 'a.txt', by: alice.pubkey },
  ])
  await expectRefused(carol.call('vote', { id, accept: true }), 'the proposal is closed')
  expect((await alice.call('read', { file: 'a.txt' })).response).toBeNull()
  await group.check()
})

it('a proposal about a version that is gone is outdated', async () => {
  const { group, people } = await found()
  await using _ = group
  const [alice, bob, carol] = people
  const mine = await propose(alice, 'a.txt', 'mine')
  const yours = await propose(bob, 'a.txt', 'yours')
  const below = await propose(carol, 'a.txt/b.txt', 'below')
  expect(await accept(carol, yours)).toBe('accepted')
  expect(await accept(carol, mine)).toBe('outdated')
  expect(await accept(alice, below)).toBe('outdated')
  expect((await alice.call('read', { file: 'a.txt' })).response?.content).toBe('yours')
  await expectRefused(alice.call('proposeFile', { file: 'a.txt/c.txt', content: 'c' }), 'a.txt is a file')
  expect(await accept(bob, await propose(carol, 'd/e/f', 'f'))).toBe('accepted')
  await expectRefused(alice.call('proposeFile', { file: 'd/e', content: 'e' }), 'd/e is a folder')
  await expectRefused(alice.call('proposeDeletion', { file: 'd/e' }), 'there is no such file')
  await group.check()
})

it('files with odd names do not meet each other’s history', async () => {
  await using group = await Group.found<Contract>('files')
  const alice = group.founder
  for (const file of ['a', 'a%2Fb', '000000001', '%', 'ä/ö/€']) await propose(alice, file, file)
  await propose(alice, 'b/c', 'below')
  for (const file of ['a', 'a%2Fb', '000000001', '%', 'ä/ö/€'])
    expect((await alice.call('history', { file })).response).toHaveLength(1)
  expect((await alice.call('history', { file: 'b' })).response).toEqual([])
  expect((await alice.call('read', { file: 'ä/ö/€' })).response?.content).toBe('ä/ö/€')
  await group.check()
})

it('nobody gets anything through by writing ops itself', async () => {
  const { group, people } = await found()
  await using _ = group
  const [alice, bob, carol] = people
  expect(await accept(carol, await propose(alice, 'a.txt', 'fine'))).toBe('accepted')
  const open = await propose(alice, 'b.txt', 'hers')
  const own = '00000000-0000-4000-8000-00000000000'
  const evil = { op: 'PROPOSE', kind: 'write', target: 'a.txt', content: 'evil' }
  const refusals = await bob.write(
    { ...evil, id: `${own}1`, base: 0, status: 'accepted' }, // a proposal like any other
    { ...evil, id: open },
    { op: 'VOTE', id: open, accept: 1 },
    { op: 'VOTE', id: `${own}1`, accept: true },
    { op: 'VOTE', id: `${own}2`, accept: true },
    { ...evil, id: `${own}2`, target: '../../.sys/contract/source' },
    { ...evil, id: `${own}3`, target: 'b//c' },
    { ...evil, id: `${own}4`, target: { length: 1 } },
    { ...evil, id: `${own}4`, target: 'x'.repeat(201) },
    { ...evil, id: `${own}5`, content: { length: 1 } },
    { ...evil, id: `${own}5`, content: 'x'.repeat(900_001) },
    { ...evil, id: `${own}6`, kind: 'own' },
    { ...evil, id: `${own}7`, kind: 'admit', target: 'bob' },
    { ...evil, id: `${own}7`, kind: 'admit', target: carol.pubkey },
    { ...evil, id: `${own}8`, kind: 'delete', target: 'nothing.txt' },
    { ...evil, id: `../files/${'a'.repeat(28)}` },
    { ...evil, id: `${open}/${carol.pubkey}` },
  )
  expect(refusals).toEqual([
    null,
    'there is such a proposal already',
    'a vote is true or false',
    'this participant has voted',
    'there is no such proposal',
    expect.stringContaining('is not a path'),
    expect.stringContaining('is not a path'),
    'a file is given by its path',
    'a file is given by its path',
    'content is text or bytes',
    'the content is too large',
    'there is no such kind of proposal',
    'a participant is given by its public key',
    'this participant is there already',
    'there is no such file',
    'a proposal is given by its id',
    'a proposal is given by its id',
  ])
  expect((await alice.call('read', { file: 'a.txt' })).response?.content).toBe('fine')
  expect((await alice.call('proposal', { id: open })).response).toMatchObject({
    content: 'hers',
    status: 'open',
  })
  expect((await alice.call('proposal', { id: `${own}1` })).response?.status).toBe('open')
  await group.check()
})
