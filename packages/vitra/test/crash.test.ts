import { testSeed } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { it } from 'vitest'
import { killAgainAndAgain } from './crash.js'

useGuests({ secondLooks: false })

const ROUNDS = 6
const seed = testSeed()

it(
  `loses nothing and applies nothing twice, however often it is killed (${ROUNDS} rounds, VITRA_SEED=${seed})`,
  () => killAgainAndAgain(ROUNDS, seed),
  300_000,
)
