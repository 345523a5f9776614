/** A million random changes of valid proofs. */
import { expect, it } from 'vitest'
import { below, KINDS, Samples, tryAccusations, tryMutants } from './proof-mutations.js'

const COUNT = Number(process.env.VITRA_MUTANTS ?? 1_000_000)
const seed = Number(process.env.VITRA_SEED ?? Math.floor(Math.random() * 2 ** 32))

it.each(KINDS)(
  `mutations of kind %s are refused (of ${COUNT} in all, from seed ${seed})`,
  async (kind) => {
    const samples = await Samples.make()
    const tally = await tryMutants(samples, kind, below(seed), Math.ceil(COUNT / KINDS.length))
    console.log(JSON.stringify({ kind, seed, ...tally, problems: tally.problems.length }))
    expect(tally.problems).toEqual([])
  },
  3_600_000,
)

it(`no mutation of an accusation holds against an owner that told one history (from seed ${seed})`, async () => {
  expect(await tryAccusations(below(seed), Math.ceil(COUNT / KINDS.length))).toEqual([])
}, 3_600_000)
