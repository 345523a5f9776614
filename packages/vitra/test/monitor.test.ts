/** A monitor goes on where the last one of its copy stopped, and believes nothing else than its own place. */

import { once } from 'node:events'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { Log, Storage as LogStorage } from '@vitra/log'
import { COUNTER_CONTRACT, connect, copyDatabase, TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it } from 'vitest'
import { signedCheckpoint } from '../src/audit-checkpoint.js'
import { ContractFraudProof, Database, type Monitor, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const counter = { contract: { source: COUNTER_CONTRACT } }
const workbench = { contract: { source: WORKBENCH_CONTRACT } }

async function increment(db: Database, times: number): Promise<void> {
  for (let n = 0; n < times; n++) await (await db.call('increment')).whenProcessed()
}

/** Resolves with what the monitor has checked once it has checked `version`. */
function validated(
  monitor: Monitor,
  version: number,
): Promise<{ version: number; batches: number; ops: number }> {
  return new Promise((resolve, reject) => {
    monitor.on('validated', (told) => told.version >= version && resolve(told))
    monitor.on('violation', reject)
    monitor.on('inconclusive', (report) => reject(new Error(JSON.stringify(report.findings))))
    monitor.on('error', reject)
  })
}

async function monitorAll(
  db: Database,
): Promise<{ version: number; batches: number; ops: number; from: number }> {
  await using monitor = await db.monitor()
  const told = await validated(monitor, db.index.version)
  return { ...told, from: monitor.from }
}

describe('a monitor that was stopped', () => {
  it('goes on from its place, and runs nothing of the history again', async () => {
    await using folder = await TemporaryFolder.make()
    let version: number
    {
      await using db = await Database.create(folder.at('db'), counter)
      await increment(db, 12)
      version = db.index.version
      expect(await monitorAll(db)).toMatchObject({ version, ops: 12, from: 0 })
    }
    await using db = await Database.load(folder.at('db'))
    expect(await monitorAll(db)).toEqual({ version, batches: 0, ops: 0, from: version })
    await increment(db, 3)
    expect(await monitorAll(db)).toMatchObject({ version: db.index.version, ops: 3, from: version })
    const report = await checkDatabase(db)
    expect(report).toMatchObject({ from: 0, ops: 15 })
  })

  it('knows the contract, the participants, their places and the time as they were', async () => {
    await using folder = await TemporaryFolder.make()
    await using carol = await Database.load(folder.at('carol'), await foundWorkbench(folder.at('db')))
    const identity = await carol.createIdentity()
    for (let round = 0; round < 4; round++) {
      await using db = await Database.load(folder.at('db'))
      const connection = connect(db, carol)
      if (round === 0) await (await db.call('admit', { pubkey: identity.toString() })).whenProcessed()
      await carol.syncLatest()
      const before = (await monitorAll(db)).version
      await (await db.call('put', { key: 'a', value: round })).whenProcessed()
      await (await carol.call('put', { key: 'c', value: round })).whenProcessed({ timeout: 20_000 })
      const failing = await carol.call('fail', {})
      await expect(failing.whenProcessed({ timeout: 20_000 })).rejects.toMatchObject({ code: 'OP_REJECTED' })
      const code = `${WORKBENCH_CONTRACT}\nexport function round () { return ${round} }`
      if (round === 1) await (await db.call('upgrade', { code })).whenProcessed()
      if (round === 2) await (await db.call('remove', { pubkey: identity.toString() })).whenProcessed()
      if (round === 2) await (await db.call('admit', { pubkey: identity.toString() })).whenProcessed()
      const again = await monitorAll(db)
      expect(again).toMatchObject({ from: before, version: db.index.version })
      expect(again.ops).toBe([3, 4, 5, 3][round])
      await connection.close()
      await checkDatabase(db)
    }
  })

  it('finds the lie that was told meanwhile, and the one told after', async () => {
    for (const isMeanwhile of [true, false]) {
      await using folder = await TemporaryFolder.make()
      {
        await using db = await Database.create(folder.at('db'), counter)
        await increment(db, 4)
        await monitorAll(db)
        await checkDatabase(db)
        if (isMeanwhile) await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 1 }])
      }
      await using db = await Database.load(folder.at('db'))
      const monitor = await db.monitor()
      const violation = once(monitor, 'violation')
      if (!isMeanwhile) {
        await validated(monitor, db.index.version)
        await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 1 }])
      }
      const [proof] = (await violation) as [ContractFraudProof]
      expect(monitor.from).toBeGreaterThan(0)
      expect(proof).toBeInstanceOf(ContractFraudProof)
      expect(proof.violation.code).toBe('unprompted-change')
      expect(proof.report).toMatchObject({ from: monitor.from, ops: 0 })
      expect(await db.frauds()).toHaveLength(1)
      await expect(db.verify()).rejects.toMatchObject({ violation: { code: 'unprompted-change' } })
    }
  })

  it('leaves the history before its place to verify', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await Database.create(folder.at('db'), counter)
    await increment(db, 2)
    await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 9 }])
    await increment(db, 2)
    // Whoever can write the folder can forge the place: here with the hash of a log that was never checked.
    await forgePlace(folder.at('db'), db)
    const monitor = await db.monitor()
    await validated(monitor, db.index.version)
    await monitor.close()
    await expect(db.verify()).rejects.toMatchObject({ violation: { code: 'unprompted-change' } })
  })

  it('begins at genesis where asked to', async () => {
    await using db = await Database.create(Storage.temporary(), counter)
    await increment(db, 3)
    await monitorAll(db)
    await using monitor = await db.monitor({ fresh: true })
    expect(await validated(monitor, db.index.version)).toMatchObject({ ops: 3 })
    expect(monitor.from).toBe(0)
    await checkDatabase(db)
  })
})

describe('a place that is not in the log', () => {
  it('is passed over, told, and replaced', async () => {
    await using folder = await TemporaryFolder.make()
    await (await Database.create(folder.at('db'), counter)).close()
    const file = folder.at('db', 'audit.json')
    {
      await using db = await Database.load(folder.at('db'))
      await increment(db, 5)
      await monitorAll(db)
    }
    const good = JSON.parse(await readFile(file, 'utf8'))
    const wrong = [
      { ...good, treeHash: 'ab'.repeat(32) },
      { ...good, version: good.version - 1 },
      { ...good, version: good.version + 1000 },
      { ...good, version: 1 },
    ]
    for (const place of wrong) {
      await writeFile(file, JSON.stringify(place))
      await using db = await Database.load(folder.at('db'))
      const monitor = await db.monitor()
      const restart = once(monitor, 'restart')
      const told = await validated(monitor, db.index.version)
      expect(told, JSON.stringify(place)).toMatchObject({ ops: 5, version: good.version })
      expect(await restart).toEqual([{ version: place.version }])
      expect(monitor.from).toBe(0)
      await monitor.close()
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(good)
    }
    for (const text of [
      '',
      'broken',
      '[]',
      'null',
      '{"format":2}',
      JSON.stringify({ ...good, version: '5' }),
      JSON.stringify({ ...good, version: -3 }),
    ]) {
      await writeFile(file, text)
      await using db = await Database.load(folder.at('db'))
      expect(await monitorAll(db), text).toMatchObject({ ops: 5, from: 0 })
      await checkDatabase(db)
    }
  })

  it('is no proof, but the head that was seen is, where the log is another history', async () => {
    await using folder = await TemporaryFolder.make()
    await (await Database.create(folder.at('db'), counter)).close()
    await copyDatabase(folder.at('db'), folder.at('twin'))
    for (const [name, amount] of [
      ['db', 1],
      ['twin', 2],
    ] as const) {
      await using db = await Database.load(folder.at(name))
      await (await db.call('increment', { amount })).whenProcessed()
      await monitorAll(db)
      await checkDatabase(db)
    }
    await copyFile(folder.at('db', 'audit.json'), folder.at('twin', 'audit.json'))
    {
      await using twin = await Database.load(folder.at('twin'))
      const monitor = await twin.monitor()
      const restart = once(monitor, 'restart')
      await validated(monitor, twin.index.version)
      await restart
    }
    const other = JSON.parse(await readFile(folder.at('twin', 'local.json'), 'utf8'))
    const { seen } = JSON.parse(await readFile(folder.at('db', 'local.json'), 'utf8'))
    await writeFile(folder.at('twin', 'local.json'), JSON.stringify({ ...other, seen }))
    await using twin = await Database.load(folder.at('twin'))
    const monitor = await twin.monitor()
    const [proof] = await once(monitor, 'violation')
    expect(proof).toMatchObject({ violation: { kind: 'equivocation', code: 'log-forked' } })
  })
})

describe('a monitor', () => {
  it('knows how far it is behind', async () => {
    await using alice = await Database.create(Storage.temporary(), counter)
    await increment(alice, 6)
    await using bob = await Database.load(Storage.temporary(), alice.pubkey)
    const monitor = await bob.monitor()
    expect(monitor.lag).toEqual({ blocks: 0, version: 0, length: 0, knownLength: 0 })
    const connection = connect(alice, bob)
    await bob.whenConnected()
    expect(monitor.lag.knownLength).toBe(alice.index.version)
    await validated(monitor, alice.index.version)
    expect(monitor.lag).toMatchObject({ blocks: 0, version: alice.index.version })
    await connection.close()
    await checkDatabase(bob)
  })

  it('checks again what it could not check once the blocks that it missed are here', async () => {
    await using folder = await TemporaryFolder.make()
    await using alice = await Database.create(Storage.temporary(), counter)
    await increment(alice, 3)
    // A peer that has the index and no oplog.
    await using storage = LogStorage.temporary()
    await storage.create()
    const index = await Log.open(storage, alice.pubkey)
    index.core.download({ start: 0, end: -1 })
    const mirror = { replicate: (first: boolean) => storage.store.replicate(first) as never }
    const filling = connect(alice, mirror)
    while (index.length < alice.index.version || !index.isComplete) await new Promise(setImmediate)
    await filling.close()
    await using bob = await Database.load(folder.at('bob'), alice.pubkey)
    const partial = connect(mirror, bob)
    await bob.syncLatest()
    const monitor = await bob.monitor()
    const [report] = await once(monitor, 'inconclusive')
    expect(report).toMatchObject({ version: alice.index.version, ops: 3 })
    expect(report.findings).toHaveLength(3)
    const whole = connect(alice, bob)
    const [told] = await once(monitor, 'validated')
    expect(told).toMatchObject({ version: alice.index.version, ops: 3 })
    await monitor.close()
    expect(await monitorAll(bob)).toMatchObject({ from: alice.index.version, ops: 0 })
    await partial.close()
    await whole.close()
    await checkDatabase(bob)
  }, 60_000)
})

async function foundWorkbench(folder: string): Promise<Buffer> {
  await using db = await Database.create(folder, workbench)
  return db.pubkey
}

async function forgePlace(folder: string, db: Database): Promise<void> {
  const { record, treeHash } = await lastBatch(db)
  const key = await LogStorage.at(folder).keys.ofPurpose('audit')
  const place = { version: record, treeHash: new Uint8Array(Buffer.from(treeHash, 'hex')) }
  await writeFile(`${folder}/audit.json`, JSON.stringify(signedCheckpoint(key, db.pubkey, place)))
}

/** The head before the newest batch, as the batch record states it. */
async function lastBatch(db: Database): Promise<{ record: number; treeHash: string }> {
  const batch = (await db.index.get('/.sys/batch'))!.value as { prevEnd: number; prevTreeHash: Uint8Array }
  return { record: batch.prevEnd, treeHash: Buffer.from(batch.prevTreeHash).toString('hex') }
}
