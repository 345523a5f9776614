/**
 * Writes that are not in the index yet, laid over an ordered source: the changes of a batch being
 * executed, or the queue of one op. Later writes win; a delete hides what lies below.
 */

import type { KeyRange, OrderedSource, RawEntry } from './listing.js'
import { compareKeys, pathToKey } from './path.js'
import { decodeUtf8 } from './utf8.js'

/** One write that an op makes: `value` is canonical bytes, or null for a delete. */
export interface Change {
  path: string
  value: Uint8Array | null
}

/** Reads of one entry and of ordered ranges. */
export interface EntrySource extends OrderedSource {
  /** The value of a key, or null. */
  get(key: Uint8Array): Promise<Uint8Array | null>
}

export class Overlay implements EntrySource {
  readonly #below: EntrySource
  readonly #written = new Map<string, { key: Uint8Array; value: Uint8Array | null }>()
  #sorted: Uint8Array[] = []

  constructor(below: EntrySource, changes: Iterable<Change> = []) {
    this.#below = below
    for (const change of changes) this.write(change)
  }

  /** Adds a write. */
  write(change: Change): void {
    const key = pathToKey(change.path)
    if (!this.#written.has(change.path)) this.#insert(key)
    this.#written.set(change.path, { key, value: change.value })
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    const own = this.#lookup(key)
    return own === undefined ? this.#below.get(key) : own
  }

  async first(range: KeyRange, reverse: boolean): Promise<RawEntry | null> {
    const own = this.#firstOwn(range, reverse)
    let rest = range
    for (;;) {
      const below = await this.#below.first(rest, reverse)
      if (below === null) return own
      if (own !== null) {
        const order = compareKeys(own.key, below.key)
        if (order === 0 || order < 0 !== reverse) return own
      }
      if (this.#lookup(below.key) === undefined) return below
      rest = reverse ? { gte: rest.gte, lt: below.key } : { gte: after(below.key), lt: rest.lt }
    }
  }

  #lookup(key: Uint8Array): Uint8Array | null | undefined {
    const at = this.#position(key)
    const found = this.#sorted[at]
    if (found === undefined || compareKeys(found, key) !== 0) return undefined
    return this.#valueOf(found)
  }

  #firstOwn(range: KeyRange, reverse: boolean): RawEntry | null {
    const from = this.#position(range.gte)
    const to = this.#position(range.lt)
    for (let n = 0; n < to - from; n++) {
      const key = this.#sorted[reverse ? to - 1 - n : from + n]!
      const value = this.#valueOf(key)
      if (value !== null && value !== undefined) return { key, value }
    }
    return null
  }

  #valueOf(key: Uint8Array): Uint8Array | null | undefined {
    return this.#written.get(pathOf(key))?.value
  }

  #insert(key: Uint8Array): void {
    this.#sorted.splice(this.#position(key), 0, key)
  }

  /** Index of the first key that is not below `key`. */
  #position(key: Uint8Array): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareKeys(this.#sorted[middle]!, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Only for keys that were made from paths. */
function pathOf(key: Uint8Array): string {
  return `/${decodeUtf8(key)!.replaceAll('\0', '/')}`
}

function after(key: Uint8Array): Uint8Array {
  const out = new Uint8Array(key.length + 1)
  out.set(key)
  return out
}
