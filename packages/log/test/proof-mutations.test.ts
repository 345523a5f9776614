/** No random change of a valid proof makes one that says what is not so, and none breaks its check. */
import { describe, expect, it } from 'vitest'
import { below, checkAny, KINDS, Samples, tryAccusations, tryMutants } from './proof-mutations.js'

const COUNT = 3_000
const seed = Number(process.env.VITRA_SEED ?? Math.floor(Math.random() * 2 ** 32))

describe(`mutations of valid proofs (${COUNT} of each kind from seed ${seed})`, () => {
  it.each(KINDS)(
    'of kind %s are refused',
    async (kind) => {
      const samples = await Samples.make()
      for (const { key, proof } of samples.byKind.get(kind)!) expect(await checkAny(key, proof)).toBe(true)
      const tally = await tryMutants(samples, kind, below(seed), COUNT)
      expect(tally.problems).toEqual([])
      expect(tally.refused).toBeGreaterThan(COUNT / 2)
      expect(tally.otherTruths).toBeLessThan(COUNT / 10)
      expect(tally.read).toBeGreaterThan(COUNT / 10) // the checks, not the reader alone, have to see it
    },
    300_000,
  )

  it('of accusations never hold against an owner that told one history', async () => {
    expect(await tryAccusations(below(seed), COUNT)).toEqual([])
  }, 300_000)

  it('of one database are refused under the key of every other', async () => {
    const { all } = await Samples.make()
    const keys = new Map(all.map(({ key }) => [Buffer.from(key).toString('hex'), key]))
    expect(keys.size).toBe(3)
    for (const { key, proof } of all) {
      for (const other of keys.values())
        expect(await checkAny(other, proof)).toBe(Buffer.from(other).equals(key))
    }
  })
})
