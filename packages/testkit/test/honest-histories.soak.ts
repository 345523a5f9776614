import { expect, it } from 'vitest'
import { Random, TemporaryFolder, testSeed } from '../src/index.js'
import { HonestHistory } from './histories.js'

const OPS = Number(process.env.VITRA_OPS ?? 10_000)
const STEPS = 60
const seed = testSeed()

it(`honest histories of ${OPS} ops accuse nobody and lose nothing (from seed ${seed})`, async () => {
  let ops = 0
  let restarts = 0
  let histories = 0
  while (ops < OPS) {
    const own = seed + histories++
    await using folder = await TemporaryFolder.make()
    const history = new HonestHistory(folder, new Random(own))
    try {
      await history.run(STEPS)
    } catch (error) {
      throw new Error(`VITRA_SEED=${own}:\n${history.log.join('\n')}`, { cause: error })
    } finally {
      await history.close()
    }
    ops += history.ops
    restarts += history.restarts
  }
  console.log(JSON.stringify({ seed, histories, ops, restarts }))
  expect(ops).toBeGreaterThanOrEqual(OPS)
}, 3_600_000)
