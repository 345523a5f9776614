/** The participants of a database, and the key pairs of a copy. */
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { check, withDatabase } from './database.js'
import { json, Live, vitra } from './vitra.js'

interface Listed {
  readonly participants: readonly { readonly publicKey: string; readonly state: string }[]
}

it('key pairs are made, chosen and removed, and what they have written stays', async () => {
  await using made = await withDatabase()
  const { at } = made
  const list = () => json<Listed>(['oplog', 'list'], at)
  const { participants } = await list()
  const first = participants[0]!.publicKey
  expect(participants).toMatchObject([{ state: 'active', kept: true, local: true }])

  const { publicKey } = await json<{ publicKey: string }>(['oplog', 'create'], at)
  expect((await list()).participants).toMatchObject([{ publicKey: first }, { publicKey, state: 'waiting' }])
  await json(['invite', publicKey], at)
  await json(['oplog', 'use', publicKey], at)
  const listed = async (key: string) =>
    (await list()).participants.find((participant) => participant.publicKey === key)
  expect(await listed(first)).toMatchObject({ local: false })
  expect(await listed(publicKey)).toMatchObject({ state: 'active', local: true })
  const { txId } = await json<{ txId: string }>(['call', 'increment'], at)

  expect(await json(['oplog', 'delete', publicKey], at, 1)).toMatchObject({
    error: { code: 'NOT_CONFIRMED' },
  })
  expect(await json(['oplog', 'delete', publicKey, '--yes'], at)).toMatchObject({ removed: true })
  expect(existsSync(made.folder.at(`.vitra/keys/${publicKey}.json`))).toBe(false)
  expect(await listed(first)).toMatchObject({ local: true })
  expect(await listed(publicKey)).toMatchObject({ state: 'active', kept: false, local: false })
  expect(await json(['tx', 'show', txId], at)).toMatchObject({ status: 'processed' })
  for (const key of ['abc', 'ab'.repeat(32)])
    expect(await json(['oplog', 'delete', key], at, key === 'abc' ? 2 : 1)).toMatchObject({
      error: { code: expect.not.stringMatching('NOT_CONFIRMED') },
    })
  for (const words of [['use'], ['delete', '--yes']])
    expect(await json(['oplog', ...words, publicKey], at, 1)).toMatchObject({
      error: { code: 'NOT_A_PARTICIPANT' },
    })
  expect(await json(['call', 'increment'], at)).toMatchObject({ status: 'processed' })
  for (const words of [['oplog'], ['oplog', 'list', first], ['oplog', 'use'], ['oplog', 'drop', first]])
    expect((await vitra(words, at)).code).toBe(2)
  await check(made.folder.at('.vitra'))
})

it('a database that is served loses a key pair while it is open', async () => {
  await using made = await withDatabase()
  const { at } = made
  await using host = new Live(['host', '--offline'], at)
  await host.until(({ event }) => event === 'hosting')
  await json(['call', 'increment'], at)
  const { participants } = await json<Listed>(['oplog', 'list'], at)
  await json(['oplog', 'delete', participants[0]!.publicKey, '--yes'], at)
  expect(await json(['call', 'increment'], at, 1)).toMatchObject({ error: { code: 'NOT_A_PARTICIPANT' } })
  expect(await json(['call', 'get'], at)).toMatchObject({ response: 1 })
  await json(['oplog', 'create'], at)
  expect(await host.stop()).toBe(0)
  await check(made.folder.at('.vitra'))
})
