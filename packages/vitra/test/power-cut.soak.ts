import { testSeed } from '@vitra/testkit'
import { it } from 'vitest'
import { losePowerAgainAndAgain } from './power-cut.js'

const ROUNDS = 12
const DATABASES = 10

it(`signs one history of every log through ${ROUNDS * DATABASES} power cuts`, async () => {
  const seed = testSeed()
  for (let n = 0; n < DATABASES; n++) {
    console.log(`power cuts: VITRA_SEED=${seed + n}, ${ROUNDS} rounds`)
    await losePowerAgainAndAgain(seed + n, ROUNDS)
  }
})
