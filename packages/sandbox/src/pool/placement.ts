/**
 * Where a waiting contract goes (spec/4-execution §6). It stays with the guest that holds it; where that one is busy
 * with another contract for longer than a moment, it goes elsewhere.
 */
import { PATIENCE_MS } from '../constants.js'
import type { PooledGuest } from './pooled-guest.js'
import type { Tenant } from './tenant.js'

/** A guest, or what to wait for: a new guest, or some milliseconds. */
export type Place =
  | { readonly kind: 'guest'; readonly guest: PooledGuest }
  | { readonly kind: 'new' }
  | { readonly kind: 'later'; readonly ms: number }

export interface Situation {
  /** Guests that live. */
  readonly guests: readonly PooledGuest[]
  readonly guestsMax: number
  readonly isConfined: boolean
  /** `performance.now()`. */
  readonly now: number
}

export function placeOf(tenant: Tenant, situation: Situation): Place {
  const { guests, isConfined, now } = situation
  // Long work never takes the last guest: one stays within reach of short work.
  if ((tenant.isHeavy || isConfined) && isReserved(situation)) return { kind: 'later', ms: PATIENCE_MS }
  const suitable = guests.filter((guest) => guest.suits(tenant.digest, isConfined))
  const home = suitable.find((guest) => guest === tenant.guest)
  if (home !== undefined && !home.isBusy) return { kind: 'guest', guest: home }
  const used = suitable.filter(({ keeping }) => keeping !== 'fresh')
  const patience = home === undefined ? patienceFor(used, tenant, now) : patienceFor([home], tenant, now)
  const idle = used.filter(({ isBusy }) => !isBusy)
  const free = leastLoaded(idle.filter((guest) => guest.isSettledFor(tenant))) ?? leastLoaded(idle)
  // Without a home any idle guest will do; away from home only when the wait is long.
  if (free !== undefined && (home === undefined || patience <= 0)) return { kind: 'guest', guest: free }
  if (patience > 0) return { kind: 'later', ms: patience }
  const fresh = suitable.find(({ keeping, isBusy }) => keeping === 'fresh' && !isBusy)
  return fresh === undefined ? { kind: 'new' } : { kind: 'guest', guest: fresh }
}

/** How much longer it is worth waiting for one of these guests, in milliseconds. */
function patienceFor(guests: readonly PooledGuest[], tenant: Tenant, now: number): number {
  const waited = now - tenant.waitsSince
  const left = guests.map(({ isBusy, since }) => PATIENCE_MS - Math.max(waited, isBusy ? now - since : 0))
  return Math.max(0, ...left)
}

function isReserved({ guests, guestsMax, now }: Situation): boolean {
  if (guestsMax < 2) return false
  const heavy = guests.filter(
    ({ isBusy, tenant, keeping, since }) =>
      isBusy && (tenant?.isHeavy || isKept(keeping) || now - since > PATIENCE_MS),
  )
  return heavy.length >= guestsMax - 1
}

function isKept(keeping: PooledGuest['keeping']): boolean {
  return typeof keeping === 'object'
}

function leastLoaded(guests: readonly PooledGuest[]): PooledGuest | undefined {
  return guests.reduce<PooledGuest | undefined>(
    (least, guest) => (least === undefined || guest.loadedCount < least.loadedCount ? guest : least),
    undefined,
  )
}

/** The idle guest that is missed least, to make room for another one; undefined where all are busy. */
export function leastMissed(guests: readonly PooledGuest[]): PooledGuest | undefined {
  const idle = guests.filter(({ isBusy }) => !isBusy)
  return (
    idle.find(({ keeping }) => keeping === 'fresh') ??
    oldest(idle.filter(({ keeping }) => isKept(keeping))) ??
    oldest(idle)
  )
}

function oldest(guests: readonly PooledGuest[]): PooledGuest | undefined {
  return [...guests].sort((a, b) => a.since - b.since)[0]
}
