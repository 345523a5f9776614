// The law of this folder (spec/6-determinism): the same contract over the same ops gives the same bytes, fuel included,
// whatever the guest has done before, however little memory it has, and whether the realm was new or not.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Contract, Sandbox } from '../../src/index.js'
import { call, caller, type MemorySource, stepOver } from '../helpers.js'
import { cases, corpus } from './contracts.js'
import { openFresh, play, playBatches } from './play.js'

const IS_LONG = process.env.MODE === 'soak'
const RUNS = IS_LONG ? 24 : 10
const OTHERS = 12
const TIMEOUT_MS = 10 * 60_000
/** Enough for the contracts of this folder, and little enough that garbage is collected all the time. */
const LITTLE_MB = 24

let warm: Sandbox
beforeAll(async () => {
  warm = await Sandbox.open({ opMs: 60_000 })
})
afterAll(() => warm.close())

it('in a warm guest and in a fresh one', { timeout: TIMEOUT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      await using fresh = await openFresh()
      expect(await play(warm, given)).toEqual(await play(fresh, given))
    }),
    { numRuns: Math.ceil(RUNS / 3) },
  )
})

it('in a realm that is shared and in one for every op', { timeout: TIMEOUT_MS }, async () => {
  await using each = await Sandbox.open({ opMs: 60_000, freshRealms: true })
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      expect(await play(warm, given)).toEqual(await play(each, given))
    }),
    { numRuns: RUNS * 2 },
  )
})

it('one by one and in batches', { timeout: TIMEOUT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.integer({ min: 2, max: 8 }), async (given, size) => {
      expect(await playBatches(warm, given, size)).toEqual(await play(warm, given))
    }),
    { numRuns: RUNS * 2 },
  )
})

it('again, and with method calls in between', { timeout: TIMEOUT_MS }, async () => {
  const look = async (contract: Contract, source: MemorySource) => {
    await call(contract, 'look', {}, caller(source))
  }
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const first = await play(warm, given)
      expect(await play(warm, given)).toEqual(first)
      expect(await play(warm, given, look)).toEqual(first)
    }),
    { numRuns: RUNS },
  )
})

it('after other ops of the same contract', { timeout: TIMEOUT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const first = await play(warm, given)
      const others = { ...given, ops: [...given.ops].reverse() }
      for (let n = 0; n < OTHERS / 5; n++) await play(warm, others)
      expect(await play(warm, given)).toEqual(first)
    }),
    { numRuns: RUNS / 2 },
  )
})

it('after ops of other contracts', { timeout: TIMEOUT_MS }, async () => {
  const [given, ...others] = corpus(1, OTHERS)
  const first = await play(warm, given!)
  for (const other of others) await play(warm, other)
  expect(await play(warm, given!)).toEqual(first)
})

it('with little memory and much garbage', { timeout: TIMEOUT_MS }, async () => {
  await using little = await Sandbox.open({ opMs: 60_000, memoryMb: LITTLE_MB })
  const litter = (contract: Contract, source: MemorySource) =>
    stepOver(little, contract, source, { garbage: 40_000 })
  await fc.assert(
    fc.asyncProperty(
      cases.filter(({ features }) => !features.includes('tooBig')),
      async (given) => {
        expect(await play(little, given, litter)).toEqual(await play(warm, given))
      },
    ),
    { numRuns: RUNS / 2 },
  )
})
