import { testSeed } from '@vitra/testkit'
import { it } from 'vitest'
import { killAgainAndAgain } from './crash.js'

const ROUNDS = 12
const seed = testSeed()

it(
  `loses nothing and applies nothing twice, however often it is killed (${ROUNDS} rounds, VITRA_SEED=${seed})`,
  () => killAgainAndAgain(ROUNDS, seed),
  300_000,
)
