/** What a participant acknowledges in its own oplog, when, and what that costs nobody. */
import { decodeEnvelope, IndexLog, Log, Storage as LogStorage, oplogIdentity, toHex } from '@vitra/log'
import {
  COUNTER_CONTRACT,
  connect,
  Random,
  TemporaryFolder,
  testSeed,
  WORKBENCH_CONTRACT,
} from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it } from 'vitest'
import { Database, type OpenOptions, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'
import { runAndKill } from './crash.js'

useGuests({ secondLooks: false })

const seed = testSeed()
const contract = { source: COUNTER_CONTRACT }
const SCRIPT = { source: `// vitra script 1\n${COUNTER_CONTRACT}` }

interface Block {
  readonly type: 'op' | 'echo'
  readonly length?: number
  readonly treeHash?: Uint8Array
}

/** The blocks of the oplog of whoever calls from a folder, which is closed. */
async function blocksOf(folder: string): Promise<Block[]> {
  const storage = LogStorage.at(folder)
  const { key } = await storage.load()
  const index = await Log.open(storage, key)
  const blocks: Block[] = []
  for (const signer of await storage.keys.list()) {
    if (toHex(signer) === toHex(index.identity.signer)) continue
    const log = await Log.open(storage, oplogIdentity(signer, key))
    for (let seq = 0; seq < log.length; seq++) blocks.push(decodeEnvelope(await log.get(seq)))
    for (const [seq, block] of blocks.entries()) {
      if (block.type !== 'echo') continue
      expect(block.treeHash, `echo ${seq}`).toEqual(await index.treeHashAt(block.length!))
      const record = await (await IndexLog.open(index)).batchEnd(block.length!)
      expect(record.number).toBeGreaterThan(0)
    }
  }
  await storage.close()
  return blocks
}

const types = (blocks: readonly Block[]) => blocks.map(({ type }) => type).join(' ')

async function increment(db: Database): Promise<void> {
  await (await db.call('increment')).whenProcessed({ timeout: 60_000 })
}

/** Waits until the executor has given every block of the oplog its outcome. */
async function settled(db: Database, blocks: number): Promise<void> {
  const outcomes = async () => {
    let found = 0
    for await (const { path, value } of db.index.history())
      if (path.startsWith('/.sys/acks/') && !path.endsWith('genesis'))
        found += (value as { outcomes: unknown[] }).outcomes.length
    return found
  }
  await expect.poll(outcomes, { timeout: 60_000, interval: 50 }).toBe(blocks)
}

async function opened(folder: TemporaryFolder, options: OpenOptions, source = contract): Promise<Database> {
  return Database.create(folder.at('db'), { contract: source, ...options })
}

describe('a participant that acknowledges', () => {
  it('does so ahead of its next op, and alone after the last one', async () => {
    await using folder = await TemporaryFolder.make()
    const db = await opened(folder, { acknowledge: true })
    await increment(db)
    await increment(db)
    await increment(db)
    await settled(db, 6)
    // The echo alone had an outcome, and nothing acknowledges that.
    const { version } = db.index
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(db.index.version).toBe(version)
    expect(await db.pending()).toEqual([])
    const calls = []
    for await (const call of db.transactions()) calls.push(call.status)
    expect(calls).toHaveLength(3)
    expect(await checkDatabase(db)).toMatchObject({ waiting: 0, ops: 3 })
    await db.close()
    const blocks = await blocksOf(folder.at('db'))
    expect(types(blocks)).toBe('op echo op echo op echo')
    const lengths = blocks.flatMap(({ length }) => length ?? [])
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b))
  })

  it('acknowledges all results since the last time with one echo', async () => {
    await using folder = await TemporaryFolder.make()
    const db = await opened(folder, { acknowledge: true })
    await Promise.all(Array.from({ length: 100 }, () => increment(db)))
    await checkDatabase(db)
    await db.close()
    const blocks = await blocksOf(folder.at('db'))
    const echoes = blocks.filter(({ type }) => type === 'echo').length
    expect(blocks.length - echoes).toBe(100)
    expect(echoes).toBeGreaterThan(0)
    expect(echoes).toBeLessThan(50)
  })

  it('acknowledges at closing what no op came for, and a later process finds nothing left to do', async () => {
    await using folder = await TemporaryFolder.make()
    const db = await opened(folder, { acknowledge: true })
    await increment(db)
    await db.close()
    expect(types(await blocksOf(folder.at('db')))).toBe('op echo')
    const again = await Database.load(folder.at('db'), undefined, { acknowledge: true })
    await settled(again, 2)
    await increment(again)
    await checkDatabase(again)
    await again.close()
    expect(types(await blocksOf(folder.at('db')))).toBe('op echo op echo')
  })

  it('acknowledges what an earlier process has not', async () => {
    await using folder = await TemporaryFolder.make()
    const db = await opened(folder, { acknowledge: false })
    await increment(db)
    await increment(db)
    await db.close()
    expect(types(await blocksOf(folder.at('db')))).toBe('op op')
    const again = await Database.load(folder.at('db'), undefined, { acknowledge: true })
    await settled(again, 3)
    await checkDatabase(again)
    await again.close()
    expect(types(await blocksOf(folder.at('db')))).toBe('op op echo')
  })

  it('acknowledges what failed as well', async () => {
    await using folder = await TemporaryFolder.make()
    const db = await opened(folder, { acknowledge: true }, { source: WORKBENCH_CONTRACT })
    await expect((await db.call('fail')).whenProcessed()).rejects.toMatchObject({ code: 'OP_REJECTED' })
    await checkDatabase(db)
    await db.close()
    expect(types(await blocksOf(folder.at('db')))).toBe('op echo')
  })

  it('is by default one that calls a script', async () => {
    for (const [source, expected] of [
      [SCRIPT, 'op echo op echo'],
      [contract, 'op op'],
    ] as const) {
      await using folder = await TemporaryFolder.make()
      const db = await opened(folder, {}, source)
      await increment(db)
      await increment(db)
      await checkDatabase(db)
      await db.close()
      expect(types(await blocksOf(folder.at('db')))).toBe(expected)
    }
  })

  it('may be elsewhere: it acknowledges what reached it, and the executor has it', async () => {
    await using folder = await TemporaryFolder.make()
    await using alice = await Database.create(folder.at('alice'), {
      contract: { source: WORKBENCH_CONTRACT },
    })
    const bob = await Database.load(folder.at('bob'), alice.pubkey, { acknowledge: true })
    const { publicKey } = await bob.createIdentity()
    const connection = connect(alice, bob)
    await (await alice.call('admit', { pubkey: publicKey.toString('hex') })).whenProcessed()
    await bob.syncLatest()
    for (const key of ['a', 'b'])
      await (await bob.call('put', { key, value: 1 })).whenProcessed({ timeout: 60_000 })
    await settled(alice, 5)
    await checkDatabase(alice)
    await bob.syncLatest()
    await checkDatabase(bob)
    await connection.close()
    await bob.close()
    expect(types(await blocksOf(folder.at('bob')))).toBe('op echo op echo')
  })

  it(`never acknowledges what the executor has not published, however often it is killed (VITRA_SEED=${seed})`, async () => {
    const random = new Random(seed)
    await using folder = await TemporaryFolder.make()
    await (await opened(folder, { acknowledge: true })).close()
    let acknowledged = 0
    for (let round = 0; round < 5; round++) {
      const { called } = await runAndKill(folder.at('db'), random, 'acknowledge')
      await using db = await Database.load(folder.at('db'), undefined, { acknowledge: true })
      await db.executor!.sync()
      // An echo of a head that was signed and lost would contradict the index.
      await checkDatabase(db)
      const own = new Map<number, string>()
      for await (const line of db.story({ log: db.localOplog!.publicKey })) own.set(line.position, line.kind)
      if (called >= 0) expect(own.get(called + 1)).toBe('call')
      acknowledged = [...own.values()].filter((kind) => kind === 'ack').length
    }
    expect(acknowledged).toBeGreaterThan(3)
  }, 300_000)

  it('keeps no process alive, and nobody from closing', async () => {
    const db = await Database.create(Storage.temporary(), { contract, acknowledge: true })
    await increment(db)
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    await db.close()
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThanOrEqual(
      timers,
    )
    await expect(db.call('increment')).rejects.toMatchObject({ code: 'DATABASE_CLOSED' })
  })
})
