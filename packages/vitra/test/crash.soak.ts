import { testSeed } from '@vitra/testkit'
import { it } from 'vitest'
import { killAgainAndAgain } from './crash.js'

/** Rounds after which the next ones begin with a new database, so that an audit stays short. */
const ROUNDS = 50
const DATABASES = Number(process.env.VITRA_DATABASES ?? 4)
const seed = testSeed()

it(`loses nothing and applies nothing twice, killed ${DATABASES * ROUNDS} times (VITRA_SEED=${seed})`, async () => {
  for (let n = 0; n < DATABASES; n++) {
    const { ops } = await killAgainAndAgain(ROUNDS, seed + n)
    console.log(JSON.stringify({ seed: seed + n, kills: ROUNDS, ops }))
  }
})
