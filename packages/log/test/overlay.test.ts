/** Writes over a source: what is read is what a map of both would give, whatever was written and read before. */
import fc from 'fast-check'
import { expect, it, onTestFinished, vi } from 'vitest'
import {
  type Change,
  compareKeys,
  keyToPath,
  type Lookup,
  Overlay,
  pathToKey,
  type RawEntry,
} from '../src/index.js'

const below = (entries: Map<string, Uint8Array>) => {
  const sorted = (): RawEntry[] =>
    [...entries]
      .map(([path, value]) => ({ key: pathToKey(path), value }))
      .sort((a, b) => compareKeys(a.key, b.key))
  return {
    get: async (key: Uint8Array) =>
      sorted().find((entry) => compareKeys(entry.key, key) === 0)?.value ?? null,
    first: async ({ gte, lt }: { gte: Uint8Array; lt: Uint8Array }, reverse: boolean) => {
      const inside = sorted().filter(({ key }) => compareKeys(gte, key) <= 0 && compareKeys(key, lt) < 0)
      return (reverse ? inside.at(-1) : inside[0]) ?? null
    },
    lookUp: async (key: Uint8Array): Promise<Lookup> => {
      const next = sorted().find((entry) => compareKeys(entry.key, key) >= 0)
      if (next === undefined) return { value: null, until: null }
      return compareKeys(next.key, key) === 0 ? { value: next.value } : { value: null, until: next.key }
    },
  }
}

const END = Uint8Array.of(0xff)

const path = fc.integer({ min: 0, max: 60 }).map((n) => `/k/${n % 7}/${n}é`)
const value = fc.option(fc.uint8Array({ minLength: 1, maxLength: 3 }))
const change: fc.Arbitrary<Change> = fc.record({ path, value })

it('an overlay reads as the two maps laid over each other', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change),
      fc.array(fc.tuple(fc.array(change, { maxLength: 40 }), path, path, fc.boolean())),
      async (before, rounds) => {
        const model = new Map<string, Uint8Array>()
        for (const one of before) if (one.value !== null) model.set(one.path, one.value)
        const overlay = new Overlay(below(new Map(model)))
        for (const [changes, from, to, reverse] of rounds) {
          for (const one of changes) {
            overlay.write(one)
            if (one.value === null) model.delete(one.path)
            else model.set(one.path, one.value)
          }
          const range = { gte: pathToKey(from), lt: pathToKey(to) }
          expect(await overlay.get(range.gte)).toEqual(await below(model).get(range.gte))
          expect(await overlay.first(range, reverse)).toEqual(await below(model).first(range, reverse))
          const found = await overlay.lookUp(range.gte)
          expect(found.value).toEqual(await overlay.get(range.gte))
          if (found.value !== null) continue
          const gap = { gte: range.gte, lt: found.until ?? END }
          expect(await below(model).first(gap, false)).toBeNull()
        }
      },
    ),
  )
})

it('says how far nothing is behind a key, without passing over what was deleted', async () => {
  const given = new Map(['/a', '/c', '/d', '/f'].map((one) => [one, Uint8Array.of(1)]))
  const overlay = new Overlay(below(given))
  const until = async (one: string) => {
    const found = await overlay.lookUp(pathToKey(one))
    return found.value === null && found.until !== null ? keyToPath(found.until) : found
  }
  expect(await until('/b')).toBe('/c')
  expect(await until('/g')).toEqual({ value: null, until: null })
  for (const one of ['/c', '/d']) overlay.write({ path: one, value: null })
  expect(await until('/b')).toBe('/c')
  expect(await until('/c')).toBe('/c')
  expect(await until('/e')).toBe('/f')
  overlay.write({ path: '/bb', value: Uint8Array.of(2) })
  expect(await until('/b')).toBe('/bb')
  expect(await until('/bb')).toEqual({ value: Uint8Array.of(2) })
})

it('takes writes between reads in steps that grow with what is new, not with all that was written', async () => {
  const overlay = new Overlay(below(new Map()))
  const one = Uint8Array.of(1)
  const write = (from: number, count: number) => {
    for (let n = from; n < from + count; n++) overlay.write({ path: `/${(n * 7919) % 20_000}`, value: one })
  }
  const look = () => overlay.lookUp(pathToKey('/nothing'))
  write(0, 18_000)
  await look()
  const sort = vi.spyOn(Array.prototype, 'sort')
  onTestFinished(() => sort.mockRestore())
  for (let n = 0; n < 100; n++) {
    write(18_000 + 20 * n, 20)
    expect(await look()).toEqual({ value: null, until: null })
  }
  // Sorting all of them each time would sort two million.
  const sorted = sort.mock.contexts.reduce<number>((sum, row) => sum + (row as unknown[]).length, 0)
  expect(sorted).toBeGreaterThanOrEqual(2000)
  expect(sorted).toBeLessThan(50_000)
})
