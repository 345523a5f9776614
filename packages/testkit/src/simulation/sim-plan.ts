/**
 * What happens in a simulation, as plain data that a seed gives: nothing of it depends on how the run goes, so it is the
 * same in every run, and a part of it can be run as well.
 */
import { Random } from '../random.js'
import type { DiskFault } from './fault-disk.js'
import { BROKEN_SOURCES, simContract } from './sim-contract.js'
import type { Weather } from './sim-link.js'

/** How a copy ends and comes back. */
export type Ending = 'restart' | 'kill' | 'power-cut'

export type SimEvent =
  | { kind: 'call'; who: string; method: string; params: object; waits: boolean }
  | { kind: 'end'; who: string; how: Ending }
  | { kind: 'cut' | 'join' | 'stall' | 'flow'; link: string }
  | { kind: 'weather'; link: string; weather: Weather }
  | { kind: 'disk'; who: string; fault: DiskFault | null }
  | { kind: 'guest' }
  | { kind: 'clock'; ms: number }
  | { kind: 'verify'; who: string }

/** An event, after so many ms of wall time and turns of the network. */
export type TimedEvent = SimEvent & { readonly after: number; readonly ticks: number }

export interface SimPlan {
  readonly seed: number
  readonly contract: string
  /** Limits of the database's rules that differ from the default. */
  readonly limits: { readonly batchOpsMax?: number; readonly runBytesMax?: number }
  /** Those that take part, the executor first; public keys are put in for names when the plan is run. */
  readonly participants: readonly string[]
  /** Copies that write nothing and monitor. */
  readonly monitors: readonly string[]
  readonly events: readonly TimedEvent[]
}

/** How rough it gets. */
export interface PlanOptions {
  readonly events: number
  /** False leaves out what a machine or a network does wrong: such a plan has one outcome only. Default true. */
  readonly faults?: boolean
}

const FINE: Weather = { latency: 3, bytesPerTick: 64 * 1024 }
const HOUR_MS = 3_600_000

export function planOf(seed: number, { events, faults = true }: PlanOptions): SimPlan {
  const random = new Random(seed)
  const others = ['bob', 'carol', 'dora'].slice(0, 1 + random.below(3))
  const monitors = random.chance(0.3) ? ['mona', 'mike'] : ['mona']
  const planner = new Planner(random, ['alice', ...others], monitors, faults)
  const limits = random.chance(0.5) ? {} : { batchOpsMax: 1 + random.below(6), runBytesMax: 60 }
  const contract = simContract(random)
  const timed: TimedEvent[] = others
    .filter(() => random.chance(0.8))
    .map((pubkey) => ({
      ...{
        kind: 'call',
        who: 'alice',
        method: 'admit',
        params: { ids: [`begin.${pubkey}`], pubkey },
        waits: true,
      },
      ...{ after: 1, ticks: 5 },
    }))
  for (let n = 0; n < events; n++) {
    timed.push({ ...planner.event(n), after: random.below(50), ticks: faults ? random.below(12) : 0 })
  }
  return { seed, contract, limits, participants: ['alice', ...others], monitors, events: timed }
}

class Planner {
  readonly #random: Random
  readonly #participants: readonly string[]
  readonly #everybody: readonly string[]
  readonly #faults: boolean

  constructor(random: Random, participants: readonly string[], monitors: readonly string[], faults: boolean) {
    this.#random = random
    this.#participants = participants
    this.#everybody = [...participants, ...monitors]
    this.#faults = faults
  }

  event(n: number): SimEvent {
    const random = this.#random
    const what = random.below(100)
    if (!this.#faults || what < 66) return this.#call(n)
    const who = random.pick(this.#everybody)
    if (what < 71)
      return {
        kind: 'end',
        who: random.pick([who, 'alice']),
        how: random.pick(['restart', 'kill', 'power-cut']),
      }
    if (what < 74) return { kind: 'end', who: 'alice', how: random.pick(['kill', 'power-cut']) }
    if (what < 85)
      return { kind: random.pick(['cut', 'join', 'join', 'stall', 'flow', 'flow']), link: this.#link() }
    if (what < 89) return { kind: 'weather', link: this.#link(), weather: this.#weather() }
    if (what < 94) return { kind: 'disk', who, fault: random.chance(0.6) ? this.#fault() : null }
    if (what < 96) return { kind: 'guest' }
    if (what < 97) return { kind: 'clock', ms: random.pick([-HOUR_MS, -5, 1000, 3 * HOUR_MS]) }
    return { kind: 'verify', who }
  }

  #link(): string {
    const random = this.#random
    const first = random.below(this.#everybody.length - 1)
    const second = first + 1 + random.below(this.#everybody.length - 1 - first)
    return `${this.#everybody[first]}-${this.#everybody[second]}`
  }

  #weather(): Weather {
    const random = this.#random
    return random.pick([FINE, { latency: 40, bytesPerTick: 4096 }, { latency: 2, bytesPerTick: 200 }])
  }

  #fault(): DiskFault {
    const random = this.#random
    return { code: random.pick(['EIO', 'ENOSPC']), probability: random.pick([0.1, 0.5, 1]) }
  }

  #call(n: number): SimEvent {
    const random = this.#random
    const who = random.chance(0.4) ? 'alice' : random.pick(this.#participants)
    const ids = Array.from({ length: random.chance(0.2) ? 1 + random.below(30) : 1 }, (_, m) => `${n}.${m}`)
    const one = ids.slice(0, 1)
    const key = `k${random.below(6)}`
    const waits = !this.#faults || random.chance(0.1)
    const call = (method: string, params: object): SimEvent => ({ kind: 'call', who, method, params, waits })
    const value = random.pick([
      null,
      1,
      -0.5,
      'é',
      [1],
      { a: random.below(3) },
      'x'.repeat(random.below(3000)),
    ])
    const other = random.pick(this.#participants)
    switch (random.below(12)) {
      case 0:
        return call('drop', { ids: one, key })
      case 1:
        return call('copy', { ids, from: key, to: `k${random.below(6)}` })
      case 2:
        return call('fail', { ids: one, message: 'x'.repeat(random.below(700)) })
      case 3:
        return call('upgrade', {
          ids: one,
          code: random.chance(0.3) ? random.pick(BROKEN_SOURCES) : simContract(random),
        })
      case 4:
      case 5:
        return call('admit', { ids: one, pubkey: other })
      case 6:
        return call(other === 'alice' ? 'drop' : 'remove', { ids: one, pubkey: other, key })
      default:
        return call('tally', { ids, key, value })
    }
  }
}
