/**
 * A log on a disk that fails for a while and is well again: it goes on without being loaded again, signs no length twice,
 * and loses nothing that was acknowledged or signed (spec/8-durability §2).
 */
import { Log, type LogError, LogWriter, newKeyPair, oplogIdentity, Storage, toHex } from '@vitra/log'
import { expect, it } from 'vitest'
import { FaultDisk, InjectedError, Random, SignedHeads, TemporaryFolder } from '../src/index.js'

const SEEDS = [1, 2, 3]
const APPENDS = 24
/** Every so often hypercore's writes fail for longer than an append goes on trying. */
const LONG_EVERY = 12
const LONG = 7

/** What hypercore writes to its storage; RocksDB writes past the simulated disk. */
class HypercoreWrites {
  /** So many of those that come next fail. */
  failing = 0
  failed = 0

  constructor(log: Log) {
    const { storage } = (log.core as unknown as { state: { storage: { write(): Transaction } } }).state
    const write = storage.write.bind(storage)
    storage.write = () => {
      const transaction = write()
      const flush = transaction.flush.bind(transaction)
      transaction.flush = async () => {
        if (this.failing-- <= 0) return flush()
        this.failed++
        throw new Error('Batch was not applied', {
          cause: new InjectedError('ENOSPC', 'a write of hypercore'),
        })
      }
      return transaction
    }
  }
}

interface Transaction {
  flush(): Promise<boolean>
}

async function openLog(storage: Storage, pair: ReturnType<typeof newKeyPair>) {
  const log = await Log.open(storage, oplogIdentity(pair.publicKey, new Uint8Array(32)))
  return { log, writer: await LogWriter.open(log, storage, pair) }
}

/** @returns what ends it */
function connect(one: Storage, other: Storage): () => void {
  const [left, right] = [one.store.replicate(true), other.store.replicate(false)]
  for (const stream of [left, right]) stream.on('error', () => {})
  left.pipe(right).pipe(left)
  return () => void [left, right].map((stream) => stream.destroy())
}

it.each(SEEDS)(
  'goes on once the disk is well again, seed %i',
  async (seed) => {
    using disk = new FaultDisk()
    using heads = new SignedHeads()
    await using folder = await TemporaryFolder.make()
    const random = new Random(seed)
    const watched = disk.watch(folder.at('db'), random)
    const storage = Storage.at(folder.at('db'))
    await storage.create()
    await storage.describe({ key: new Uint8Array(32), identity: null })
    const pair = newKeyPair()
    const { log, writer } = await openLog(storage, pair)
    await using replicas = Storage.temporary()
    await replicas.create()
    const replica = await Log.open(replicas, log.key)
    replica.core.download({ start: 0, end: -1 })
    let cut = connect(storage, replicas)
    const writes = new HypercoreWrites(log)
    /** All that the log has to hold, in order. */
    const signed: string[] = []
    const refusals = new Map<string, number>()

    const append = async (name: string): Promise<boolean> => {
      const text = `${name} `.padEnd(random.below(200) + 10, '.')
      try {
        expect((await writer.append([Buffer.from(text)])).length).toBe(signed.length + 1)
        signed.push(text)
        return true
      } catch (error) {
        const { code, details } = error as LogError
        refusals.set(code, (refusals.get(code) ?? 0) + 1)
        expect(['JOURNAL_FAILED', 'JOURNAL_BROKEN', 'STORAGE_FAILED']).toContain(code)
        // That of an append which waits is told by all that come before it is made.
        if (code === 'STORAGE_FAILED' && details.signed === signed.length + 1) signed.push(text)
        return false
      }
    }

    for (let n = 0; n < APPENDS; n++) {
      if (random.chance(0.4)) watched.fail({ code: random.pick(['EIO', 'ENOSPC']), probability: 0.6 })
      if (random.chance(0.2)) writes.failing = random.below(3)
      if (n % LONG_EVERY === LONG_EVERY - 1) writes.failing = LONG
      for (let tries = 1 + random.below(3); tries > 0; tries--) await append(`${n} tried`)
      watched.fail(null)
      writes.failing = 0
      expect(await append(`${n}`), 'the disk is well again').toBe(true)
      expect(log.length).toBe(signed.length)
    }
    expect(refusals.size).toBeGreaterThan(0)
    expect(writes.failed).toBeGreaterThan(0)

    cut() // hypercore ends a connection over which it heard what it could not write
    cut = connect(storage, replicas)
    while (replica.length < signed.length || !replica.isComplete)
      await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await replica.head()).toEqual(await log.head())
    cut()
    const treeHash = toHex((await log.head())!.treeHash)
    await writer.close()
    await log.close()
    await storage.close()
    await storage.load()
    const again = await openLog(storage, pair)
    expect(toHex((await again.log.head())!.treeHash)).toBe(treeHash)
    for (const [seq, text] of signed.entries())
      for (const copy of [again.log, replica]) expect(Buffer.from(await copy.get(seq)).toString()).toBe(text)
    expect([again.log.conflicts, replica.conflicts, heads.doubles]).toEqual([[], [], []])
    expect((await again.writer.append([Buffer.from('on')])).length).toBe(signed.length + 1)
    await again.writer.close()
    await storage.close()
  },
  120_000,
)
