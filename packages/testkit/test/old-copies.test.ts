/** Folders that come back older than what their owner has signed: a restored backup, a lost tail. */
import { describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { connect, copyDatabase, TemporaryFolder, WORKBENCH_CONTRACT } from '../src/index.js'

const workbench = { contract: { source: WORKBENCH_CONTRACT } }

async function put(db: Database, key: string): Promise<void> {
  await (await db.call('put', { key, value: key })).whenProcessed({ timeout: 20_000 })
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a copy that is older than what was signed', () => {
  it('of an executor goes on where a peer has it, and signs nothing twice', async () => {
    await using folder = await TemporaryFolder.make()
    await using bob = await (async () => {
      const db = await Database.create(folder.at('now'), workbench)
      const copy = await Database.load(folder.at('bob'), db.pubkey)
      const connection = connect(db, copy)
      await put(db, 'first')
      await copy.syncLatest()
      await connection.close()
      await db.close()
      return copy
    })()
    await copyDatabase(folder.at('now'), folder.at('old'))
    {
      await using now = await Database.load(folder.at('now'))
      const connection = connect(now, bob)
      await put(now, 'upgraded')
      await (await now.call('upgrade', { code: `${WORKBENCH_CONTRACT}// again` })).whenProcessed()
      for (let n = 0; n < 5; n++) await put(now, `lost ${n}`)
      await until(() => bob.index.version === now.index.version)
      await checkDatabase(bob)
      await connection.close()
    }
    await using old = await Database.load(folder.at('old'))
    expect(old.index.version).toBeLessThan(bob.index.version)
    const failures: Error[] = []
    old.on('failure', (error) => failures.push(error))
    const connection = connect(old, bob)
    await until(() => old.oplogs.length > 0)
    const lostBefore = bob.index.version
    await new Promise((resolve) => setTimeout(resolve, 5))
    await put(old, 'back')
    await put(old, 'again')
    await until(() => bob.index.version === old.index.version)
    expect(bob.index.version).toBeGreaterThan(lostBefore)
    expect(failures).toEqual([])
    expect((await bob.call('get', { key: 'lost 4' })).response).toBe('lost 4')
    expect((await bob.call('get', { key: 'again' })).response).toBe('again')
    await checkDatabase(bob)
    await checkDatabase(old)
    await connection.close()
  })

  it('of a participant catches up before it writes', async () => {
    await using folder = await TemporaryFolder.make()
    await using alice = await Database.create(folder.at('alice'), workbench)
    {
      await using bob = await Database.load(folder.at('bob'), alice.pubkey)
      const { publicKey } = await bob.createIdentity()
      const connection = connect(alice, bob)
      await (await alice.call('admit', { pubkey: publicKey.toString('hex') })).whenProcessed()
      await bob.syncLatest()
      await put(bob, 'first')
      await connection.close()
    }
    await copyDatabase(folder.at('bob'), folder.at('old'))
    {
      await using bob = await Database.load(folder.at('bob'))
      const connection = connect(alice, bob)
      for (let n = 0; n < 5; n++) await put(bob, `lost ${n}`)
      await connection.close()
    }
    await using old = await Database.load(folder.at('old'))
    const connection = connect(alice, old)
    await until(() => old.index.version === alice.index.version)
    await put(old, 'back')
    expect(await old.pending()).toEqual([])
    const report = await checkDatabase(alice)
    expect(report).toMatchObject({ ops: 8, waiting: 0 })
    await connection.close()
  })
})
