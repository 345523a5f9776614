/** spec/8-durability §2: whatever a power cut takes, no length is signed twice and nothing acknowledged is lost. */
import { it } from 'vitest'
import { losePowerAgainAndAgain } from './power-cut.js'

const SEEDS = [1, 2, 3]
const ROUNDS = 12

it.each(SEEDS)(
  `signs one history through ${ROUNDS} power cuts (seed %i)`,
  (seed) => losePowerAgainAndAgain(seed, ROUNDS),
  120_000,
)
