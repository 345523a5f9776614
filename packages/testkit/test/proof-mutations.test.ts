/** Fraud proofs that were changed by chance accuse nobody of anything else, and never make a check throw. */
import { Sandbox } from '@vitra/sandbox'
import { expect, it } from 'vitest'
import { Random, TemporaryFolder } from '../src/index.js'
import { useGuests } from './guests.js'
import { writeHonestHistory } from './honest-history.js'
import { tryProofMutants } from './proof-mutations.js'
import { validFraudProofs } from './valid-proofs.js'

useGuests()

const COUNT = 5000

it(`${COUNT} changed proofs prove nothing that the proof before the change did not`, async () => {
  await using folder = await TemporaryFolder.make()
  await writeHonestHistory(folder.at('honest'))
  await using sandbox = await Sandbox.open()
  const valid = await validFraudProofs(folder.at('honest'), sandbox)
  expect(valid.length).toBeGreaterThan(13)
  const { verdicts, problems } = await tryProofMutants(valid, {
    random: new Random(7),
    count: COUNT,
    sandbox,
  })
  expect(problems).toEqual([])
  expect(verdicts['format-invalid']).toBeGreaterThan(100)
  expect(verdicts['not-proved']).toBeGreaterThan(100)
}, 180_000)
