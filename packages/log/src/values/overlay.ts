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
  /** In key order as far as listings have asked for it; the rest is put in its place when one does. */
  #sorted: Written[] = []
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
    const written = new Written(path, value)
    this.#written.set(name, written)
    this.#unsorted.push(written)
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    const own = this.#written.get(nameOf(key))
    return own === undefined ? this.#below.get(key) : own.value
  }

  async lookUp(key: Uint8Array): Promise<Lookup> {
    const own = this.#written.get(nameOf(key))
    if (own !== undefined) return own.value === null ? { value: null, until: key } : { value: own.value }
    const below = await this.#below.lookUp(key)
    if (below.value !== null) return below
    this.#sort()
    // What was deleted counts as an entry here: passing over any number of them would take as many steps.
    const next = this.#sorted[this.#position(key)]?.key ?? null
    return { value: null, until: nearer(next, below.until) }
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

  #firstOwn(range: KeyRange, reverse: boolean): RawEntry | null {
    this.#sort()
    const from = this.#position(range.gte)
    const to = this.#position(range.lt)
    for (let n = 0; n < to - from; n++) {
      const { key, value } = this.#sorted[reverse ? to - 1 - n : from + n]!
      if (value !== null) return { key, value }
    }
    return null
  }

  #sort(): void {
    if (this.#unsorted.length === 0) return
    // A few are put in, many are sorted with the rest: either way in steps that grow with what is new.
    if (this.#unsorted.length < INSERT_MAX) {
      for (const written of this.#unsorted) this.#sorted.splice(this.#position(written.key), 0, written)
    } else {
      this.#sorted = this.#sorted.concat(this.#unsorted).sort((a, b) => compareKeys(a.key, b.key))
    }
    this.#unsorted = []
  }

  /** Index of the first key that is not below `key`. */
  #position(key: Uint8Array): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareKeys(this.#sorted[middle]!.key, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

class Written {
  value: Uint8Array | null
  readonly #path: string
  #key: Uint8Array | null = null

  constructor(path: string, value: Uint8Array | null) {
    this.#path = path
    this.value = value
  }

  /** Made when a listing asks for it: most writes are never listed. */
  get key(): Uint8Array {
    this.#key ??= pathToKey(this.#path)
    return this.#key
  }
}

/** Fewer new keys than this are put in one by one. */
const INSERT_MAX = 16

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
