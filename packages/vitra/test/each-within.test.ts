/** What is read step by step, and not to its end: nothing stays open. */
import { readdir, readlink } from 'node:fs/promises'
import { TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import tar from 'tar-stream'
import { describe, expect, it, vi } from 'vitest'
import { Database, importDatabase } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

async function called(folder: string): Promise<Database> {
  const db = await Database.create(folder, { contract: { source: WORKBENCH_CONTRACT } })
  for (let n = 0; n < 3; n++) {
    const tx = await db.call('put', { key: `k${n}`, value: 'x'.repeat(100_000) })
    await tx.whenProcessed()
  }
  return db
}

/** How often this process has a file open. */
async function timesOpen(file: string): Promise<number> {
  const names = await readdir('/proc/self/fd')
  const files = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')))
  return files.filter((one) => one === file).length
}

describe('who stops reading', () => {
  it.runIf(process.platform === 'linux')('the calls has their file closed', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await called(folder.at('db'))
    const file = folder.at('db', 'transactions.jsonl')
    const before = await timesOpen(file)
    for await (const _ of db.transactions()) {
      expect(await timesOpen(file)).toBe(before + 1)
      break
    }
    expect(await timesOpen(file)).toBe(before)
    await checkDatabase(db)
  })

  it('a backup ends what writes it', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await called(folder.at('db'))
    using packs = vi.spyOn(tar, 'pack')
    for await (const _ of db.export()) break
    expect(packs.mock.results.map(({ value }) => value.destroyed)).toEqual([true])
    await checkDatabase(db)
  })

  it('a backup of something else ends what gives it', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await called(folder.at('db'))
    let isEnded = false
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* db.export()
        await new Promise(() => {})
      } finally {
        isEnded = true
      }
    }
    await expect(
      importDatabase(folder.at('copy'), source(), { pubkey: '1'.repeat(64) }),
    ).rejects.toMatchObject({ code: 'BACKUP_INVALID' })
    await vi.waitFor(() => expect(isEnded).toBe(true))
    await checkDatabase(db)
  })
})
