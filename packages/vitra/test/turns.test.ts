/** The rule of turns (spec/4-execution §1, docs/executor.md), where it is not one row of batches: over failures and restarts. */

import { FAIR_OPS_MAX } from '@vitra/executor'
import { LogError } from '@vitra/log'
import { TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { afterEach, expect, it, vi } from 'vitest'
import { Database, type HistoryEntry } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'
import { onIndexAppend } from './pipeline.js'

useGuests({ secondLooks: false })

afterEach(() => vi.restoreAllMocks())

/** The oplogs of the executed ops, in the order of the index. */
async function order(db: Database): Promise<string[]> {
  const oplogs: string[] = []
  const runs = db.index.history({ path: '/.sys/acks' }) as AsyncIterable<HistoryEntry>
  for await (const { path, value } of runs) {
    const { outcomes } = value as { outcomes?: unknown[] }
    for (let n = 0; n < (outcomes?.length ?? 0); n++) oplogs.push(path.split('/')[3]!)
  }
  return oplogs
}

it.each(['lower', 'higher'])(
  'whoever was served last waits first, where its key is the %s one',
  async (which) => {
    await using folder = await TemporaryFolder.make()
    let db = await Database.create(folder.at('db'), { contract: { source: WORKBENCH_CONTRACT } })
    db.on('failure', () => {}) // made below
    const { publicKey } = await db.createIdentity()
    await (await db.call('admit', { pubkey: publicKey.toString('hex') })).whenProcessed()
    await db.executor!.sync()
    const [lower, higher] = [...db.oplogs].sort((a, b) => Buffer.compare(a.key, b.key))
    const last = which === 'lower' ? lower! : higher!
    const other = which === 'lower' ? higher! : lower!

    await db.setLocalOplog(last.publicKey)
    await (await db.call('many', { count: 10 })).whenProcessed()
    await db.executor!.sync()
    const before = (await order(db)).length

    // While the disk refuses everything, both get a row of ops that wait.
    onIndexAppend(
      () => db,
      async () => {
        throw new LogError('JOURNAL_FAILED', 'the disk did not take the append')
      },
    )
    for (const { publicKey } of [last, other]) {
      await db.setLocalOplog(publicKey)
      await db.call('many', { count: 3 * FAIR_OPS_MAX })
    }
    await expect(db.executor!.sync()).rejects.toMatchObject({ code: 'JOURNAL_FAILED' })
    if (which === 'lower') {
      await db.close()
      vi.restoreAllMocks()
      db = await Database.load(folder.at('db'))
    }
    vi.restoreAllMocks()
    await db.executor!.sync()

    const turns = (await order(db)).slice(before)
    const names = turns.map((oplog) => (oplog === other.key.toString('hex') ? 'other' : 'last'))
    expect(names).toHaveLength(6 * FAIR_OPS_MAX)
    expect(names[0]).toBe('other')
    // Until one of them has none left, neither gets more than that in a row.
    const end = Math.min(names.lastIndexOf('other'), names.lastIndexOf('last'))
    let longest = 0
    let row = 0
    for (const [n, name] of names.slice(0, end + 1).entries()) {
      row = name === names[n - 1] ? row + 1 : 1
      longest = Math.max(longest, row)
    }
    expect(longest).toBeLessThanOrEqual(FAIR_OPS_MAX)
    await checkDatabase(db)
    await db.close()
  },
  120_000,
)
