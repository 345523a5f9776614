import { Sandbox } from '@vitra/sandbox'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TemporaryFolder, testSeed } from '../src/index.js'
import { useGuests } from './guests.js'
import { playCase, scriptCase, UNHURRIED } from './script-campaign.js'

useGuests()

const CASES = Number(process.env.VITRA_RUNS ?? 1000)
const seed = testSeed()

it(`${CASES} random scripts are executed as they are audited (from seed ${seed})`, async () => {
  await using folder = await TemporaryFolder.make()
  await using fresh = await Sandbox.open({ freshRealms: true, ...UNHURRIED })
  let hasFailed = false
  const sum = { seed, cases: 0, refused: 0, ok: 0, failed: 0 }
  await fc.assert(
    fc.asyncProperty(scriptCase, async (one) => {
      const { isRefused, ok, failed } = await playCase(folder, fresh, one).catch((error) => {
        // Until the smallest such case is found may take long.
        if (!hasFailed) console.error(`case ${sum.cases + 1} of seed ${seed}:`, error, one.text)
        hasFailed = true
        throw error
      })
      sum.cases++
      sum.refused += isRefused ? 1 : 0
      sum.ok += ok
      sum.failed += failed
      if (sum.cases % 100 === 0 && !hasFailed) console.log(JSON.stringify(sum))
    }),
    { numRuns: CASES, seed },
  )
  console.log(JSON.stringify(sum))
  expect(sum.ok).toBeGreaterThan(0)
  expect(sum.failed).toBeGreaterThan(0)
}, 36_000_000)
