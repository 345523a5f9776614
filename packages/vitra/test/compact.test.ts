/** Room on the disk that `compact` frees, beside calls and before a crash. */

import { readdir, stat } from 'node:fs/promises'
import { TemporaryFolder } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { expect, it } from 'vitest'
import { Database, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const CONTRACT = `
export function set ({ from, count }, emit) { for (let n = from; n < from + count; n++) emit({ op: 'SET', n }) }
export const apply = { SET (tx, { n }) { tx.put('/n/' + n, 'v'.repeat(1000)) } }
`

async function journalBytes(folder: string): Promise<number[]> {
  const names = await readdir(`${folder}/journal`)
  return Promise.all(names.map(async (name) => (await stat(`${folder}/journal/${name}`)).size))
}

it('empties the journals into the logs, which keep all of it', async () => {
  await using folder = await TemporaryFolder.make()
  const path = folder.at('db')
  {
    await using db = await Database.create(path, { contract: { source: CONTRACT } })
    await (await db.call('set', { from: 0, count: 200 })).whenProcessed()
    expect(Math.max(...(await journalBytes(path)))).toBeGreaterThan(200_000)
    await db.compact()
    expect(Math.max(...(await journalBytes(path)))).toBeLessThan(1000)
    expect(await db.index.get('/n/199')).toMatchObject({ value: 'v'.repeat(1000) })
  }
  await using db = await Database.load(path)
  await (await db.call('set', { from: 200, count: 1 })).whenProcessed()
  await checkDatabase(db)
})

it('lets calls go on beside it', async () => {
  await using db = await Database.create(Storage.temporary(), { contract: { source: CONTRACT } })
  const calls = Array.from({ length: 40 }, async (_, n) => {
    const tx = await db.call('set', { from: n * 10, count: 10 })
    await tx.whenProcessed()
  })
  for (let n = 0; n < 5; n++) await db.compact()
  await Promise.all(calls)
  expect((await db.index.list('/n', { limit: 1000 })).length).toBe(400)
  await checkDatabase(db)
})

it('is refused once the database is closed', async () => {
  const db = await Database.create(Storage.temporary(), { contract: { source: CONTRACT } })
  await checkDatabase(db)
  await db.close()
  await expect(db.compact()).rejects.toMatchObject({ code: 'DATABASE_CLOSED' })
})
