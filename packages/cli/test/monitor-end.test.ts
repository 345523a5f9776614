/** What the record of a monitor says of its end is true: its process has let go of the folder. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { readRecord } from '../src/monitor/record.js'
import { runCaptured } from './run.js'

const CONTRACT = `
import { index } from 'contract'
export function increment (_, emit) { emit({ op: 'INCREMENT' }) }
export const apply = {
  async INCREMENT (tx) { tx.put('/counter', ((await index.get('/counter'))?.value ?? 0) + 1) }
}
`

/** Longer than anything would take by chance. */
const SLOW_MS = 500

afterEach(() => vi.restoreAllMocks())

it('a record tells of a violation, and of the end, once the folder is free', async () => {
  const parent = await mkdtemp(path.join(tmpdir(), 'vitra-monitor-'))
  const folder = path.join(parent, 'db')
  try {
    {
      await using db = await Database.create(folder, { contract: { source: CONTRACT } })
      await db.call('increment')
      await checkDatabase(db)
      await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 7 }])
    }
    let isClosed = false
    const close = Database.prototype.close
    vi.spyOn(Database.prototype, 'close').mockImplementation(async function (this: Database) {
      await sleep(SLOW_MS)
      await close.call(this)
      isClosed = true
    })
    const env = { VITRA_DIR: folder }
    const running = runCaptured(['monitor', '--offline'], { env })
    for (;;) {
      const record = readRecord(folder)
      if (record?.status === 'fraud' || (record?.ended ?? null) !== null) break
      await sleep(10)
    }
    expect(isClosed).toBe(true)
    await using db = await Database.load(folder)
    await expect(db.verify()).rejects.toMatchObject({ code: 'CONTRACT_FRAUD' })
    expect(await running).toMatchObject({ code: 3 })
    expect(readRecord(folder)).toMatchObject({ status: 'fraud', ended: expect.any(String) })
  } finally {
    await rm(parent, { recursive: true, force: true })
  }
})
