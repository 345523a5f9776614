import { expect, it } from 'vitest'
import { TemporaryFolder, testSeed } from '../src/index.js'
import { tryMutants, writeHistory } from './mutations.js'

const COUNT = 60
const seed = testSeed()

it(`no random change of an honest history passes as valid, and none breaks the audit (${COUNT} from seed ${seed})`, async () => {
  await using folder = await TemporaryFolder.make()
  const history = await writeHistory(folder.at('honest'))
  const { verdicts, problems } = await tryMutants(history, { seed, count: COUNT })
  expect(problems).toEqual([])
  expect(verdicts.fraud).toBeGreaterThan(COUNT / 2)
}, 120_000)
