/** spec/2-index §4: listings, against a model that looks at everything. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Change,
  childRange,
  compareKeys,
  type EntrySource,
  encodeValue,
  IndexWriter,
  type KeyRange,
  keyToPath,
  type ListItem,
  type ListOptions,
  type Lookup,
  listChildren,
  Overlay,
  pathToKey,
  type RawEntry,
} from '../src/index.js'
import { refusal } from './helpers.js'

/** Sorted entries in memory; counts what is asked of it. */
class MemorySource implements EntrySource {
  readonly entries: RawEntry[]
  reads = 0

  constructor(state: ReadonlyMap<string, Uint8Array>) {
    this.entries = [...state]
      .map(([path, value]) => ({ key: pathToKey(path), value }))
      .sort((a, b) => compareKeys(a.key, b.key))
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    return this.entries.find((entry) => compareKeys(entry.key, key) === 0)?.value ?? null
  }

  async lookUp(key: Uint8Array): Promise<Lookup> {
    const next = this.entries.find((entry) => compareKeys(entry.key, key) >= 0)
    if (next === undefined) return { value: null, until: null }
    return compareKeys(next.key, key) === 0 ? { value: next.value } : { value: null, until: next.key }
  }

  async first({ gte, lt }: KeyRange, reverse: boolean): Promise<RawEntry | null> {
    this.reads++
    const within = this.entries.filter(({ key }) => compareKeys(key, gte) >= 0 && compareKeys(key, lt) < 0)
    return (reverse ? within.at(-1) : within[0]) ?? null
  }
}

// Few names, so that trees get deep and names get prefixes of each other.
const name = fc.constantFrom('a', 'b', 'ab', 'a.', 'a!', '\u0001', '\u{10000}', '\uffff', 'é', '0', '10', '9')
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`)
const state = fc
  .uniqueArray(path, { maxLength: 30 })
  .map((paths) => new Map(paths.map((item, n) => [item, encodeValue(n)] as const)))
const prefix = fc.oneof(fc.constant('/'), path)
const options = fc.record(
  {
    reverse: fc.boolean(),
    offset: fc.nat({ max: 5 }),
    limit: fc.nat({ max: 6 }),
    cursor: name,
  },
  { requiredKeys: [] },
)

/** What a listing is: the distinct next names below the prefix, in byte order, then the options. */
function model(entries: ReadonlyMap<string, Uint8Array>, at: string, opts: ListOptions): ListItem[] {
  const { reverse = false, offset = 0, limit = Infinity, cursor } = opts
  const base = at === '/' ? '/' : `${at}/`
  const names = new Set(
    [...entries.keys()].filter((p) => p.startsWith(base)).map((p) => p.slice(base.length).split('/')[0]!),
  )
  const order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
  const sorted = [...names].sort(order)
  if (reverse) sorted.reverse()
  const after =
    cursor === undefined
      ? sorted
      : sorted.filter((n) => (reverse ? order(n, cursor) < 0 : order(n, cursor) > 0))
  return after.slice(offset, offset + limit).map((n) => ({
    path: base + n,
    name: n,
    container: [...entries.keys()].some((p) => p.startsWith(`${base}${n}/`)),
    value: entries.get(base + n) ?? null,
  }))
}

describe('listings', () => {
  it('are the distinct next names in byte order, each with its value and whether there is more below', async () => {
    await fc.assert(
      fc.asyncProperty(state, prefix, options, async (entries, at, opts) => {
        expect(await listChildren(new MemorySource(entries), at, opts)).toEqual(model(entries, at, opts))
      }),
      { numRuns: 500 },
    )
  })

  it('are the same over Hyperbee, over memory and over any split into written and staged', async () => {
    await fc.assert(
      fc.asyncProperty(state, state, prefix, options, fc.nat(), async (below, above, at, opts, some) => {
        const deleted = [...below.keys()].filter((_, n) => (n + some) % 3 === 0)
        const staged: Change[] = [
          ...[...above].map(([item, value]) => ({ path: item, value })),
          ...deleted.map((item) => ({ path: item, value: null })),
        ]
        const merged = new Map(below)
        for (const { path: item, value } of staged) {
          if (value === null) merged.delete(item)
          else merged.set(item, value)
        }
        const writer = await IndexWriter.open(null)
        await writer.layOut([...below].map(([item, value]) => ({ path: item, value })))
        const expected = model(merged, at, opts)
        expect(await listChildren(new Overlay(writer.source, staged), at, opts)).toEqual(expected)
        await writer.layOut(staged)
        expect(await listChildren(writer.source, at, opts)).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  it('give the same items page by page as at once, in both directions', async () => {
    await fc.assert(
      fc.asyncProperty(
        state,
        prefix,
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        async (entries, at, reverse, limit) => {
          const source = new MemorySource(entries)
          const pages: ListItem[] = []
          let cursor: string | undefined
          for (;;) {
            const page = await listChildren(source, at, {
              reverse,
              limit,
              ...(cursor === undefined ? {} : { cursor }),
            })
            pages.push(...page)
            if (page.length < limit) break
            cursor = page.at(-1)!.name
          }
          expect(pages).toEqual(await listChildren(source, at, { reverse }))
        },
      ),
    )
  })

  it('cost a page, however much lies below and beside it', async () => {
    const entries = new Map<string, Uint8Array>()
    for (let n = 0; n < 60; n++) {
      for (let k = 0; k < 40; k++) entries.set(`/list/${String(n).padStart(3, '0')}/${k}`, encodeValue(k))
    }
    for (const reverse of [false, true]) {
      for (const [limit, offset] of [
        [1, 0],
        [10, 0],
        [10, 20],
        [0, 0],
      ] as const) {
        const source = new MemorySource(entries)
        expect((await listChildren(source, '/list', { reverse, limit, offset })).length).toBe(limit)
        expect(source.reads).toBeLessThanOrEqual(2 * limit + offset + 1)
      }
    }
  })

  it('hold nothing of a path that is absent, or that only starts alike', async () => {
    const source = new MemorySource(new Map([['/ab/c', encodeValue(1)]]))
    expect(await listChildren(source, '/a')).toEqual([])
    expect(await listChildren(source, '/ab/c')).toEqual([])
    expect(await listChildren(new MemorySource(new Map()), '/')).toEqual([])
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'reverse'],
    ['a negative offset', { offset: -1 }],
    ['a fractional limit', { limit: 0.5 }],
    ['a limit of NaN', { limit: Number.NaN }],
    ['a limit as text', { limit: '5' }],
    ['reverse as a number', { reverse: 1 }],
    ['a cursor with a slash', { cursor: 'a/b' }],
    ['an empty cursor', { cursor: '' }],
    ['a cursor of dots', { cursor: '..' }],
    ['a cursor with a NUL', { cursor: 'a\0b' }],
    ['a cursor as a number', { cursor: 5 }],
  ])('refuse %s for options', async (_, bad) => {
    const listing = listChildren(new MemorySource(new Map()), '/', bad as ListOptions)
    await expect(listing).rejects.toMatchObject({ name: 'ValueError', code: 'LIST_OPTIONS_INVALID' })
  })

  it('refuse a prefix that is no path', async () => {
    await expect(listChildren(new MemorySource(new Map()), '/a/')).rejects.toMatchObject({
      code: 'PATH_INVALID',
    })
  })
})

describe('overlays', () => {
  const write = fc.record({
    path,
    value: fc.option(
      fc.nat({ max: 9 }).map((n) => encodeValue(n)),
      { nil: null },
    ),
  })

  it('read as if everything were written already', async () => {
    await fc.assert(
      fc.asyncProperty(
        state,
        fc.array(write, { maxLength: 20 }),
        path,
        path,
        fc.boolean(),
        async (below, writes, a, b, reverse) => {
          const merged = new Map(below)
          for (const { path: item, value } of writes) {
            if (value === null) merged.delete(item)
            else merged.set(item, value)
          }
          const overlay = new Overlay(new MemorySource(below), writes)
          const whole = new MemorySource(merged)
          for (const item of [a, b, ...merged.keys(), ...below.keys()]) {
            expect(await overlay.get(pathToKey(item))).toEqual(await whole.get(pathToKey(item)))
          }
          const [low, high] = [pathToKey(a), pathToKey(b)].sort(compareKeys) as [Uint8Array, Uint8Array]
          for (const range of [{ gte: low, lt: high }, childRange(a), childRange('/')]) {
            expect(await overlay.first(range, reverse)).toEqual(await whole.first(range, reverse))
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('stack, each hiding what is below', async () => {
    const bottom = new MemorySource(new Map([['/a', encodeValue(1)]]))
    const middle = new Overlay(bottom, [{ path: '/a', value: null }])
    const top = new Overlay(middle)
    expect(await top.get(pathToKey('/a'))).toBe(null)
    expect(await top.first(childRange('/'), false)).toBe(null)
    top.write({ path: '/a', value: encodeValue(2) })
    expect(await top.get(pathToKey('/a'))).toEqual(encodeValue(2))
    expect(await middle.get(pathToKey('/a'))).toBe(null)
    const found = await top.first(childRange('/'), true)
    expect(keyToPath(found!.key)).toBe('/a')
  })

  it('refuse a write to what is no path', () => {
    const overlay = new Overlay(new MemorySource(new Map()))
    expect(refusal(() => overlay.write({ path: 'a', value: null }))).toMatchObject({ code: 'PATH_INVALID' })
  })
})
