/** The own writer of Hyperbee's tree against Hyperbee itself (spec/2-index §1): the same batches, the same bytes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BeeWriter } from '../src/bee-writer.js'
import { type Change, IndexWriter } from '../src/index.js'
import { text } from './helpers.js'
import { hyperbees, writeBatch } from './hyperbee.js'

/** Few enough paths that keys meet again, many enough for a tree of several levels. */
const change = fc.record({
  path: fc.integer({ min: 0, max: 400 }).map((n) => `/k/${(n * 7919) % 401}`),
  value: fc.option(fc.uint8Array({ maxLength: 8 }), { nil: null, freq: 1 }),
})
const batch = fc.oneof(
  fc.array(change, { maxLength: 12 }),
  fc.array(change, { minLength: 100, maxLength: 300 }),
)

describe('the writer of the tree', () => {
  it('writes the blocks that Hyperbee writes, whatever is put and deleted', async () => {
    const open = await hyperbees()
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 8 }), async (batches) => {
        const bee = await open()
        const writer = await IndexWriter.open(null)
        for (const changes of batches) {
          const expected = await writeBatch(bee, changes)
          const { blocks } = await writer.layOut(changes)
          expect(blocks).toEqual(expected)
          expect(writer.length).toBe(bee.core.length === 1 ? 1 : bee.core.length)
        }
        await bee.close()
      }),
      { numRuns: 60 },
    )
  })

  it('goes on from any batch end as if it had never stopped', async () => {
    const open = await hyperbees()
    const bee = await open()
    const blocks: Uint8Array[] = []
    for (let n = 0; n < 30; n++) {
      const changes = Array.from({ length: 60 }, (_, i): Change => {
        const nth = (n * 37 + i * 101) % 700
        return { path: `/k/${(nth * 7919) % 701}`, value: n % 3 === 2 && i % 2 === 0 ? null : text(`${n}`) }
      })
      const expected = await writeBatch(bee, changes)
      // Every block from the log, none from memory.
      const writer = new BeeWriter(
        { loaded: () => undefined, get: async (seq) => blocks[seq]! },
        blocks.length,
        new Map(),
      )
      expect(await writer.write(changes)).toEqual(expected)
      blocks.push(...expected)
    }
    expect(blocks.length).toBeGreaterThan(1500)
  })

  it('empties a tree to its last key, and fills it again', async () => {
    const open = await hyperbees()
    const bee = await open()
    const writer = await IndexWriter.open(null)
    const paths = Array.from({ length: 500 }, (_, n) => `/k/${(n * 271) % 500}`)
    const put = paths.map((path): Change => ({ path, value: text(path) }))
    const gone = [...paths].reverse().map((path): Change => ({ path, value: null }))
    for (const changes of [put, gone, put.slice(0, 3), put, gone.slice(0, 499), gone])
      expect((await writer.layOut(changes)).blocks).toEqual(await writeBatch(bee, changes))
  })

  it('after a batch that failed goes on as if it had not been', async () => {
    const open = await hyperbees()
    const bee = await open()
    const writer = await IndexWriter.open(null)
    const changes = Array.from({ length: 40 }, (_, n): Change => ({ path: `/k/${n}`, value: text(`${n}`) }))
    const refused = [...changes, { path: 'no path', value: text('') }]
    await expect(writer.layOut(refused)).rejects.toMatchObject({ code: 'PATH_INVALID' })
    expect((await writer.layOut(changes)).blocks).toEqual(await writeBatch(bee, changes))
    await expect(writer.layOut(refused)).rejects.toMatchObject({ code: 'PATH_INVALID' })
    expect((await writer.layOut(changes)).blocks).toEqual(await writeBatch(bee, changes))
  })

  it('reads what a batch needs of a tree on disk many blocks at a time', async () => {
    const open = await hyperbees()
    const bee = await open()
    const blocks: Uint8Array[] = []
    const batch = (n: number) =>
      Array.from({ length: 100 }, (_, i): Change => {
        const nth = (n * 100 + i) * 7919
        return { path: `/k/${nth % 5003}`, value: text(`${n}`) }
      })
    for (let n = 0; n < 20; n++) blocks.push(...(await writeBatch(bee, batch(n))))
    const reads: number[] = []
    const place = {
      loaded: () => undefined,
      async get(seq: number) {
        reads.push(1)
        return blocks[seq]!
      },
      async scattered(seqs: readonly number[]) {
        reads.push(seqs.length)
        return seqs.map((seq) => blocks[seq]!)
      },
    }
    const writer = new BeeWriter(place, blocks.length, new Map())
    expect(await writer.write(batch(20))).toEqual(await writeBatch(bee, batch(20)))
    // One for each node on the way down, and for each key that is looked at in it; a split may look at one more.
    expect(reads.reduce((sum, count) => sum + count)).toBeGreaterThan(200)
    expect(reads.length).toBeLessThan(30)
  })

  it('goes on where blocks that it would bring into memory are not here, and are not needed', async () => {
    const open = await hyperbees()
    const bee = await open()
    const blocks = await writeBatch(bee, [{ path: '/k/1', value: text('a') }])
    const place = {
      loaded: () => undefined,
      get: async (seq: number) => blocks[seq]!,
      scattered: async () => [null],
    }
    const changes: Change[] = [{ path: '/k/2', value: text('b') }]
    const writer = new BeeWriter(place, blocks.length, new Map())
    expect(await writer.write(changes)).toEqual(await writeBatch(bee, changes))
  })
})
