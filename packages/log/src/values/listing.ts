/**
 * Shallow listings over any ordered source of entries (spec/2-index §4). One implementation serves
 * the index, a batch being executed and a contract's own queue, so that all three agree. A page
 * costs a page: below each child it seeks past the child's subtree instead of reading it.
 */
import { ValueError } from '../errors.js'
import { assertPath, childRange, compareKeys, keyToPath } from './path.js'
import { encodeUtf8 } from './utf8.js'

/** One key and its value, as the index holds them. */
export interface RawEntry {
  key: Uint8Array
  value: Uint8Array
}

/** A half-open range of keys. */
export interface KeyRange {
  gte: Uint8Array
  lt: Uint8Array
}

/** The first or last entry of a key range. */
export interface OrderedSource {
  /** The first entry in a range, or the last one with `reverse`; null where there is none. */
  first(range: KeyRange, reverse: boolean): Promise<RawEntry | null>
}

/** Which children a listing gives, and in which order. */
export interface ListOptions {
  /** From the last name to the first. */
  reverse?: boolean
  /** How many items to pass over. */
  offset?: number
  /** Most items to return. */
  limit?: number
  /** Name after which to go on: the `name` of the last item of the page before. */
  cursor?: string
}

/** A direct child of the listed prefix. */
export interface ListItem {
  path: string
  name: string
  /** True where there are entries below this path. */
  container: boolean
  /** Encoded value, where the path itself has one. */
  value: Uint8Array | null
}

/**
 * The direct children of `prefix` in byte order of their names.
 *
 * @throws {ValueError} `LIST_OPTIONS_INVALID`
 */
export async function listChildren(
  source: OrderedSource,
  prefix: string,
  options: ListOptions = {},
): Promise<ListItem[]> {
  const { reverse, offset, limit, cursor } = checkListOptions(options)
  const base = childRange(prefix)
  let range: KeyRange = base
  if (cursor !== undefined) {
    const bounds = childBounds(base.gte, cursor)
    range = reverse ? { gte: base.gte, lt: bounds.gte } : { gte: bounds.lt, lt: base.lt }
  }
  const items: ListItem[] = []
  let toSkip = offset
  while (items.length < limit) {
    const found = await source.first(range, reverse)
    if (found === null) break
    const name = childName(found.key, base.gte.length)
    const bounds = childBounds(base.gte, name)
    if (toSkip > 0) toSkip--
    else items.push(await readChild(source, prefix, name, bounds, found))
    range = reverse ? { gte: range.gte, lt: bounds.gte } : { gte: bounds.lt, lt: range.lt }
  }
  return items
}

/** Validated options with their defaults. @throws {ValueError} `LIST_OPTIONS_INVALID` */
export function checkListOptions(options: ListOptions): {
  reverse: boolean
  offset: number
  limit: number
  cursor?: string
} {
  if (typeof options !== 'object' || options === null) throw optionError('options are an object')
  const { reverse = false, offset = 0, limit = Number.MAX_SAFE_INTEGER, cursor } = options
  if (typeof reverse !== 'boolean') throw optionError('reverse is true or false')
  if (!Number.isSafeInteger(offset) || offset < 0) throw optionError('offset is a whole number from 0')
  if (!Number.isSafeInteger(limit) || limit < 0) throw optionError('limit is a whole number from 0')
  if (cursor === undefined) return { reverse, offset, limit }
  if (typeof cursor !== 'string' || !isName(cursor)) throw optionError('cursor is the name of an item')
  return { reverse, offset, limit, cursor }
}

function isName(text: string): boolean {
  if (text.includes('/')) return false
  try {
    return assertPath(`/${text}`) !== ''
  } catch {
    return false // not a segment of any path
  }
}

async function readChild(
  source: OrderedSource,
  prefix: string,
  name: string,
  bounds: KeyRange,
  found: RawEntry,
): Promise<ListItem> {
  const path = prefix === '/' ? `/${name}` : `${prefix}/${name}`
  const own = bounds.gte
  const afterOwn = concat(own, 0)
  const isOwn = compareKeys(found.key, own) === 0
  const value = isOwn ? found.value : ((await source.first({ gte: own, lt: afterOwn }, false))?.value ?? null)
  const below = isOwn ? await source.first({ gte: afterOwn, lt: bounds.lt }, false) : found
  return { path, name, container: below !== null, value }
}

/** From the child's own key to the end of its subtree. `base` is where the prefix's children begin. */
function childBounds(base: Uint8Array, name: string): KeyRange {
  const segment = encodeUtf8(name)
  const gte = new Uint8Array(base.length + segment.length)
  gte.set(base)
  gte.set(segment, base.length)
  return { gte, lt: concat(gte, 1) }
}

function childName(key: Uint8Array, from: number): string {
  const end = key.indexOf(0, from)
  const path = keyToPath(end === -1 ? key : key.subarray(0, end))
  return path.slice(path.lastIndexOf('/') + 1)
}

function concat(bytes: Uint8Array, last: number): Uint8Array {
  const out = new Uint8Array(bytes.length + 1)
  out.set(bytes)
  out[bytes.length] = last
  return out
}

function optionError(why: string): ValueError {
  return new ValueError('LIST_OPTIONS_INVALID', `list: ${why}`)
}
