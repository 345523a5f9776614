/** spec/8-durability §2, a whole database: executor and participants that lose power in the middle of their work. */
import { testSeed } from '@vitra/testkit'
import { it } from 'vitest'
import { losePowerAgainAndAgain } from './power-cut.js'

const ROUNDS = 6

it(
  `signs one history of every log through ${ROUNDS} power cuts, and loses nothing`,
  () => losePowerAgainAndAgain(testSeed(), ROUNDS),
  300_000,
)
