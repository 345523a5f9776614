/** One attack of each kind, shortly; `attacks.soak.ts` goes on for longer and prints what it costs the honest. */
import { expect, it } from 'vitest'
import { testSeed } from '../src/index.js'
import { ATTACKS, attackGuests, attackPeers, HOSTILE_PEERS } from './attacks.js'

const SECONDS = 0.5
const LONG_MS = 180_000
const seed = testSeed()

it.each(ATTACKS)(
  'a database is served while another one has its guests attacked: %s',
  async (attack) => {
    expect((await attackGuests(attack, SECONDS)).honest).toBeGreaterThan(0)
  },
  LONG_MS,
)

it.each(Object.keys(HOSTILE_PEERS))(
  `a participant is served beside %s (VITRA_SEED=${seed})`,
  async (name) => {
    expect((await attackPeers(name, SECONDS, seed)).honest).toBeGreaterThan(0)
  },
  LONG_MS,
)
