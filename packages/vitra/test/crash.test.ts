import { it } from 'vitest'
import { killAgainAndAgain } from './crash.js'

const ROUNDS = 12

it(
  `loses nothing and applies nothing twice, however often it is killed (${ROUNDS} rounds)`,
  () => killAgainAndAgain(ROUNDS),
  300_000,
)
