import { it } from 'vitest'
import { losePowerAgainAndAgain } from './power-cut.js'

const SEEDS = 40
const ROUNDS = 30

it(`signs one history through ${SEEDS * ROUNDS} power cuts`, async () => {
  const first = Number(process.env.VITRA_SEED ?? 1000)
  for (let seed = first; seed < first + SEEDS; seed++) {
    console.log(`power cuts: seed ${seed}, ${ROUNDS} rounds`)
    await losePowerAgainAndAgain(seed, ROUNDS)
  }
})
