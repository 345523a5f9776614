// Where contracts are placed and when they are refused (spec/4-execution §6), without processes.
import { describe, expect, it } from 'vitest'
import { Conduct, confine, isConfined } from '../src/pool/conduct.js'
import { leastMissed, placeOf } from '../src/pool/placement.js'
import type { Keeping, PooledGuest } from '../src/pool/pooled-guest.js'
import { Tenant } from '../src/pool/tenant.js'

const NOW = 100_000

function tenant(digest = 'a', fields: Partial<Tenant> = {}): Tenant {
  const made = new Tenant({
    digest,
    loadPayload: () => new Uint8Array(),
    onLog: () => {},
    conduct: new Conduct(),
  })
  return Object.assign(made, { waitsSince: NOW }, fields)
}

/** A guest as far as placement looks at it. */
function guest(
  keeping: Keeping,
  busyMs: number | null = null,
  fields: Partial<PooledGuest> = {},
): PooledGuest {
  const made = {
    keeping,
    isBusy: busyMs !== null,
    since: NOW - (busyMs ?? 0),
    tenant: null as Tenant | null,
    loadedCount: 0,
    suits: (digest: string, confined: boolean) =>
      keeping === 'fresh' ||
      (confined ? keeping !== 'shared' && keeping.digest === digest : keeping === 'shared'),
    isSettledFor: (other: Tenant) => made.tenant === null || made.tenant === other,
  }
  return Object.assign(made, fields) as unknown as PooledGuest
}

function place(who: Tenant, guests: PooledGuest[], extra: { isConfined?: boolean; guestsMax?: number } = {}) {
  return placeOf(who, { guests, guestsMax: 4, isConfined: false, now: NOW, ...extra })
}

describe('a contract', () => {
  it('stays with the guest that holds it', () => {
    const home = guest('shared')
    const who = tenant('a', { guest: home })
    expect(place(who, [guest('shared'), guest('fresh'), home])).toEqual({ kind: 'guest', guest: home })
  })

  it('waits a moment for it, then goes elsewhere', () => {
    const idle = guest('shared')
    const home = guest('shared', 4)
    expect(place(tenant('a', { guest: home }), [home, idle])).toEqual({ kind: 'later', ms: 6 })
    const busy = guest('shared', 10)
    expect(place(tenant('a', { guest: busy }), [busy, idle])).toEqual({ kind: 'guest', guest: idle })
    const late = tenant('a', { guest: home, waitsSince: NOW - 10 })
    expect(place(late, [home, idle])).toEqual({ kind: 'guest', guest: idle })
  })

  it('without a guest takes any that is idle, the one with the least loaded first', () => {
    const [full, empty] = [
      guest('shared', null, { loadedCount: 9 }),
      guest('shared', null, { loadedCount: 2 }),
    ]
    expect(place(tenant(), [full, empty, guest('fresh')])).toEqual({ kind: 'guest', guest: empty })
  })

  it('takes the spare, or has one started, where all are busy for long', () => {
    const [busy, spare] = [guest('shared', 50), guest('fresh')]
    expect(place(tenant(), [busy, spare])).toEqual({ kind: 'guest', guest: spare })
    expect(place(tenant(), [busy])).toEqual({ kind: 'new' })
    expect(place(tenant(), [])).toEqual({ kind: 'new' })
  })

  it('that misbehaved goes only where nobody else was, and nobody follows it', () => {
    const own = guest({ digest: 'a' })
    expect(place(tenant('a'), [guest('shared'), own], { isConfined: true })).toEqual({
      kind: 'guest',
      guest: own,
    })
    expect(place(tenant('b'), [guest('shared'), own], { isConfined: true })).toEqual({ kind: 'new' })
    expect(place(tenant('b'), [own])).toEqual({ kind: 'new' })
  })

  it('that takes long leaves the last guest to others', () => {
    const busy = [guest('shared', 100), guest('shared', 100), guest({ digest: 'x' }, 1)]
    const [heavy, light] = [tenant('a', { isHeavy: true }), tenant('b')]
    expect(place(heavy, [...busy, guest('fresh')])).toMatchObject({ kind: 'later' })
    expect(place(light, [...busy, guest('fresh')])).toMatchObject({ kind: 'guest' })
    expect(place(heavy, [guest('shared', 100), guest('fresh')])).toMatchObject({ kind: 'guest' })
    expect(place(heavy, [guest('shared', 100)], { guestsMax: 1 })).toMatchObject({ kind: 'new' })
  })
})

describe('room', () => {
  it('is made by the guest that is missed least', () => {
    const [spare, own, shared] = [guest('fresh'), guest({ digest: 'x' }), guest('shared')]
    expect(leastMissed([shared, own, spare])).toBe(spare)
    expect(leastMissed([shared, own])).toBe(own)
    expect(leastMissed([guest('shared', 1), shared])).toBe(shared)
    expect(leastMissed([guest('shared', 1), guest('fresh', 1)])).toBe(undefined)
  })
})

describe('conduct', () => {
  it('refuses after six faults within five minutes, for twice as long each time, up to ten minutes', () => {
    let now = 1_000_000
    const conduct = new Conduct({ now: () => now })
    const lengths: unknown[] = []
    for (let refusal = 0; refusal < 7; refusal++) {
      for (let n = 0; n < 6; n++) {
        expect(conduct.refusal('a')).toBe(null)
        conduct.note('a')
      }
      lengths.push(conduct.refusal('a')?.details.retryAfterMs)
      expect(conduct.refusal('b')).toBe(null)
      now += Number(lengths.at(-1))
    }
    expect(lengths).toEqual([30, 60, 120, 240, 480, 600, 600].map((seconds) => seconds * 1000))
  })

  it('forgets faults that are long ago', () => {
    let now = 0
    const conduct = new Conduct({ now: () => now })
    for (let n = 0; n < 30; n++) {
      conduct.note('a')
      now += 61_000
    }
    expect(conduct.refusal('a')).toBe(null)
  })

  it('begins anew after a long time without a refusal', () => {
    let now = 0
    const conduct = new Conduct({ now: () => now })
    const misbehave = () => {
      for (let n = 0; n < 6; n++) conduct.note('a')
      return conduct.refusal('a')?.details.retryAfterMs
    }
    expect(misbehave()).toBe(30_000)
    now += 30_000 + 600_001
    expect(misbehave()).toBe(30_000)
  })

  it('refuses nothing where it is told to', () => {
    const conduct = new Conduct({ refuses: false })
    for (let n = 0; n < 20; n++) conduct.note('a')
    expect(conduct.refusal('a')).toBe(null)
  })

  it('confines for good, ten thousand contracts at most', () => {
    confine('first')
    expect(isConfined('first')).toBe(true)
    for (let n = 0; n < 10_000; n++) confine(`${n}`)
    expect(isConfined('first')).toBe(false)
    expect(isConfined('9999')).toBe(true)
  })
})
