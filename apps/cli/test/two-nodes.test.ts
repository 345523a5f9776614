/** The commands on two nodes: a host in one process, a participant's commands in others, a network between them. */
import { writeFile } from 'node:fs/promises'
import { TemporaryFolder } from '@vitra/testkit'
import { describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { CONTRACT } from './contract.js'
import { json, Live, localNetwork } from './vitra.js'

const TIMEOUT_MS = 180_000

/** Alice's database in one folder, a place for Bob's copy in another, a network. */
async function aliceAndBob() {
  const folder = await TemporaryFolder.make()
  const network = await localNetwork()
  await writeFile(folder.at('contract.js'), CONTRACT)
  const on = (name: string) => ({ cwd: folder.path, env: { ...network.env, VITRA_DIR: folder.at(name) } })
  const alice = on('alice')
  const bob = on('bob')
  const { key } = await json<{ key: string }>(['init', 'contract.js'], alice)
  return {
    key,
    alice,
    bob,
    folder,
    async [Symbol.asyncDispose]() {
      await network[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const hosting = (host: Live) => host.until(({ event }) => event === 'announced')

describe('two nodes', () => {
  it(
    'from a key to a participant whose call is executed, and verified',
    async () => {
      await using both = await aliceAndBob()
      const { alice, bob, key, folder } = both
      let publicKey: string
      {
        await using host = new Live(['host'], alice)
        await hosting(host)
        expect(await json(['load', key], bob)).toMatchObject({ key, participants: 1 })
        expect(await json(['verify'], bob)).toMatchObject({ verdict: 'valid' })
        const joined = await json<{ publicKey: string }>(['join'], bob)
        expect(joined).toMatchObject({ state: 'waiting' })
        publicKey = joined.publicKey
        expect(await json(['call', 'increment'], bob, 1)).toMatchObject({
          error: { code: 'NOT_A_PARTICIPANT' },
        })
        expect(await json(['call', 'get'], bob)).toMatchObject({ status: 'read', response: 0 })
        // The host keeps its folder, and others are told so.
        const locked = await json<{ error: { message: string } }>(['invite', publicKey], alice, 1)
        expect(locked).toMatchObject({ error: { code: 'DATABASE_LOCKED', details: { command: 'host' } } })
        expect(locked.error.message).toContain('vitra host')
        expect(await host.stop()).toBe(0)
      }
      expect(await json(['invite', publicKey], alice)).toMatchObject({ status: 'admitted' })
      expect(await json(['invite', publicKey], alice)).toMatchObject({ status: 'admitted' })
      await using host = new Live(['host'], alice)
      await hosting(host)
      expect(await json(['call', 'increment', '--amount', '7', '--timeout', '60'], bob)).toMatchObject({
        status: 'processed',
        changes: [{ path: '/counter', value: 7 }],
      })
      await host.until(({ event }) => event === 'executed')
      expect(await json(['join'], bob)).toMatchObject({ publicKey, state: 'admitted' })
      expect(await json(['verify'], bob)).toMatchObject({ verdict: 'valid', ops: 2 })
      expect(await host.stop('SIGTERM')).toBe(0)
      expect(host.events.map(({ event }) => event)).toEqual(
        expect.arrayContaining(['peer-add', 'peer-remove', 'stopped']),
      )
      for (const name of ['alice', 'bob']) {
        await using db = await Database.load(folder.at(name))
        await checkDatabase(db)
      }
    },
    TIMEOUT_MS,
  )
})
