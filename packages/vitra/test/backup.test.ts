/** A database in one file: made while it is in use, checked when it is restored, and never a second history. */
import { connect, Random, TemporaryFolder, testSeed, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it } from 'vitest'
import { Database, declareAlone, importDatabase } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'
import { backup, inPieces, restoreChanged } from './backup-damage.js'

useGuests({ secondLooks: false })

/** Changes of a backup's bytes; `backup-damage.soak.ts` makes many. */
const CHANGES = 20
const workbench = { contract: { source: WORKBENCH_CONTRACT } }

async function put(db: Database, key: string, value: unknown): Promise<void> {
  const tx = await db.call('put', { key, value })
  await tx.whenProcessed()
}

describe('a backup', () => {
  it('holds everything: logs, keys, calls, and who calls', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await Database.create(folder.at('db'), workbench)
    await put(db, 'a', 1)
    const { publicKey } = await db.createIdentity()
    await (await db.call('admit', { pubkey: publicKey.toString('hex') })).whenProcessed()
    await db.setLocalOplog(publicKey)
    await put(db, 'b', 'x'.repeat(500_000))
    const bytes = await backup(db)
    const imported = await importDatabase(folder.at('copy'), inPieces(bytes), { pubkey: db.pubkey })
    expect(imported).toMatchObject({ version: db.index.version, executes: true })
    expect(imported.key.equals(db.pubkey)).toBe(true)
    await using copy = await Database.load(folder.at('copy'))
    expect(copy.localOplog?.publicKey.equals(publicKey)).toBe(true)
    expect(copy.oplogs).toEqual(db.oplogs)
    const calls = []
    for await (const { method, params } of copy.transactions()) calls.push([method, params])
    expect(calls[0]).toEqual(['put', { key: 'b', value: 'x'.repeat(500_000) }])
    expect(calls).toHaveLength(3)
    expect(await checkDatabase(copy)).toMatchObject({ ops: 3 })
    expect(await checkDatabase(db)).toMatchObject({ ops: 3 })
  })

  it('is whole though calls go on while it is made', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await Database.create(folder.at('db'), workbench)
    for (let n = 0; n < 20; n++) await put(db, `k${n}`, 'x'.repeat(20_000))
    let isOver = false
    const calling = (async () => {
      for (let n = 0; !isOver; n++) await put(db, `more${n}`, n)
    })()
    const bytes = await backup(db)
    isOver = true
    await calling
    await importDatabase(folder.at('copy'), inPieces(bytes))
    await using copy = await Database.load(folder.at('copy'))
    expect((await checkDatabase(copy)).ops).toBeGreaterThanOrEqual(20)
    expect(copy.index.version).toBeLessThanOrEqual(db.index.version)
  })

  it('without keys is a copy that reads', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await Database.create(folder.at('db'), workbench)
    await put(db, 'a', 1)
    const bytes = await backup(db, { keys: false })
    for (const identity of await db.identities()) {
      const { secretKey } = (await identity.export()) as { secretKey: string }
      expect(bytes.includes(secretKey)).toBe(false)
    }
    expect(await importDatabase(folder.at('copy'), inPieces(bytes))).toMatchObject({ executes: false })
    await using copy = await Database.load(folder.at('copy'))
    expect(copy.executor).toBeNull()
    expect(copy.localOplog).toBeNull()
    await expect(copy.call('put', { key: 'b', value: 2 })).rejects.toMatchObject({
      code: 'NOT_A_PARTICIPANT',
    })
    await checkDatabase(copy)
  })
})

describe('a copy that was restored', () => {
  it('signs nothing before somebody says that nobody has more', async () => {
    await using folder = await TemporaryFolder.make()
    {
      await using db = await Database.create(folder.at('db'), workbench)
      await put(db, 'a', 1)
      await importDatabase(folder.at('copy'), inPieces(await backup(db)))
    }
    {
      await using copy = await Database.load(folder.at('copy'))
      await expect(copy.call('put', { key: 'b', value: 2 })).rejects.toMatchObject({ code: 'LOG_UNSURE' })
      expect(await checkDatabase(copy)).toMatchObject({ ops: 1 })
    }
    await declareAlone(folder.at('copy'))
    await using copy = await Database.load(folder.at('copy'))
    await put(copy, 'b', 2)
    expect(await checkDatabase(copy)).toMatchObject({ ops: 2 })
  })

  it('of an oplog that was empty then signs nothing either', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await Database.create(folder.at('db'), workbench)
    const { publicKey } = await db.createIdentity()
    await (await db.call('admit', { pubkey: publicKey.toString('hex') })).whenProcessed()
    const bytes = await backup(db)
    await db.setLocalOplog(publicKey)
    await put(db, 'a', 'what the original wrote')
    await importDatabase(folder.at('copy'), inPieces(bytes))
    await using copy = await Database.load(folder.at('copy'))
    await copy.setLocalOplog(publicKey)
    await expect(copy.call('put', { key: 'a', value: 'another' })).rejects.toMatchObject({
      code: 'LOG_UNSURE',
    })
    await checkDatabase(copy)
  })

  it('catches up with a peer that has more, and goes on from there', async () => {
    await using folder = await TemporaryFolder.make()
    await using bob = await (async () => {
      await using db = await Database.create(folder.at('db'), workbench)
      await put(db, 'a', 1)
      await importDatabase(folder.at('copy'), inPieces(await backup(db)))
      await put(db, 'a', 2)
      const reader = await Database.load(folder.at('bob'), db.pubkey)
      const connection = connect(db, reader)
      await reader.syncFullHistory()
      await connection.close()
      return reader
    })() // the original is gone for good
    await using copy = await Database.load(folder.at('copy'))
    const connection = connect(copy, bob)
    await copy.syncFullHistory()
    expect((await copy.index.get('/values/a'))?.value).toBe(2)
    await put(copy, 'a', 3)
    await bob.syncFullHistory()
    expect(await checkDatabase(bob)).toMatchObject({ ops: 3 })
    expect(bob.index.version).toBe(copy.index.version)
    await connection.close()
  })
})

describe('a file that is no backup', () => {
  it('leaves nothing behind, whatever is wrong with it', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await Database.create(folder.at('db'), workbench)
    for (let n = 0; n < 5; n++) await put(db, `k${n}`, 'x'.repeat(300))
    await restoreChanged(await backup(db), db.index.version, CHANGES, new Random(testSeed()))
  })

  it('is refused where it is of another database, or the folder holds one', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await Database.create(folder.at('db'), workbench)
    const bytes = await backup(db)
    const other = { pubkey: '1'.repeat(64) }
    await expect(importDatabase(folder.at('copy'), inPieces(bytes), other)).rejects.toMatchObject({
      code: 'BACKUP_INVALID',
    })
    await expect(importDatabase(folder.at('db'), inPieces(bytes))).rejects.toMatchObject({
      code: 'DATABASE_EXISTS',
    })
    await checkDatabase(db)
  })
})
