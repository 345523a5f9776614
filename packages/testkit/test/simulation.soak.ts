/** Many seeds of simulated databases: `VITRA_RUNS` of them, with `VITRA_EVENTS` events each. */
import { expect, it } from 'vitest'
import { runSeed, testSeed } from '../src/index.js'

const RUNS = Number(process.env.VITRA_RUNS ?? 40)
const EVENTS = Number(process.env.VITRA_EVENTS ?? 150)
const seed = testSeed()

it(`${RUNS} simulated databases lose nothing (from VITRA_SEED=${seed})`, async () => {
  const failed: number[] = []
  for (let n = 0; n < RUNS; n++) {
    try {
      console.log(JSON.stringify(await runSeed(seed + n, EVENTS)))
    } catch (error) {
      failed.push(seed + n)
      console.log((error as Error).message)
    }
  }
  expect(failed).toEqual([])
}, 7_200_000)
