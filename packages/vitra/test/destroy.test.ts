import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { TemporaryFolder } from '@vitra/testkit'
import { describe, expect, it } from 'vitest'
import { Database, destroyDatabase } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

const CONTRACT = {
  source: `export const apply = { SET (tx, { value }) { tx.put('/value', value) } }
export function set ({ value }, emit) { emit({ op: 'SET', value }) }`,
}

async function withDatabase() {
  const folder = await TemporaryFolder.make()
  const at = folder.at('db')
  await using db = await Database.create(at, { contract: CONTRACT })
  await (await db.call('set', { value: 1 })).whenProcessed()
  await db.verify()
  return { folder, at, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

describe('destroyDatabase', () => {
  it('removes the folder, and a new database can be there', async () => {
    await using made = await withDatabase()
    await destroyDatabase(made.at)
    expect(existsSync(made.at)).toBe(false)
    await using db = await Database.create(made.at, { contract: CONTRACT })
    await checkDatabase(db)
  })

  it('waits for nobody: a database that is open stays whole', async () => {
    await using made = await withDatabase()
    await using db = await Database.load(made.at)
    await expect(destroyDatabase(made.at)).rejects.toMatchObject({ code: 'DATABASE_LOCKED' })
    expect(await checkDatabase(db)).toMatchObject({ ops: 1 })
  })

  it('removes what cannot be opened any more', async () => {
    await using made = await withDatabase()
    await writeFile(`${made.at}/vitra.json`, 'nonsense')
    await rm(`${made.at}/logs/db/CURRENT`)
    await destroyDatabase(made.at)
    expect(existsSync(made.at)).toBe(false)
  })

  it('leaves a folder without a database as it is', async () => {
    await using folder = await TemporaryFolder.make()
    await mkdir(folder.at('logs'))
    await writeFile(folder.at('keys'), 'mine')
    await expect(destroyDatabase(folder.path)).rejects.toMatchObject({ code: 'DATABASE_NOT_FOUND' })
    expect(readdirSync(folder.path)).toEqual(['keys', 'logs'])
  })
})
