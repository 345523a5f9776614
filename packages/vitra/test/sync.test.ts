/** What a copy knows of its peers, and the waits until it has what they have. */

import { once } from 'node:events'
import { Log, Storage as LogStorage } from '@vitra/log'
import { COUNTER_CONTRACT, connect, TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it, vi } from 'vitest'
import { Database, type FullSyncProgress, type PeerInfo, Storage, type SyncProgress } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const counter = { contract: { source: COUNTER_CONTRACT } }
const workbench = { contract: { source: WORKBENCH_CONTRACT } }

async function increment(db: Database, times: number): Promise<void> {
  const calls = await Promise.all(Array.from({ length: times }, () => db.call('increment')))
  await Promise.all(calls.map((tx) => tx.whenProcessed()))
}

describe('db.peers', () => {
  it('tells who exchanges the index, how much they have, and when they come and go', async () => {
    await using alice = await Database.create(Storage.temporary(), counter)
    await increment(alice, 3)
    await using bob = await Database.load(Storage.temporary(), alice.pubkey)
    const told: [string, PeerInfo][] = []
    bob.on('peer-add', (peer) => told.push(['add', peer]))
    bob.on('peer-remove', (peer) => told.push(['remove', peer]))
    expect(bob.peers).toEqual([])
    const waiting = bob.whenConnected()
    const connection = connect(alice, bob)
    await waiting
    expect(bob.peers).toMatchObject([{ publicKey: expect.any(Buffer), indexLength: alice.index.version }])
    await bob.whenConnected({ timeout: 0 })
    await bob.syncLatest()
    expect(bob.progress()).toMatchObject({ length: alice.index.version, peers: 1 })
    const gone = once(bob, 'peer-remove')
    await connection.close()
    await gone
    expect(bob.peers).toEqual([])
    expect(told.map(([what]) => what)).toEqual(['add', 'remove'])
    expect(told[0]![1].indexLength).toBe(alice.index.version)
    await checkDatabase(alice)
  })
})

describe('db.whenConnected', () => {
  it('ends with a code, with the signal’s reason, or with the database', async () => {
    const db = await Database.create(Storage.temporary(), counter)
    await expect(db.whenConnected({ timeout: 20 })).rejects.toMatchObject({
      name: 'DatabaseError',
      code: 'CONNECT_TIMEOUT',
    })
    const reason = new Error('enough')
    const abort = new AbortController()
    const aborted = db.whenConnected({ signal: abort.signal })
    abort.abort(reason)
    await expect(aborted).rejects.toBe(reason)
    await checkDatabase(db)
    const waits = Promise.allSettled([db.whenConnected(), db.syncFullHistory()])
    await db.close()
    expect((await waits)[0]).toMatchObject({ status: 'rejected', reason: { code: 'DATABASE_CLOSED' } })
    await expect(db.syncFullHistory()).rejects.toMatchObject({ code: 'DATABASE_CLOSED' })
    expect(db.peers).toEqual([])
  })
})

describe('db.syncLatest', () => {
  it('says what is missing where no peer gives it', async () => {
    await using alice = await Database.create(Storage.temporary(), counter)
    await using bob = await Database.load(Storage.temporary(), alice.pubkey)
    await expect(bob.syncLatest({ timeout: 20 })).rejects.toMatchObject({
      code: 'SYNC_TIMEOUT',
      message: expect.stringContaining('no peer is connected'),
      details: { length: 0, knownLength: 0, peers: 0 },
    })
    await checkDatabase(alice)
  })
})

describe('db.progress', () => {
  it('is told as blocks arrive, and ends with nothing missing', async () => {
    await using alice = await Database.create(Storage.temporary(), workbench)
    await (await alice.call('many', { count: 400 })).whenProcessed()
    await using bob = await Database.load(Storage.temporary(), alice.pubkey)
    expect(bob.progress()).toEqual({ length: 0, knownLength: 0, missingBlocks: 0, peers: 0 })
    const told: SyncProgress[] = []
    bob.on('sync', (progress) => told.push(progress))
    const connection = connect(alice, bob)
    await bob.syncFullHistory()
    while (told.at(-1)?.missingBlocks !== 0) await once(bob, 'sync')
    const { version } = alice.index
    expect(told.at(-1)).toEqual({ length: version, knownLength: version, missingBlocks: 0, peers: 1 })
    expect(told.length).toBeLessThan(version)
    await connection.close()
    await checkDatabase(bob)
  })
})

describe('db.syncFullHistory', () => {
  it('does not count all blocks for each one that comes', async () => {
    await using alice = await Database.create(Storage.temporary(), workbench)
    await (await alice.call('many', { count: 400 })).whenProcessed({ timeout: 100_000 })
    await using bob = await Database.load(Storage.temporary(), alice.pubkey)
    const counts = vi.spyOn(Log.prototype, 'blocks', 'get')
    const startedAt = performance.now()
    const connection = connect(alice, bob)
    await bob.syncFullHistory()
    // Progress is told ten times a second, however many blocks come in that time.
    const told = (performance.now() - startedAt) / 100
    expect(counts.mock.calls.length).toBeLessThan(2 * told + 20)
    expect(bob.progress().missingBlocks).toBe(0)
    counts.mockRestore()
    await connection.close()
    await checkDatabase(bob)
  }, 120_000)

  it('has everything on disk, the oplogs of removed participants too, so that an audit needs no peer', async () => {
    await using folder = await TemporaryFolder.make()
    await using alice = await Database.create(Storage.temporary(), workbench)
    await using carol = await Database.load(Storage.temporary(), alice.pubkey)
    const identity = await carol.createIdentity()
    await (await alice.call('admit', { pubkey: identity.toString() })).whenProcessed()
    const left = connect(alice, carol)
    await carol.syncLatest()
    for (let n = 0; n < 5; n++)
      await (await carol.call('put', { key: `c${n}`, value: n })).whenProcessed({ timeout: 20_000 })
    await (await alice.call('remove', { pubkey: identity.toString() })).whenProcessed()
    await left.close()
    {
      await using bob = await Database.load(folder.at('bob'), alice.pubkey)
      const right = connect(alice, bob)
      const told: FullSyncProgress[] = []
      await bob.syncFullHistory({ onProgress: (progress) => told.push(progress) })
      await right.close()
      const last = told.at(-1)!
      expect(last.blocks).toBe(last.knownBlocks)
      expect(last.logs.map(({ kind }) => kind)).toEqual(['index', 'oplog', 'oplog'])
    }
    await using again = await Database.load(folder.at('bob'))
    const report = await checkDatabase(again)
    expect(report).toMatchObject({ verdict: 'valid', ops: 7, waiting: 0 })
    expect(again.oplogs.map(({ active }) => active).sort()).toEqual([false, true])
  })

  it('names what is missing where it does not come, and goes on from there', async () => {
    await using alice = await Database.create(Storage.temporary(), counter)
    await increment(alice, 4)
    const oplog = alice.localOplog!.key.toString('hex')
    // A peer that has the index and no oplog.
    await using storage = LogStorage.temporary()
    await storage.create()
    const index = await Log.open(storage, alice.pubkey)
    index.core.download({ start: 0, end: -1 })
    const mirror = { replicate: (first: boolean) => storage.store.replicate(first) as never }
    const filling = connect(alice, mirror)
    while (index.length < alice.index.version || !index.isComplete) await new Promise(setImmediate)
    await filling.close()
    await using bob = await Database.load(Storage.temporary(), alice.pubkey)
    const partial = connect(mirror, bob)
    await expect(bob.syncFullHistory({ timeout: 3000 })).rejects.toMatchObject({
      code: 'SYNC_TIMEOUT',
      message: expect.stringContaining(`4 blocks of oplog ${oplog}`),
      details: { missing: [{ kind: 'oplog', key: oplog, missing: 4 }] },
    })
    const whole = connect(alice, bob)
    await bob.syncFullHistory()
    await partial.close()
    await whole.close()
    await checkDatabase(bob)
  })
})
