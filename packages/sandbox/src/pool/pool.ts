/**
 * The guests of this host process (spec/4-execution §6): sandboxes with the same settings share a few. Each does one
 * piece of work at a time; a contract that has its guest ended gets guests of its own, then none for a while.
 */
import { setPriority } from 'node:os'
import { ABORTED_RUN_MS, CONFINED_NICE, PATIENCE_MS } from '../constants.js'
import { isResourceLimit, type SandboxError } from '../errors.js'
import type { GuestRun } from '../guest-process.js'
import type { StartedGuest } from '../start.js'
import { type Conduct, confine, isConfined } from './conduct.js'
import { Fleet, type FleetSettings } from './fleet.js'
import { type Place, placeOf } from './placement.js'
import type { PooledGuest } from './pooled-guest.js'
import type { Job, Tenant } from './tenant.js'

/** By their settings. */
const pools = new Map<string, Pool>()

export class Pool {
  readonly #key: string
  readonly #guestsMax: number
  readonly #fleet: Fleet
  /** Contracts with work that no guest does yet, the one that waits longest first. */
  readonly #waiting = new Set<Tenant>()
  #leases = 0
  #check: NodeJS.Timeout | undefined

  private constructor(key: string, settings: FleetSettings) {
    this.#key = key
    this.#guestsMax = settings.guests
    this.#fleet = new Fleet(settings, {
      onChange: () => this.#dispatch(),
      onFailure: (error) => this.#refuseThoseInNeed(error),
      onIdleDeath: (guest) => this.#blame(guest),
    })
  }

  /**
   * The pool with these settings, with a guest that is ready. Give it back with {@link release}.
   *
   * @throws {SandboxError} `ENGINE_MISSING`, `GUEST_NOT_STARTED`
   */
  static async lease(settings: FleetSettings): Promise<Pool> {
    const key = JSON.stringify(Object.entries(settings).sort())
    const pool = pools.get(key) ?? new Pool(key, settings)
    pools.set(key, pool)
    pool.#leases++
    try {
      await pool.#fleet.ready()
      return pool
    } catch (error) {
      await pool.release()
      throw error
    }
  }

  /** What the guests are: version of V8, confinement. */
  get guests(): Omit<StartedGuest, 'guest'> {
    return this.#fleet.first!
  }

  /** Gives a lease back; the last one ends the guests and waits until they are gone. */
  async release(): Promise<void> {
    if (--this.#leases > 0) return
    if (pools.get(this.#key) === this) pools.delete(this.#key)
    clearTimeout(this.#check)
    await this.#fleet.close()
  }

  /** Does a piece of a contract's work: loads it, or runs it. */
  submit(tenant: Tenant, run: GuestRun | null): Promise<Uint8Array> {
    const { signal } = run ?? {}
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const abort = () => tenant.withdraw(job, signal!.reason)
      signal?.addEventListener('abort', abort)
      const end = (settle: () => void) => {
        signal?.removeEventListener('abort', abort)
        settle()
      }
      const job: Job = {
        run,
        resolve: (payload) => end(() => resolve(payload)),
        reject: (error) => end(() => reject(error)),
      }
      tenant.add(job)
      this.#await(tenant)
      this.#dispatch()
    })
  }

  /** Forgets a sandbox's contracts; their work is refused with `reason`, and guests that are at it are ended. */
  async leave(owner: Conduct, reason: SandboxError): Promise<void> {
    for (const tenant of this.#waiting) if (tenant.conduct === owner) tenant.refuse(reason)
    const ends = this.#fleet.live.map((guest) => guest.leave(owner, reason))
    await Promise.all(ends)
  }

  #await(tenant: Tenant): void {
    if (tenant.isRunning || tenant.jobs.length === 0 || this.#waiting.has(tenant)) return
    tenant.waitsSince = performance.now()
    this.#waiting.add(tenant)
  }

  /** Gives waiting contracts to guests, and sees to it that there are guests. */
  #dispatch(): void {
    clearTimeout(this.#check)
    let newGuests = 0
    let againMs = Number.POSITIVE_INFINITY
    for (const tenant of this.#waiting) {
      const refusal = tenant.conduct.refusal(tenant.digest)
      if (refusal !== null) tenant.refuse(refusal)
      if (tenant.jobs.length === 0) {
        this.#waiting.delete(tenant)
        continue
      }
      const place = this.#placeOf(tenant)
      if (place.kind === 'later') againMs = Math.min(againMs, place.ms)
      else if (place.kind === 'new') newGuests++
      else if (place.guest.isSettledFor(tenant)) void this.#carryOut(place.guest, tenant)
      else void this.#settle(place.guest)
    }
    // A guest that ends or starts calls again; what is busy may become so for too long meanwhile.
    if (newGuests > 0) againMs = Math.min(againMs, PATIENCE_MS)
    if (againMs < Number.POSITIVE_INFINITY) this.#check = setTimeout(() => this.#dispatch(), againMs)
    this.#fleet.want(newGuests)
  }

  #placeOf(tenant: Tenant): Place {
    return placeOf(tenant, {
      guests: this.#fleet.live,
      guestsMax: this.#guestsMax,
      isConfined: isConfined(tenant.digest),
      now: performance.now(),
    })
  }

  async #carryOut(guest: PooledGuest, tenant: Tenant): Promise<void> {
    this.#waiting.delete(tenant)
    const job = tenant.jobs.shift()!
    if (tenant.guest !== guest) tenant.guest?.forget(tenant)
    tenant.guest = guest
    tenant.isRunning = true
    keep(guest, tenant.digest)
    const from = performance.now()
    let answer: () => void
    try {
      const payload = await guest.carryOut(tenant, job.run)
      answer = () => job.resolve(payload)
    } catch (error) {
      answer = () => job.reject(error)
      this.#blame(guest)
      const since = Math.max(from, job.run?.toldAt?.() ?? 0)
      if (job.run?.signal?.aborted && performance.now() - since > ABORTED_RUN_MS) confine(tenant.digest)
    }
    tenant.isHeavy = performance.now() - from > PATIENCE_MS
    tenant.isRunning = false
    this.#await(tenant)
    answer()
    this.#dispatch()
  }

  async #settle(guest: PooledGuest): Promise<void> {
    try {
      await guest.settle()
    } catch {
      this.#blame(guest)
    }
    this.#dispatch()
  }

  /** The contract that a guest died of has no part in shared guests from now on. */
  #blame(guest: PooledGuest): void {
    const { tenant, process } = guest
    guest.tenant = null // once
    if (tenant === null || !isResourceLimit(process.failure)) return
    tenant.conduct.note(tenant.digest)
    confine(tenant.digest)
  }

  #refuseThoseInNeed(error: unknown): void {
    for (const tenant of this.#waiting) if (this.#placeOf(tenant).kind === 'new') tenant.refuse(error)
  }
}

/** A fresh guest becomes one for many contracts, or for the one that needs its own. */
function keep(guest: PooledGuest, digest: string): void {
  if (guest.keeping !== 'fresh') return
  guest.keeping = isConfined(digest) ? { digest } : 'shared'
  if (guest.keeping !== 'shared') yieldTime(guest.process.pid!)
}

/** Others come first, where there is not time for all. */
function yieldTime(pid: number): void {
  try {
    setPriority(pid, CONFINED_NICE)
  } catch {
    // It has ended, or the system does not allow it.
  }
}
