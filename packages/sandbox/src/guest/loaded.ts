/**
 * A contract that the guest holds, and its realms (spec/6-determinism §1). A contract that is proved to keep nothing runs
 * in one realm after another op; any other gets a fresh one for every run, made ahead while the host has other things
 * to do: one costs more than most ops.
 */
import type { Plan } from './facades.js'
import type { Realm, Realms } from './realms.js'

/** Only contracts that are evaluated faster than this get realms ahead, in ms: the next op of another one may wait. */
const SPARE_MS_MAX = 50

export interface LoadedOptions {
  readonly plan: Plan
  /** Packed limits of the rules. */
  readonly limits: Uint8Array
  /** True where realms may be used again. */
  readonly isPure: boolean
}

export class Loaded {
  readonly plan: Plan
  readonly limits: Uint8Array
  readonly isPure: boolean
  readonly #realms: Realms
  /** By the value of `isWriter`. */
  readonly #ready = new Map<boolean | null, Realm>()
  #isQuick = false

  constructor(realms: Realms, { plan, limits, isPure }: LoadedOptions) {
    this.#realms = realms
    this.plan = plan
    this.limits = limits
    this.isPure = isPure
  }

  /** A realm to run in. @throws what the contract throws while it is evaluated */
  take(isWriter: boolean | null): Realm {
    const kind = this.#kind(isWriter)
    const ready = this.#ready.get(kind)
    this.#ready.delete(kind)
    return ready ?? this.open(isWriter)
  }

  /** Takes back a realm after its run. */
  release(realm: Realm, isWriter: boolean | null, isReusable: boolean): void {
    const kind = this.#kind(isWriter)
    if (this.isPure && isReusable && !this.#ready.has(kind)) this.#ready.set(kind, realm)
    else realm.release()
  }

  /** A fresh realm. @throws what the contract throws while it is evaluated */
  open(isWriter: boolean | null): Realm {
    const startedAt = performance.now()
    const realm = this.#realms.open(this, { isWriter })
    this.#isQuick = performance.now() - startedAt < SPARE_MS_MAX
    return realm
  }

  /** Makes a realm ahead of the next op. */
  prepare(): void {
    if (this.#isQuick && !this.#ready.has(null)) this.#ready.set(null, this.open(null))
  }

  /** Drops its realms. */
  dispose(): void {
    for (const realm of this.#ready.values()) realm.release()
    this.#ready.clear()
  }

  /** Only where the contract's tail is evaluated does `isWriter` make a difference. */
  #kind(isWriter: boolean | null): boolean | null {
    return this.plan.hasTail ? isWriter : null
  }
}
