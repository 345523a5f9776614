import { expect, it } from 'vitest'
import { Random, TemporaryFolder, testSeed } from '../src/index.js'
import { HonestHistory } from './histories.js'

const HISTORIES = 2
const STEPS = 30
const seed = testSeed()

for (let n = 0; n < HISTORIES; n++) {
  it(`an honest history accuses nobody and loses nothing (seed ${seed + n})`, async () => {
    await using folder = await TemporaryFolder.make()
    const history = new HonestHistory(folder, new Random(seed + n))
    try {
      await history.run(STEPS)
    } catch (error) {
      throw new Error(`VITRA_SEED=${seed + n}:\n${history.log.join('\n')}`, { cause: error })
    } finally {
      await history.close()
    }
    expect(history.ops).toBeGreaterThan(0)
  }, 300_000)
}
