// The scripts, each by several participants on copies of their own, and audited at the end.
import { expect, it } from 'vitest'
import type * as Cms from '../scripts/cms.js'
import type * as Files from '../scripts/files.js'
import type * as KeyServer from '../scripts/key-server.js'
import type * as Marketplace from '../scripts/marketplace.js'
import type * as PersistedCounter from '../scripts/persisted-counter.js'
import type * as WhoAmI from '../scripts/who-am-i.js'
import { Group, type Member } from './group.js'

/** A database of a script with a founder and newcomers whom the founder has admitted. */
async function found<M>(
  script: string,
  ...names: string[]
): Promise<{ group: Group<M>; members: Member<M>[] }> {
  const group = await Group.foundScript<M>(script)
  const members = [group.founder]
  for (const name of names) {
    const newcomer = await group.newcomer(name)
    await admit(group.founder, newcomer)
    members.push(newcomer)
  }
  return { group, members }
}

async function admit<M>(founder: Member<M>, { pubkey }: Member<M>): Promise<void> {
  await founder.catchUp()
  await founder.db.api<unknown>().addParticipant(pubkey) // every script has it, with or without a function of its own
}

it('forum: topics and posts are files', async () => {
  const { group, members } = await found<unknown>('forum', 'bob')
  await using _ = group
  const [alice, bob] = members as [Member<unknown>, Member<unknown>]
  const topic = await (await bob.api()).addTopic('Hello world')
  expect(await (await bob.api()).addPost(topic, 'My name is bob')).toBe(1)
  expect(await (await alice.api()).addPost(topic, 'And mine is alice')).toBe(2)
  await expect((await alice.api()).addPost(7, 'Lost')).rejects.toThrow(
    "ENOENT: no such file or directory, open '/topics/7/",
  )
  expect(await (await alice.api()).addPost(topic, 'Counted from where it was')).toBe(3)
  for (const [path, text] of [
    ['/topics/1/title', 'Hello world'],
    ['/topics/1/1', 'My name is bob'],
    ['/topics/1/2', 'And mine is alice'],
  ] as const)
    expect((await alice.db.index.get(path))?.value).toBe(text)
  await group.check()
})

it('counter: what is not exported is forgotten with the call', async () => {
  const { group, members } = await found<unknown>('counter', 'bob')
  await using _ = group
  const [alice, bob] = members as [Member<unknown>, Member<unknown>]
  expect(await (await alice.api()).increment()).toEqual({ count: 1, calls: 1 })
  expect(await (await bob.api()).increment(4)).toEqual({ count: 5, calls: 1 })
  await expect((await bob.api()).increment(-1)).rejects.toThrow('only goes up')
  expect(await bob.db.read.get()).toBe(5)
  await group.check()
})

it('persisted counter: what is exported is kept', async () => {
  const { group, members } = await found<typeof PersistedCounter>('persisted-counter', 'bob')
  await using _ = group
  const [alice, bob] = members as [Member<typeof PersistedCounter>, Member<typeof PersistedCounter>]
  expect(await (await alice.api()).increment()).toBe(1)
  expect(await (await bob.api()).increment(4)).toBe(5)
  expect(await (await bob.api()).increment()).toBe(6)
  await expect((await bob.api()).increment(0.5)).rejects.toThrow('only goes up')
  expect(await bob.db.read.get()).toBe(6)
  expect((await bob.db.index.get('/.exports/byCaller'))?.value).toEqual({
    [alice.pubkey]: 1,
    [bob.pubkey]: 5,
  })
  await expect(bob.db.read.increment()).rejects.toThrow()
  await group.check()
})

it('files: everybody writes in a folder of their own', async () => {
  const { group, members } = await found<typeof Files>('files', 'bob')
  await using _ = group
  const [alice, bob] = members as [Member<typeof Files>, Member<typeof Files>]
  const path = await (await bob.api()).write('notes/today.txt', 'Rain')
  expect(path).toBe(`/homes/${bob.pubkey}/notes/today.txt`)
  await (await alice.api()).write('picture', new Uint8Array([1, 2, 255]))
  await expect((await alice.api()).write(`../${bob.pubkey}/notes/today.txt`, 'Sun')).rejects.toThrow(
    'without . and ..',
  )
  await expect((await alice.api()).move('nothing', 'x')).rejects.toThrow('ENOENT')
  await (await bob.api()).move('notes', 'archive')
  await alice.catchUp()
  expect(await alice.db.read.read(`/homes/${bob.pubkey}/archive/today.txt`)).toBe('Rain')
  expect(await alice.db.read.list()).toEqual([alice.pubkey, bob.pubkey].sort())
  await (await bob.api()).remove('archive')
  await alice.catchUp()
  expect(await alice.db.read.list(`/homes/${bob.pubkey}`)).toEqual([])
  await group.check()
})

it('key server: one owner a name, and admins who can give it to another', async () => {
  const { group, members } = await found<typeof KeyServer>('key-server', 'bob', 'carol')
  await using _ = group
  const [alice, bob, carol] = members as Member<typeof KeyServer>[]
  await (await bob!.api()).setKey('bob', 'ssh-ed25519 AAAA')
  await expect((await carol!.api()).setKey('bob', 'ssh-ed25519 EEEE')).rejects.toThrow(
    'belongs to somebody else',
  )
  await expect((await carol!.api()).giveName('bob', carol!.pubkey)).rejects.toThrow('only an admin')
  await expect((await carol!.api()).addParticipant(bob!.pubkey)).rejects.toThrow('only an admin')
  await expect((await bob!.api()).setKey('../bob', 'x')).rejects.toThrow('a name is')
  await (await alice!.api()).addAdmin(carol!.pubkey)
  await (await carol!.api()).giveName('bob', alice!.pubkey)
  await (await carol!.api()).removeAdmin(alice!.pubkey)
  await expect((await carol!.api()).removeAdmin(carol!.pubkey)).rejects.toThrow('always an admin')
  await alice!.catchUp()
  expect(await alice!.db.read.lookup('bob')).toEqual({ owner: alice!.pubkey, key: null })
  expect(await alice!.db.read.lookup('nobody')).toBeNull()
  await group.check()
})

it('who am I: the key that signed the call', async () => {
  const { group, members } = await found<typeof WhoAmI>('who-am-i', 'bob')
  await using _ = group
  const [alice, bob] = members as [Member<typeof WhoAmI>, Member<typeof WhoAmI>]
  expect(await (await bob.api()).whoAmI()).toEqual({ id: bob.pubkey, nickname: null })
  expect(await (await bob.api()).callMe('Bob')).toEqual({ id: bob.pubkey, nickname: 'Bob' })
  await expect((await alice.api()).callMe('Bob')).rejects.toThrow('somebody is called Bob already')
  expect(await (await alice.api()).whoIs('Bob')).toBe(bob.pubkey)
  expect(await alice.db.read.whoAmI()).toEqual({ id: alice.pubkey, nickname: null })
  await group.check()
})

it('marketplace: orders meet at the older price, best first', async () => {
  const { group, members } = await found<typeof Marketplace>('marketplace', 'bob', 'carol')
  await using _ = group
  const [alice, bob, carol] = members as Member<typeof Marketplace>[]
  await (await alice!.api()).sell('apples', 12, 5)
  await (await bob!.api()).sell('apples', 10, 5)
  expect(await (await carol!.api()).buy('apples', 9, 1)).toEqual({ id: 3, trades: [], open: 1 })
  const met = await (await carol!.api()).buy('apples', 12, 7)
  expect(met).toMatchObject({ id: 4, open: 0 })
  expect(met.trades).toEqual([
    { id: 1, item: 'apples', seller: bob!.pubkey, buyer: carol!.pubkey, price: 10, amount: 5 },
    { id: 2, item: 'apples', seller: alice!.pubkey, buyer: carol!.pubkey, price: 12, amount: 2 },
  ])
  await expect((await bob!.api()).cancel('apples', 1)).rejects.toThrow('belongs to somebody else')
  expect(await (await alice!.api()).cancel('apples', 1)).toMatchObject({ id: 1, amount: 3 })
  await expect((await bob!.api()).sell('apples', 0, 1)).rejects.toThrow('whole numbers')
  await alice!.catchUp()
  expect(await alice!.db.read.offers('apples')).toEqual({
    asks: [],
    bids: [{ id: 3, by: carol!.pubkey, price: 9, amount: 1 }],
  })
  expect(JSON.parse((await alice!.db.index.get('/trades/2'))?.value as string)).toEqual(met.trades[1])
  await group.check()
})

it('CMS: authors draft, editors publish, an admin says who is what', async () => {
  const group = await Group.foundScript<typeof Cms>('cms')
  await using _ = group
  const alice = group.founder
  const [bob, carol] = [await group.newcomer('bob'), await group.newcomer('carol')]
  await (await alice.api()).setRole(bob.pubkey, 'author')
  await (await alice.api()).setRole(carol.pubkey, 'editor')
  await (await bob.api()).draft('about', 'We are three')
  await expect((await bob.api()).publish('about')).rejects.toThrow('takes the role editor')
  await expect((await bob.api()).setRole(bob.pubkey, 'admin')).rejects.toThrow('takes the role admin')
  await expect((await alice.api()).setRole(alice.pubkey, null)).rejects.toThrow('always an admin')
  await (await carol.api()).draft('about', 'We are three people')
  await (await carol.api()).publish('about')
  await expect((await carol.api()).publish('about')).rejects.toThrow('there is no draft')
  await (await alice.api()).setRole(bob.pubkey, null)
  await bob.catchUp()
  await expect((await bob.api()).draft('more', 'x')).rejects.toMatchObject({ code: 'NOT_A_PARTICIPANT' })
  expect(await bob.db.read.page('about')).toEqual({
    by: bob.pubkey,
    publishedBy: carol.pubkey,
    text: 'We are three people',
  })
  expect([await bob.db.read.pages(), await bob.db.read.drafts()]).toEqual([['about'], []])
  await group.check()
})
