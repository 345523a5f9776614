/**
 * An executor that shows two histories to participants who never meet: what they acknowledge in their oplogs tells
 * whoever has both, and accuses nobody until the other history is found under the executor's own signature.
 */
import { encodeEcho, Log, Storage as LogStorage, oplogIdentity, toHex } from '@vitra/log'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ContractFraudProof, check, Database, encodeProof } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import {
  appendBlocks,
  connect,
  copyDatabase,
  publish,
  readHistory,
  TemporaryFolder,
  WORKBENCH_CONTRACT,
} from '../src/index.js'
import { useGuests } from './guests.js'

useGuests()

const MINUTE = { timeout: 60_000 }
let folder: TemporaryFolder
let alice: Uint8Array
let bob: Uint8Array
let key: Uint8Array

async function put(db: Database, name: string): Promise<void> {
  await (await db.call('put', { key: name, value: 1 })).whenProcessed(MINUTE)
}

/** The blocks of bob's oplog in a folder that is closed. */
async function blocksOfBob(path: string): Promise<Uint8Array[]> {
  const storage = LogStorage.at(path)
  await storage.load()
  const log = await Log.open(storage, oplogIdentity(bob, key))
  const blocks: Uint8Array[] = []
  for (let seq = 0; seq < log.length; seq++) blocks.push(await log.get(seq, { wait: false }))
  await storage.close()
  return blocks
}

/** How long the index of a folder is, and bob's blocks. */
async function lengthAndBlocks(path: string): Promise<{ length: number; blocks: Uint8Array[] }> {
  await using db = await Database.load(path, undefined, { acknowledge: false })
  const length = db.index.version
  await db.close()
  return { length, blocks: await blocksOfBob(path) }
}

/** A copy of what a folder has, without keys. */
async function replicaOf(path: string, name: string): Promise<string> {
  await using source = await Database.load(path, undefined, { acknowledge: false })
  await source.executor?.sync()
  await using copy = await Database.load(folder.at(name), key)
  const connection = connect(source, copy)
  await copy.syncFullHistory(MINUTE)
  await connection.close()
  return folder.at(name)
}

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  await using db = await Database.create(folder.at('shared'), { contract: { source: WORKBENCH_CONTRACT } })
  key = new Uint8Array(db.pubkey)
  alice = new Uint8Array(db.localOplog!.publicKey)
  bob = new Uint8Array((await db.createIdentity()).publicKey)
  await (await db.call('admit', { pubkey: Buffer.from(bob).toString('hex') })).whenProcessed()
})
afterAll(() => folder[Symbol.asyncDispose]())

describe('an executor that shows two histories', () => {
  /** Holds what alice was shown, and bob's oplog, which he wrote over another history. */
  let shown: string
  let other: string

  beforeAll(async () => {
    other = folder.at('other')
    await copyDatabase(folder.at('shared'), other)
    {
      await using db = await Database.load(other, undefined, { acknowledge: true })
      await db.setLocalOplog(bob)
      await put(db, 'bob1')
      await put(db, 'bob2')
    }
    const said = await blocksOfBob(other)
    const path = folder.at('first')
    await copyDatabase(folder.at('shared'), path)
    {
      await using db = await Database.load(path, undefined, { acknowledge: true })
      await db.setLocalOplog(alice)
      await put(db, 'alice1')
      await put(db, 'alice2')
    }
    await appendBlocks(path, bob, key, said)
    shown = await replicaOf(path, 'shown')
  })

  it('is contradicted by the acknowledgements alone: an audit names both parties and accuses neither', async () => {
    await using db = await Database.load(shown)
    const report = await checkDatabase(db, { verdict: 'inconclusive' })
    expect(report.violation).toBeUndefined()
    const executor = expect.stringMatching(/^[0-9a-f]{64}$/)
    expect(report.findings).toMatchObject([
      {
        code: 'echo-contradiction',
        suspect: true,
        at: { seq: 1 },
        echo: { participant: Buffer.from(bob).toString('hex'), executor },
      },
    ])
    const { echo } = report.findings[0]!
    expect(echo!.treeHash).not.toBe(echo!.published)
    expect(await db.suspects()).toEqual(report.findings)
    await expect(db.verify({ strict: true })).rejects.toMatchObject({ code: 'AUDIT_INCONCLUSIVE' })
  })

  it('makes a monitor suspicious, over a restart too, and its findings are told once', async () => {
    const path = folder.at('monitored')
    await copyDatabase(shown, path)
    for (let start = 0; start < 2; start++) {
      await using db = await Database.load(path)
      await using monitor = await db.monitor()
      const news = await new Promise((resolve) => monitor.once('suspect', resolve))
      expect(news).toMatchObject([{ code: 'echo-contradiction' }])
      expect(monitor.status).toBe('suspect')
      expect(await db.suspects()).toHaveLength(1)
      expect(await db.frauds()).toEqual([])
    }
  })

  it('is proved by a peer that has what the participant was shown', async () => {
    const path = folder.at('meets')
    await copyDatabase(shown, path)
    await using db = await Database.load(path)
    await using monitor = await db.monitor()
    await new Promise((resolve) => monitor.once('suspect', resolve))
    const violated = new Promise<ContractFraudProof>((resolve) => monitor.once('violation', resolve))
    await using peer = await Database.load(other, undefined, { acknowledge: false })
    const connection = connect(db, peer)
    const { violation, proof } = await violated
    await connection.close()
    expect(violation.code).toBe('log-forked')
    expect(proof?.kind).toBe('equivocation')
    expect(await check(encodeProof(proof!), { pubkey: Buffer.from(key) })).toMatchObject({ ok: true })
  })
})

describe('a participant that acknowledges what it was never shown', () => {
  it('makes no honest executor look guilty, whatever it writes', async () => {
    const length = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.nat(1_000_000), fc.maxSafeNat())
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
    let nth = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(length, hash), { minLength: 1, maxLength: 5 }), async (echoes) => {
        const path = folder.at(`liar-${nth}`)
        await copyDatabase(folder.at('shared'), path)
        await appendBlocks(
          path,
          bob,
          key,
          echoes.map(([at, treeHash]) => encodeEcho(at, treeHash)),
        )
        const copy = await replicaOf(path, `liar-copy-${nth++}`)
        await using executor = await Database.load(path)
        await using db = await Database.load(copy)
        const connection = connect(executor, db)
        await db.whenConnected(MINUTE)
        const report = await db.verify()
        await connection.close()
        const lies = echoes.filter(([at]) => at >= 5) // no head is shorter
        expect(report.violation).toBeUndefined()
        expect(report.verdict).toBe(lies.length === 0 ? 'valid' : 'inconclusive')
        expect(report.findings.map(({ code, echo }) => [code, echo?.participant])).toEqual(
          lies.length === 0 ? [] : [['echo-contradiction', Buffer.from(bob).toString('hex')]],
        )
        expect(await db.frauds()).toEqual([])
      }),
      { numRuns: 6 },
    )
  })

  it('is left alone while the index has not got there, and told though the executor leaves it out', async () => {
    const path = folder.at('left-out')
    await copyDatabase(folder.at('shared'), path)
    const history = await readHistory(path)
    const { length, blocks } = await lengthAndBlocks(path)
    const [ahead, other] = [folder.at('ahead'), folder.at('behind')]
    const oplog = history.oplogs.find(({ input }) => toHex(input.signer) === toHex(bob))!
    expect(blocks).toEqual([])
    oplog.blocks.push(encodeEcho(length + 2, new Uint8Array(32)))
    await publish(history, ahead)
    {
      await using db = await Database.load(ahead)
      expect(await checkDatabase(db)).toMatchObject({ findings: [], waiting: 0 })
    }
    oplog.blocks.push(encodeEcho(length, new Uint8Array(32)))
    await publish(history, other)
    await using db = await Database.load(other)
    const report = await checkDatabase(db, { verdict: 'inconclusive' })
    expect(report.findings).toMatchObject([{ code: 'echo-contradiction', echo: { length } }])
    expect(report.violation).toBeUndefined()
  })

  it('is one that says what is true where it names a head of this history', async () => {
    const path = folder.at('true')
    await copyDatabase(folder.at('shared'), path)
    await using db = await Database.load(path, undefined, { acknowledge: true })
    await put(db, 'a')
    await put(db, 'b')
    await put(db, 'c')
    expect((await checkDatabase(db)).findings).toEqual([])
  })
})
