/** Each file of a backup, and the backup itself, with many more changes than `backup-damage.test.ts` and `backup.test.ts` make. */
import { COUNTER_CONTRACT, Random, testSeed } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { it } from 'vitest'
import { Database, Storage } from '../src/index.js'
import { backup, KINDS, restoreChanged, restoreDamaged, wholeBackup } from './backup-damage.js'

useGuests({ secondLooks: false })

const FLIPS = 200
const CHANGES = 1000
const seed = testSeed()

it.each(KINDS)(
  `a backup with one file damaged is refused in words, or the copy opens (VITRA_SEED=${seed}): %s`,
  async (_kind, pattern) => {
    const files = await wholeBackup()
    const name = [...files.keys()].find((one) => pattern.test(one))!
    await restoreDamaged(files, name, FLIPS, new Random(seed))
  },
)

it(`a backup with one bit flipped, or cut short, leaves nothing behind (VITRA_SEED=${seed})`, async () => {
  await using db = await Database.create(Storage.temporary(), { contract: { source: COUNTER_CONTRACT } })
  for (let n = 0; n < 5; n++) await (await db.call('increment')).whenProcessed()
  await restoreChanged(await backup(db), db.index.version, CHANGES, new Random(seed))
})
