/** Whole databases under faults, from a seed; see `src/simulation/simulation.ts`. */
import { expect, it } from 'vitest'
import { runSeed, testSeed } from '../src/index.js'

const RUNS = 2
const EVENTS = Number(process.env.VITRA_EVENTS ?? 60)
const seed = testSeed()

for (let n = 0; n < RUNS; n++) {
  it(`nothing is lost, done twice or signed twice, and nobody accused (VITRA_SEED=${seed + n})`, async () => {
    const report = await runSeed(seed + n, EVENTS)
    console.log(JSON.stringify(report))
    expect(report.executed).toBeGreaterThan(0)
  }, 300_000)
}
