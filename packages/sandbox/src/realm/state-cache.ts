/**
 * What a realm keeps of the state that its contract reads (spec/4-execution §6): entries as they were read, brought forward by
 * what the ops wrote, and where there is none, so that a new name beside others need not be asked for.
 */
import { Gaps } from './gaps.js'

/** Room for entries, in bytes; they are in the heap of the contract. */
const BYTES_MAX = 512 * 1024
const ENTRY_BYTES = 64

export class StateCache {
  readonly #entries = new Map<string, Uint8Array | null>()
  /** Of the state as it was when each was found: what ops wrote since is in the entries. */
  readonly #gaps = new Gaps()
  #bytes = 0

  /** The value at a path, null for none, undefined where no entry tells. */
  get(path: string): Uint8Array | null | undefined {
    return this.#entries.get(path)
  }

  /** True where a path of which no entry tells is known to have none. */
  isGap(path: string): boolean {
    return this.#gaps.holds(path)
  }

  /** Keeps what was read, while there is room. */
  keep(path: string, value: Uint8Array | null): void {
    if (!this.isFull) this.write(path, value)
  }

  /** Keeps that nothing is from a path up to another, while there is room. */
  keepGap(path: string, until: string): void {
    if (this.isFull) return
    this.#bytes += ENTRY_BYTES + path.length + until.length
    this.#gaps.add(path, until)
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
