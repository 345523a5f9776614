/** A copy whose connection was cut before the blocks of the newest version were here. */

import { Log, Storage as LogStorage } from '@vitra/log'
import { connect, TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, it } from 'vitest'
import { Database, type Transaction } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const workbench = { contract: { source: WORKBENCH_CONTRACT } }
const LONG = { timeout: 60_000 }
const TEST_MS = 120_000

/** Calls from a participant's copy, and leaves it with the head of the batch and without its blocks. */
async function cutShort(alice: Database, folder: string): Promise<Transaction> {
  const { tx, oplog } = await (async () => {
    await using bob = await Database.load(folder)
    const tx = await bob.call('put', { key: 'k', value: 'x'.repeat(2000) })
    return { tx, oplog: bob.localOplog!.key }
  })()
  await using storage = LogStorage.at(folder)
  await storage.load()
  await Log.open(storage, new Uint8Array(oplog))
  const index = await Log.open(storage, alice.pubkey) // asks for no block
  const { length } = index
  const connection = connect(alice, { replicate: (first) => storage.store.replicate(first) as never })
  while (index.length === length) await new Promise(setImmediate)
  await connection.close()
  return tx
}

async function admitBob(alice: Database, bob: Database): Promise<void> {
  const identity = await bob.createIdentity()
  await (await alice.call('admit', { pubkey: identity.toString() })).whenProcessed(LONG)
  const connection = connect(alice, bob)
  await bob.syncFullHistory()
  await connection.close()
}

describe.concurrent('a copy that was cut off in the middle of a batch', () => {
  it(
    'is read at the newest version that is all here, writes, and goes on where a peer comes back',
    async ({ expect }) => {
      await using folder = await TemporaryFolder.make()
      await using alice = await Database.create(folder.at('alice'), workbench)
      {
        await using bob = await Database.load(folder.at('bob'), alice.pubkey)
        await admitBob(alice, bob)
      }
      const cut = await cutShort(alice, folder.at('bob'))
      await using bob = await Database.load(folder.at('bob'))
      expect(bob.progress().missingBlocks).toBeGreaterThan(0)
      const [pending, ...others] = await bob.pending()
      expect(others).toEqual([])
      expect(pending!.txId).toBe(cut.txId)
      expect((await bob.methods()).map(({ name }) => name)).toContain('put')
      expect(await bob.source()).toBe(WORKBENCH_CONTRACT)
      const { key } = cut.params as { key: string }
      expect(await bob.index.get(`/values/${key}`)).toBe(null)
      expect(bob.localOplog).toMatchObject({ active: true })
      const offline = await bob.call('put', { key: 'offline', value: 1 })
      expect(await bob.pending()).toHaveLength(2)
      await expect(pending!.whenProcessed({ timeout: 100 })).rejects.toMatchObject({ code: 'TX_TIMEOUT' })

      const results = Promise.all([pending!.whenProcessed(LONG), offline.whenProcessed(LONG)])
      const connection = connect(alice, bob)
      expect(await results).toMatchObject([[{ success: true }], [{ success: true }]])
      expect(await bob.pending()).toEqual([])
      await bob.syncLatest(LONG)
      expect(await bob.call('get', { key: 'offline' })).toMatchObject({ response: 1 })
      await bob.syncFullHistory()
      await connection.close()
      await checkDatabase(bob)
    },
    TEST_MS,
  )

  it(
    'learns of its ops once the blocks are here, though the index grows no more',
    async ({ expect }) => {
      await using folder = await TemporaryFolder.make()
      await using alice = await Database.create(folder.at('alice'), workbench)
      {
        await using bob = await Database.load(folder.at('bob'), alice.pubkey)
        await admitBob(alice, bob)
      }
      await cutShort(alice, folder.at('bob'))
      await using bob = await Database.load(folder.at('bob'))
      const [pending] = await bob.pending()
      const { version } = bob.index
      const result = pending!.whenProcessed(LONG)
      await bob.methods() // the wait has looked
      const connection = connect(alice, bob)
      expect(await result).toMatchObject([{ success: true }])
      expect(bob.index.version).toBe(version)
      await bob.syncFullHistory()
      await connection.close()
      await checkDatabase(bob)
    },
    TEST_MS,
  )
})

describe.concurrent('a copy that has a head and no block', () => {
  it(
    'says soon which log lacks what, and waits where a peer is there to give it',
    async ({ expect }) => {
      await using folder = await TemporaryFolder.make()
      await using alice = await Database.create(folder.at('alice'), workbench)
      await (await alice.call('put', { key: 'a', value: 1 })).whenProcessed()
      {
        await using storage = LogStorage.at(folder.at('copy'))
        await storage.create()
        await storage.describe({ key: alice.pubkey, identity: null })
        const log = await Log.open(storage, alice.pubkey)
        const mirror = { replicate: (first: boolean) => storage.store.replicate(first) as never }
        const connection = connect(alice, mirror)
        while (log.length < alice.index.version) await new Promise(setImmediate)
        await connection.close()
        expect(log.blocks).toBe(0)
      }
      await using copy = await Database.load(folder.at('copy'))
      const missing = {
        code: 'BLOCK_MISSING',
        message: expect.stringMatching(
          new RegExp(`of log ${copy.pubkey.toString('hex')} is not here: connect`),
        ),
      }
      const reads = [copy.methods(), copy.call('get', { key: 'a' }), copy.index.get('/values/a')]
      for (const read of reads) read.catch(() => {})
      expect(await copy.pending()).toEqual([])
      for (const read of reads) await expect(read).rejects.toMatchObject(missing)
      const early = copy.call('get', { key: 'a' })
      const connection = connect(alice, copy)
      expect(await early).toMatchObject({ response: 1 })
      await copy.syncFullHistory()
      await connection.close()
      await checkDatabase(copy)
    },
    TEST_MS,
  )
})
