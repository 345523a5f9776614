/**
 * Writes that are not in the index yet, laid over an ordered source: the changes of a batch being
 * executed, or the queue of one op. Later writes win; a delete hides what lies below.
 */

import type { KeyRange, OrderedSource, RawEntry } from './listing.js'
import { assertPath, compareKeys, pathToKey } from './path.js'

/** One write that an op makes: `value` is canonical bytes, or null for a delete. */
export interface Change {
  path: string
  value: Uint8Array | null
}

/** What is at a key. */
export type Lookup =
  | { readonly value: Uint8Array }
  | {
      readonly value: null
      /**
       * No entry is behind the key up to this one, which is not counted: the key itself where nothing is known of those
       * behind it; null where there are none.
       */
      readonly until: Uint8Array | null
    }

/** Reads of one entry and of ordered ranges. */
export interface EntrySource extends OrderedSource {
  /** The value of a key, or null. */
  get(key: Uint8Array): Promise<Uint8Array | null>
  /** Like `get`; where there is nothing, also how far that is known, which may be less than it is true. */
  lookUp(key: Uint8Array): Promise<Lookup>
}

export class Overlay implements EntrySource {
  readonly #below: EntrySource
  /** By key, one character a byte. */
  readonly #written = new Map<string, Written>()
  /**
   * What reads have asked the order of: rows in key order, each at least twice as long as the one after it, so that a batch
   * of any size takes new writes between any number of reads.
   */
  readonly #rows: Written[][] = []
  #unsorted: Written[] = []

  constructor(below: EntrySource, changes: Iterable<Change> = []) {
    this.#below = below
    for (const change of changes) this.write(change)
  }

  /** Adds a write. */
  write({ path, value }: Change): void {
    const name = nameOfPath(path)
    const known = this.#written.get(name)
    if (known !== undefined) {
      known.value = value
      return
    }
    const written = new Written(path, name, value)
    this.#written.set(name, written)
    this.#unsorted.push(written)
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    const own = this.#written.get(nameOf(key))
    return own === undefined ? this.#below.get(key) : own.value
  }

  async lookUp(key: Uint8Array): Promise<Lookup> {
    const name = nameOf(key)
    const own = this.#written.get(name)
    if (own !== undefined) return own.value === null ? { value: null, until: key } : { value: own.value }
    const below = await this.#below.lookUp(key)
    if (below.value !== null) return below
    this.#sort()
    let { until } = below
    // What was deleted counts as an entry here: passing over any number of them would take as many steps.
    for (const row of this.#rows) until = nearer(row[position(row, name)]?.key ?? null, until)
    return { value: null, until }
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
      if (!this.#written.has(nameOf(below.key))) return below
      rest = reverse ? { gte: rest.gte, lt: below.key } : { gte: after(below.key), lt: rest.lt }
    }
  }

  #firstOwn({ gte, lt }: KeyRange, reverse: boolean): RawEntry | null {
    this.#sort()
    const low = nameOf(gte)
    const high = nameOf(lt)
    let first: Written | null = null
    for (const row of this.#rows) {
      const from = position(row, low)
      const to = position(row, high)
      for (let n = 0; n < to - from; n++) {
        const written = row[reverse ? to - 1 - n : from + n]!
        if (written.value === null) continue
        if (first === null || written.name < first.name !== reverse) first = written
        break
      }
    }
    return first === null ? null : { key: first.key, value: first.value! }
  }

  #sort(): void {
    if (this.#unsorted.length === 0) return
    let row = this.#unsorted.sort(byName)
    this.#unsorted = []
    // Two rows are put together in as many steps as they have entries, and each entry meets few rows that are as long.
    while (this.#rows.length > 0 && this.#rows.at(-1)!.length < 2 * row.length)
      row = this.#rows.pop()!.concat(row).sort(byName)
    this.#rows.push(row)
  }
}

/** The order of keys, since a character of a name is a byte. */
function byName(a: Written, b: Written): number {
  return a.name < b.name ? -1 : 1
}

/** Index of the first entry of a row that is not before a name. */
function position(row: readonly Written[], name: string): number {
  let low = 0
  let high = row.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (row[middle]!.name < name) low = middle + 1
    else high = middle
  }
  return low
}

class Written {
  readonly name: string
  value: Uint8Array | null
  readonly #path: string
  #key: Uint8Array | null = null

  constructor(path: string, name: string, value: Uint8Array | null) {
    this.#path = path
    this.name = name
    this.value = value
  }

  /** Made when a read comes to it: to most writes none does. */
  get key(): Uint8Array {
    this.#key ??= pathToKey(this.#path)
    return this.#key
  }
}

/** A key as the name of a map's entry. */
function nameOf(key: Uint8Array): string {
  let name = ''
  for (let n = 0; n < key.length; n++) name += String.fromCharCode(key[n]!)
  return name
}

/** The name of a path's key. @throws {PathError} */
function nameOfPath(path: string): string {
  return ASCII.test(path) ? assertPath(path).slice(1).replaceAll('/', '\0') : nameOf(pathToKey(path))
}

const ASCII = /^[ -~]*$/

/** The first of two keys, of which either may be missing. */
function nearer(a: Uint8Array | null, b: Uint8Array | null): Uint8Array | null {
  if (a === null || b === null) return a ?? b
  return compareKeys(a, b) < 0 ? a : b
}

function after(key: Uint8Array): Uint8Array {
  const out = new Uint8Array(key.length + 1)
  out.set(key)
  return out
}
