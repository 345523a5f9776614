/** A restart reads as much of a long history as of a short one: counted, not timed. */

import { appendFile, open } from 'node:fs/promises'
import { Log } from '@vitra/log'
import { TemporaryFolder } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { afterEach, expect, it, vi } from 'vitest'
import { Database } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const CONTRACT = `
export function set ({ from, count }, emit) { for (let n = from; n < from + count; n++) emit({ op: 'SET', n }) }
export const apply = { SET (tx, { n }) { tx.put('/n/' + (n * 7919) % 100003, 'v'.repeat(64)) } }
`
const CALL_OPS = 20
const TEST_MS = 300_000

afterEach(() => {
  vi.restoreAllMocks()
})

async function fill(db: Database, from: number, ops: number): Promise<void> {
  for (let n = from; n < from + ops; n += CALL_OPS) await db.call('set', { from: n, count: CALL_OPS })
  await db.executor!.sync()
}

/** What a restart reads until its first op is executed: blocks of logs, and times that files are read. */
async function restart(folder: string, next: number) {
  const handle = await open(folder, 'r')
  const reads = vi.spyOn(Object.getPrototypeOf(handle) as { read(): unknown }, 'read')
  await handle.close()
  const blocks = vi.spyOn(Log.prototype, 'get')
  try {
    await using db = await Database.load(folder)
    expect(await db.pending()).toEqual([])
    const tx = await db.call('set', { from: next, count: 1 })
    const [pending] = await db.pending()
    await tx.whenProcessed()
    expect(await db.findTransaction(tx.txId)).toMatchObject({ method: 'set' })
    const counted = { blocks: blocks.mock.calls.length, reads: reads.mock.calls.length, pending }
    if (pending !== undefined) expect(pending.txId).toBe(tx.txId)
    return counted
  } finally {
    vi.restoreAllMocks()
  }
}

it(
  'costs the same after 16 times the history',
  async () => {
    await using folder = await TemporaryFolder.make()
    const SHORT = 160
    const LONG = 16 * SHORT
    {
      await using db = await Database.create(folder.at('db'), { contract: { source: CONTRACT } })
      await fill(db, 0, SHORT)
    }
    const short = await restart(folder.at('db'), SHORT)
    {
      await using db = await Database.load(folder.at('db'))
      await fill(db, SHORT + CALL_OPS, LONG - SHORT)
    }
    const long = await restart(folder.at('db'), 2 * LONG)
    // The tree of the index is deeper by a level or two.
    expect(long.blocks).toBeLessThan(short.blocks * 1.5 + 30)
    expect(long.reads).toBeLessThan(short.reads + 10)
    await using db = await Database.load(folder.at('db'))
    await checkDatabase(db)
  },
  TEST_MS,
)

it(
  'a line of a call that a crash cut short costs that line, and not the next one',
  async () => {
    await using folder = await TemporaryFolder.make()
    const calls: string[] = []
    {
      await using db = await Database.create(folder.at('db'), { contract: { source: CONTRACT } })
      const tx = await db.call('set', { from: 0, count: 2 })
      calls.push(tx.txId)
      await tx.whenProcessed()
    }
    await appendFile(folder.at('db', 'transactions.jsonl'), '{"format":1,"txId":"to')
    await using db = await Database.load(folder.at('db'))
    const tx = await db.call('set', { from: 2, count: 2 })
    calls.push(tx.txId)
    await tx.whenProcessed()
    for (const txId of calls) expect(await db.findTransaction(txId)).toMatchObject({ method: 'set', txId })
    expect(await db.findTransaction(`${calls[0]!.slice(0, 64)}-9-9`)).toBe(null)
    expect(await db.findTransaction('read-nothing')).toBe(null)
    await checkDatabase(db)
  },
  TEST_MS,
)
