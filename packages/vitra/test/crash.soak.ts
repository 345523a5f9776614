import { it } from 'vitest'
import { killAgainAndAgain } from './crash.js'

/** Rounds after which the next ones begin with a new database, so that an audit stays short. */
const ROUNDS = 50
const DATABASES = 4

it(`loses nothing and applies nothing twice, killed ${DATABASES * ROUNDS} times`, async () => {
  for (let n = 0; n < DATABASES; n++) await killAgainAndAgain(ROUNDS)
})
