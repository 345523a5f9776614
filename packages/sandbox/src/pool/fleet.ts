/**
 * The processes behind a pool (spec/4-execution §6): started when they are needed, one ahead of time, ended when they
 * have been idle for long.
 */
import { GUEST_IDLE_MS, SPARE_DELAY_MS } from '../constants.js'
import { SandboxError } from '../errors.js'
import { type GuestSettings, type StartedGuest, startGuest } from '../start.js'
import { leastMissed } from './placement.js'
import { PooledGuest } from './pooled-guest.js'

export interface FleetSettings extends GuestSettings {
  readonly loadMs: number
  /** Most guests that live at a time. */
  readonly guests: number
}

export interface FleetEvents {
  /** A guest is ready, or gone. */
  onChange(): void
  /** No guest starts. */
  onFailure(error: unknown): void
  /** A guest died while nobody used it. */
  onIdleDeath(guest: PooledGuest): void
}

export class Fleet {
  readonly #settings: FleetSettings
  readonly #events: FleetEvents
  readonly #guests = new Set<PooledGuest>()
  readonly #starting = new Set<Promise<void>>()
  #first: StartedGuest | undefined
  #spare: NodeJS.Timeout | undefined
  #trim: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(settings: FleetSettings, events: FleetEvents) {
    this.#settings = settings
    this.#events = events
  }

  /** The first guest that was ready; the others are like it. */
  get first(): StartedGuest | undefined {
    return this.#first
  }

  /** Guests that can be used. */
  get live(): PooledGuest[] {
    return [...this.#guests].filter(({ process }) => !process.isDead)
  }

  /** Resolves with a first guest ready. @throws {SandboxError} where none starts */
  async ready(): Promise<void> {
    if (this.#first !== undefined) return
    const [first] = this.#starting
    await (first ?? this.#start())
  }

  /** Sees to it that at least so many guests are on the way, as far as there is room. */
  want(count: number): void {
    while (this.#starting.size < count && this.#hasRoom()) {
      this.#start().catch((error) => this.#events.onFailure(error))
    }
    this.#armTimers()
  }

  /** Ends all guests and waits until they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#spare)
    clearTimeout(this.#trim)
    await Promise.allSettled(this.#starting)
    await Promise.all([...this.#guests].map(({ process }) => process.close()))
  }

  #start(): Promise<void> {
    const started = this.#startOne().finally(() => this.#starting.delete(started))
    this.#starting.add(started)
    return started
  }

  async #startOne(): Promise<void> {
    const started = await startGuest(this.#settings)
    const { guest: process } = started
    const versions = versionsOf(started)
    this.#first ??= started
    const expected = versionsOf(this.#first)
    if (this.#isClosed || versions !== expected) await process.close()
    if (this.#isClosed) return
    if (versions !== expected) {
      throw new SandboxError('ENGINE_UNKNOWN', `${expected} became ${versions}: restart the host`)
    }
    const guest = new PooledGuest(process, this.#settings)
    this.#guests.add(guest)
    void process.exited.then(() => {
      this.#guests.delete(guest)
      if (!guest.isBusy) this.#events.onIdleDeath(guest)
      this.#events.onChange()
    })
    // Once whoever asked for it knows.
    queueMicrotask(() => this.#events.onChange())
  }

  /** Where there are as many as there may be, the one that is missed least makes room. */
  #hasRoom(): boolean {
    const { live } = this
    if (live.length + this.#starting.size < this.#settings.guests) return true
    const leaving = leastMissed(live)
    void leaving?.process.close()
    return leaving !== undefined
  }

  #armTimers(): void {
    if (this.#isClosed) return
    this.#spare ??= setTimeout(() => {
      this.#spare = undefined
      this.#startSpare()
    }, SPARE_DELAY_MS).unref()
    this.#trim ??= setTimeout(() => {
      this.#trim = undefined
      this.#endIdle()
    }, GUEST_IDLE_MS).unref()
  }

  #startSpare(): void {
    const { live } = this
    const hasSpare = this.#starting.size > 0 || live.some(({ keeping }) => keeping === 'fresh')
    if (hasSpare || live.length === 0 || live.length >= this.#settings.guests) return
    // Nobody waits for it: where it does not start, whoever needs one hears why.
    this.#start().catch(() => {})
  }

  #endIdle(): void {
    const now = performance.now()
    const [, ...others] = this.live.filter(({ keeping }) => keeping !== 'fresh')
    for (const { isBusy, since, process } of others) {
      if (!isBusy && now - since >= GUEST_IDLE_MS) void process.close()
    }
    if (others.length > 0) this.#armTimers()
  }
}

function versionsOf({ v8, unicode }: StartedGuest): string {
  return `V8 ${v8} with Unicode ${unicode}`
}
