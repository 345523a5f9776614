/** A million changed fraud proofs; the other kinds have theirs where they are made. */
import { Sandbox } from '@vitra/sandbox'
import { expect, it } from 'vitest'
import { Random, TemporaryFolder, testSeed } from '../src/index.js'
import { useGuests } from './guests.js'
import { writeHonestHistory } from './honest-history.js'
import { tryProofMutants } from './proof-mutations.js'
import { validFraudProofs } from './valid-proofs.js'

useGuests()

const COUNT = 1_000_000

it(`${COUNT} changed proofs prove nothing that the proof before the change did not`, async () => {
  await using folder = await TemporaryFolder.make()
  await writeHonestHistory(folder.at('honest'))
  await using sandbox = await Sandbox.open()
  const valid = await validFraudProofs(folder.at('honest'), sandbox)
  const random = new Random(testSeed())
  const { problems } = await tryProofMutants(valid, { random, count: COUNT, sandbox })
  expect(problems, `VITRA_SEED=${random.seed}`).toEqual([])
})
