import { WORKBENCH_CONTRACT } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { Database, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

it('the oracle checks a database that goes on being executed', async () => {
  await using db = await Database.create(Storage.temporary(), { contract: { source: WORKBENCH_CONTRACT } })
  const tx = await db.call('many', { count: 200 })
  const versions: number[] = []
  for (let n = 0; n < 5; n++) versions.push((await checkDatabase(db)).version)
  expect(versions).toEqual([...versions].sort((a, b) => a - b))
  await tx.whenProcessed()
  expect(await checkDatabase(db)).toMatchObject({ ops: 200, waiting: 0 })
})
