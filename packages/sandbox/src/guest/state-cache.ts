/**
 * What a guest keeps of the states that its contracts read (spec/4-execution §6): entries as they were read, brought
 * forward by what the ops wrote. A state that moved on in any other way is forgotten; which batch left it where it is
 * says so.
 */

const STATES_MAX = 8
/** Room for entries of one state, in bytes; beyond it all of them are forgotten. */
const BYTES_MAX = 16 * 1024 * 1024
const ENTRY_BYTES = 64

/** Entries of one state. */
export class StateCache {
  /** The batch that brought the state to where it is. */
  batch = 0
  readonly #entries = new Map<string, Uint8Array | null>()
  #bytes = 0

  /** The value at a path, null for none, undefined where it is not known. */
  get(path: string): Uint8Array | null | undefined {
    return this.#entries.get(path)
  }

  /** Keeps what was read, while there is room. */
  keep(path: string, value: Uint8Array | null): void {
    if (this.#bytes < BYTES_MAX) this.write(path, value)
  }

  /** Keeps what an op wrote, always: no read may miss it. */
  write(path: string, value: Uint8Array | null): void {
    this.#bytes += ENTRY_BYTES + path.length + (value?.length ?? 0)
    this.#entries.set(path, value)
  }

  get isFull(): boolean {
    return this.#bytes >= BYTES_MAX
  }
}

/** The states that contracts of this guest go on from. */
export class StateCaches {
  readonly #caches = new Map<number, StateCache>()

  /** The entries known of a state that `after` brought to where it is; none where the state moved on since. */
  take(state: number, after: number): StateCache {
    const known = this.#caches.get(state)
    this.#caches.delete(state)
    const isCurrent = known !== undefined && after !== 0 && known.batch === after && !known.isFull
    return isCurrent ? known : new StateCache()
  }

  /** Keeps what is known of a state after a batch. */
  put(state: number, cache: StateCache, batch: number): void {
    if (state === 0) return
    cache.batch = batch
    this.#caches.set(state, cache)
    const [oldest] = this.#caches.keys()
    if (this.#caches.size > STATES_MAX) this.#caches.delete(oldest!)
  }
}
