/** Whole databases under faults, from a seed; see `src/simulation/simulation.ts`. */
import { headSignable, newKeyPair, sign, signAs, sodiumCrypto } from '@vitra/log'
import { describe, expect, it } from 'vitest'
import {
  checkSimulation,
  planOf,
  published,
  runSeed,
  SignedHeads,
  type SimPlan,
  Simulation,
  type TimedEvent,
  testSeed,
} from '../src/index.js'

const EVENTS = Number(process.env.VITRA_EVENTS ?? 60)
const LONG_MS = 600_000
const seed = testSeed()

describe('a simulated database', () => {
  it(
    `loses nothing, does and signs nothing twice, and nobody is accused (VITRA_SEED=${seed})`,
    async () => {
      const report = await runSeed(seed, EVENTS)
      console.log(JSON.stringify(report))
      expect(report.executed).toBeGreaterThan(0)
      expect(report.heads).toBeGreaterThan(0)
    },
    LONG_MS,
  )

  it(`has one plan for each seed (VITRA_SEED=${seed})`, () => {
    expect(planOf(seed, { events: 200 })).toEqual(planOf(seed, { events: 200 }))
    expect(planOf(seed, { events: 200 }).events).not.toEqual(planOf(seed + 1, { events: 200 }).events)
  })

  it(
    `publishes the same at the same times, run twice without faults (VITRA_SEED=${seed})`,
    async () => {
      const runs: string[][] = []
      for (let n = 0; n < 2; n++) {
        await using simulation = new Simulation(planOf(seed, { events: 25, faults: false }), {
          settles: true,
        })
        await simulation.run()
        await checkSimulation(simulation)
        runs.push(await published(simulation))
      }
      expect(runs[0]!.length).toBeGreaterThan(10)
      expect(runs[0]).toEqual(runs[1])
    },
    LONG_MS,
  )

  it(
    'is found out where its disks lose what was synced',
    async () => {
      const found: string[] = []
      for (let n = 0; n < 10 && found.length === 0; n++) {
        await using simulation = new Simulation(powerCuts(n), { isDiskHonest: false })
        await simulation
          .run()
          .then(() => checkSimulation(simulation))
          .catch((error: Error) => found.push(error.message))
      }
      expect(found[0]).toMatch(/is lost|two heads|was told|accuses|not JSON|takes too long/)
    },
    LONG_MS,
  )
})

/** Calls of the executor, acknowledged, then its power is cut; nobody else holds its log. */
function powerCuts(seed: number): SimPlan {
  const call = (n: number): TimedEvent => ({
    ...{ kind: 'call', who: 'alice', method: 'tally', waits: true, after: 1, ticks: 1 },
    params: { ids: [`${n}`], key: 'k', value: n },
  })
  const cut: TimedEvent = { kind: 'end', who: 'alice', how: 'power-cut', after: 1, ticks: 1 }
  const apart: TimedEvent = { kind: 'cut', link: 'alice-mona', after: 1, ticks: 1 }
  return {
    ...planOf(seed, { events: 0 }),
    participants: ['alice'],
    monitors: ['mona'],
    limits: {},
    events: [apart, call(1), call(2), call(3), cut, apart, call(4), cut],
  }
}

describe('the record of signed heads', () => {
  it('notes two of one length, and those of a fork', () => {
    using heads = new SignedHeads()
    const pair = newKeyPair()
    const key = new Uint8Array(32).fill(1)
    const check = (length: number, hash: number, fork = 0) => {
      const message = headSignable(sodiumCrypto, key, length, new Uint8Array(32).fill(hash), fork)
      sodiumCrypto.verify(message, sign(message, pair.secretKey), pair.publicKey)
    }
    check(3, 1)
    check(3, 1)
    check(4, 2)
    expect(heads).toMatchObject({ count: 2, doubles: [] })
    check(4, 3)
    check(5, 1, 1)
    expect(heads.doubles).toMatchObject([{ length: 4 }, { length: 5, fork: 1 }])
  })

  it('notes those that this process has signed itself, once somebody checks them', () => {
    using heads = new SignedHeads()
    const pair = newKeyPair()
    const key = new Uint8Array(32).fill(2)
    for (const hash of [1, 2]) {
      const message = headSignable(sodiumCrypto, key, 6, new Uint8Array(32).fill(hash))
      const signature = signAs(message, pair)
      expect(heads.count).toBe(hash - 1 && 1)
      expect(sodiumCrypto.verify(message, signature, pair.publicKey)).toBe(true)
    }
    expect(heads).toMatchObject({ count: 1, doubles: [{ length: 6 }] })
  })
})
