/**
 * What a contract can read of the index (spec/4-execution §2), over an ordered source: everything but
 * acknowledgements and batch records, which depend on how ops were grouped.
 */
import {
  compareKeys,
  type EntrySource,
  isContractReadable,
  type KeyRange,
  keyToPath,
  type ListItem,
  type ListOptions,
  type Lookup,
  listChildren,
  pathToKey,
  type RawEntry,
} from '@vitra/log/values'

/** Reads that a contract makes; values are encoded. */
export interface IndexView {
  /** The encoded value at a path, or null. */
  get(path: string): Promise<Uint8Array | null>
  /** The direct children of a path. */
  list(prefix: string, options: ListOptions): Promise<ListItem[]>
}

/** A source without what contracts must not see. @example readableView(new Overlay(bee, changes)) */
export class ReadableSource implements EntrySource {
  readonly #below: EntrySource

  constructor(below: EntrySource) {
    this.#below = below
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    return isHidden(key) ? null : this.#below.get(key)
  }

  async lookUp(key: Uint8Array): Promise<Lookup> {
    return isHidden(key) ? { value: null, until: key } : this.#below.lookUp(key)
  }

  async first(range: KeyRange, reverse: boolean): Promise<RawEntry | null> {
    let rest = range
    for (;;) {
      const found = await this.#below.first(rest, reverse)
      if (found === null) return null
      const hidden = HIDDEN.find(
        ({ gte, lt }) => compareKeys(gte, found.key) <= 0 && compareKeys(found.key, lt) < 0,
      )
      if (hidden === undefined) return found
      rest = reverse ? { gte: rest.gte, lt: hidden.gte } : { gte: hidden.lt, lt: rest.lt }
    }
  }
}

/** The reads of a contract over a source. */
export function readableView(source: EntrySource): IndexView {
  const readable = new ReadableSource(source)
  return {
    get: (path) => readable.get(pathToKey(path)),
    list: (prefix, options) => listChildren(readable, prefix, options),
  }
}

/** Each from the path's own key to the end of what is below. */
const HIDDEN: KeyRange[] = ['/.sys/acks', '/.sys/batch'].map((path) => {
  const gte = pathToKey(path)
  const lt = new Uint8Array(gte.length + 1)
  lt.set(gte)
  lt[gte.length] = 1
  return { gte, lt }
})

function isHidden(key: Uint8Array): boolean {
  return !isContractReadable(keyToPath(key))
}
