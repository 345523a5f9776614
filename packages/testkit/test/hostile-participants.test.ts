/** What a participant does to its own log must neither stop the executor nor accuse it. */
import {
  encodeOp,
  headSignable,
  IndexLog,
  Log,
  type LogIdentity,
  Storage as LogStorage,
  oplogIdentity,
  Roots,
  sign,
  sodiumCrypto,
  wrapSignature,
} from '@vitra/log'
import { describe, expect, it } from 'vitest'
import { Database, Storage } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { connect, copyDatabase, TemporaryFolder, WORKBENCH_CONTRACT } from '../src/index.js'

const workbench = { contract: { source: WORKBENCH_CONTRACT } }

async function put(db: Database, key: string): Promise<void> {
  await (await db.call('put', { key, value: key })).whenProcessed({ timeout: 10_000 })
}

/** A database of alice that has admitted bob, whose folder is closed. */
async function admitBob(folder: TemporaryFolder): Promise<{ alice: Database; publicKey: Uint8Array }> {
  const alice = await Database.create(folder.at('alice'), workbench)
  await using bob = await Database.load(folder.at('bob'), alice.pubkey)
  const { publicKey } = await bob.createIdentity()
  const connection = connect(alice, bob)
  await (await alice.call('admit', { pubkey: publicKey.toString('hex') })).whenProcessed()
  await bob.syncLatest()
  await connection.close()
  return { alice, publicKey: new Uint8Array(publicKey) }
}

describe('a participant', () => {
  it('signs its log in a container that only hypercore reads', async () => {
    await using folder = await TemporaryFolder.make()
    const { alice, publicKey } = await admitBob(folder)
    await using _ = alice
    const storage = LogStorage.at(folder.at('bob'))
    await storage.load()
    const pair = (await storage.keys.get(publicKey))!
    const log = await Log.open(storage, oplogIdentity(publicKey, alice.pubkey))
    const block = encodeOp({ op: 'PUT', key: 'odd', value: 1 })
    const roots = new Roots(sodiumCrypto)
    roots.append(block)
    const container = wrapSignature(
      sign(headSignable(sodiumCrypto, log.key, 1, roots.treeHash()), pair.secretKey),
    )
    container[66] = 5
    const core = log.core as unknown as { append(blocks: Buffer[], options: object): Promise<unknown> }
    await core.append([Buffer.from(block)], { signature: Buffer.from(container) })
    await log.close()
    await storage.close()

    await using bob = await Database.load(folder.at('bob'))
    const connection = connect(alice, bob)
    await put(bob, 'after')
    await put(alice, 'still')
    expect((await alice.call('get', { key: 'odd' })).response).toBe(1)
    await checkDatabase(alice)
    await connection.close()
  })

  it('signs two histories: the others go on, and nobody calls it the executor’s fault', async () => {
    await using folder = await TemporaryFolder.make()
    const { alice } = await admitBob(folder)
    await using _ = alice
    await copyDatabase(folder.at('bob'), folder.at('twin'))
    {
      await using bob = await Database.load(folder.at('bob'))
      const connection = connect(alice, bob)
      await put(bob, 'one')
      await connection.close()
    }
    await using twin = await Database.load(folder.at('twin'))
    await twin.call('put', { key: 'other', value: 1 })
    await twin.call('put', { key: 'another', value: 1 })
    const connection = connect(alice, twin)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await put(alice, 'a')
    const report = await alice.verify()
    expect(report).toMatchObject({ verdict: 'inconclusive', findings: [{ code: 'oplog-equivocation' }] })
    await connection.close()
    await alice.close()
    await using again = await Database.load(folder.at('alice'))
    await put(again, 'b')
    await checkDatabase(again)
  })

  it('has the contract’s `process` give a value as deep as values go', async () => {
    const source = `
      export function go (_, emit) { emit({ op: 'GO' }) }
      export function process () { let v = 1; for (let n = 1; n < 64; n++) v = [v]; return v }
      export const apply = { GO (tx, op, ack) { tx.put('/inner', ack.metadata[0]) } }`
    await using db = await Database.create(Storage.temporary(), { contract: { source } })
    expect(await (await db.call('go')).whenProcessed({ timeout: 10_000 })).toMatchObject([{ success: true }])
    await checkDatabase(db)
  })

  it('keeps the executor busy op after op: it can be closed between two of them', async () => {
    await using folder = await TemporaryFolder.make()
    const source = `
      export function busy (_, emit) { for (let n = 0; n < 60; n++) emit({ op: 'BUSY' }) }
      export function quick (_, emit) { emit({ op: 'QUICK' }) }
      export const apply = {
        BUSY (tx) { for (let n = 0; n < 1e8; n++); tx.put('/busy', 1) },
        QUICK (tx) { tx.put('/quick', 1) } }`
    const db = await Database.create(folder.at('db'), { contract: { source } })
    await db.call('busy')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const started = performance.now()
    await db.close()
    expect(performance.now() - started).toBeLessThan(20_000)
    await using again = await Database.load(folder.at('db'))
    const report = await again.verify()
    expect(report.verdict).toBe('valid')
    expect(report.ops).toBeLessThan(60)
  })
})

describe('a log that is closed', () => {
  it('ends the waits for blocks that never come', async () => {
    await using folder = await TemporaryFolder.make()
    const { alice } = await admitBob(folder)
    await using _ = alice
    for (let n = 0; n < 20; n++) await put(alice, `k${n}`)
    const storage = LogStorage.at(folder.at('carol'))
    await storage.create()
    const log = await Log.open(storage, alice.pubkey)
    const connection = connect(alice, { replicate: (first) => storage.store.replicate(first) as never })
    await log.core.update({ wait: true })
    await connection.close()
    const identity: LogIdentity = log.identity
    expect(identity.signer).toHaveLength(32)
    const index = await IndexLog.open(log)
    const read = index.read((snapshot) => snapshot.read('/values/k3'))
    const wait = log.waitForLength(10_000, 20_000)
    const refused = expect(read).rejects.toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/) })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const started = performance.now()
    await storage.close()
    await refused
    expect(await wait).toBe(false)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})
