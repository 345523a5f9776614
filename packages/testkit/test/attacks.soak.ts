/**
 * What attacks on guests, and hostile peers, cost the honest: `VITRA_SECONDS` of each. The bar for peers is that honest
 * participants' p99 grows by no more than twice; it is printed, between two measurements of quiet.
 */
import { expect, it } from 'vitest'
import { testSeed } from '../src/index.js'
import { ATTACKS, attackGuests, attackPeers, HOSTILE_PEERS } from './attacks.js'

const SECONDS = Number(process.env.VITRA_SECONDS ?? 15)
const seed = testSeed()

it.each(ATTACKS)('guests: %s', async (attack) => {
  const report = await attackGuests(attack, SECONDS)
  console.log(JSON.stringify(report))
  expect(report.honest).toBeGreaterThan(0)
})

it.each(Object.keys(HOSTILE_PEERS))(`peers: %s (VITRA_SEED=${seed})`, async (name) => {
  const before = await attackPeers(null, SECONDS, seed)
  const during = await attackPeers(name, SECONDS, seed)
  const after = await attackPeers(null, SECONDS, seed)
  const ratio = during.p99 / ((before.p99 + after.p99) / 2)
  console.log(JSON.stringify({ ...during, quiet: [before.p99, after.p99], ratio: Number(ratio.toFixed(2)) }))
  expect(during.honest).toBeGreaterThan(0)
})
