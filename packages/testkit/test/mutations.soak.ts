import { expect, it } from 'vitest'
import { TemporaryFolder, testSeed } from '../src/index.js'
import { tryMutants, writeHistory } from './mutations.js'

const COUNT = Number(process.env.VITRA_MUTANTS ?? 10_000)
const seed = testSeed()

it(`no random change of an honest history passes as valid (${COUNT} from seed ${seed})`, async () => {
  await using folder = await TemporaryFolder.make()
  const history = await writeHistory(folder.at('honest'))
  const { verdicts, problems } = await tryMutants(history, { seed, count: COUNT })
  console.log(JSON.stringify({ seed, ...verdicts }))
  expect(problems).toEqual([])
}, 3_600_000)
