/** spec/8-durability §2: whatever a power cut takes, no length is signed twice and nothing acknowledged is lost. */
import { it } from 'vitest'
import { losePowerAgainAndAgain } from './power-cut.js'

const SEEDS = [1, 2]
/** Each way to lose a journal once. */
const ROUNDS = 6

it.each(SEEDS)(
  `signs one history through ${ROUNDS} power cuts (seed %i)`,
  (seed) => losePowerAgainAndAgain(seed, ROUNDS),
  120_000,
)
