/** The own reader of Hyperbee's tree against Hyperbee itself, over random histories (spec/2-index §1). */
import fc from 'fast-check'
import type Hyperbee from 'hyperbee'
import { describe, expect, it } from 'vitest'
import { BeeReader, compareKeys, IndexWriter, type KeyRange, listChildren, pathToKey } from '../src/index.js'
import { text } from './helpers.js'
import { hyperbees, writeBatch } from './hyperbee.js'

const segment = fc.constantFrom('a', 'b', 'c', 'é', 'aa', 'ab', 'z'.repeat(40))
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => `/${segments.join('/')}`)
const change = fc.record({
  path,
  value: fc.option(fc.uint8Array({ maxLength: 8 }), { nil: null, freq: 3 }),
})
/** Batches of writes, a third of them deletes, of paths that are there and of paths that are not. */
const history = fc.array(fc.array(change, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 6 })

/** Behind every key. */
const END = Uint8Array.of(0xff)

/** All paths that a history can write. */
const UNIVERSE = ['/a', '/b', '/c', '/é', '/aa', '/ab', '/a/a', '/a/b', '/b/aa', '/c/é', '/a/b/c', '/nowhere']

function readerOf(blocks: readonly Uint8Array[], read: (seq: number) => void = () => {}): BeeReader {
  return new BeeReader(async (seq) => {
    read(seq)
    const block = blocks[seq]
    if (block === undefined) throw new Error(`block ${seq} is not here`)
    return block
  }, blocks.length)
}

/** The same reads, by Hyperbee. */
function sourceOf(bee: Hyperbee) {
  const bytes = (found: Uint8Array) => new Uint8Array(found)
  const firstBlock = async ({ gte, lt }: KeyRange, reverse: boolean) => {
    const node = await bee.peek({ gte: Buffer.from(gte), lt: Buffer.from(lt) }, { reverse })
    return node === null ? null : { seq: node.seq, key: bytes(node.key), value: bytes(node.value!) }
  }
  return {
    firstBlock,
    first: firstBlock,
    /** Not by Hyperbee's own `get`, which may find what was deleted: see the test of that. */
    async get(key: Uint8Array) {
      const node = await bee.peek({ gte: Buffer.from(key), lte: Buffer.from(key) })
      return node === null ? null : bytes(node.value!)
    },
  }
}

describe('the reader of the tree', () => {
  it('finds what Hyperbee finds, at every batch end of every history', async () => {
    const open = await hyperbees()
    await fc.assert(
      fc.asyncProperty(history, path, path, async (batches, low, high) => {
        const hyperbee = await open()
        const blocks: Uint8Array[] = []
        for (const batch of batches) {
          const written = await writeBatch(hyperbee, batch)
          blocks.push(...written)
          if (written.length === 0) continue
          const reader = readerOf(blocks)
          const bee = sourceOf(hyperbee)
          for (const asked of [...UNIVERSE, ...batch.map((item) => item.path), low, high]) {
            const key = pathToKey(asked)
            expect(await reader.get(key)).toEqual(await bee.get(key))
            const next = await bee.first({ gte: key, lt: END }, false)
            const isThere = next !== null && compareKeys(next.key, key) === 0
            expect(await reader.lookUp(key)).toEqual(
              isThere ? { value: next.value } : { value: null, until: next?.key ?? null },
            )
          }
          const range = { gte: pathToKey(low), lt: pathToKey(high) }
          for (const reverse of [false, true]) {
            expect(await reader.firstBlock(range, reverse)).toEqual(await bee.firstBlock(range, reverse))
            for (const prefix of ['/', '/a', low])
              expect(await listChildren(reader, prefix, { reverse })).toEqual(
                await listChildren(bee, prefix, { reverse }),
              )
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('does not find what was deleted, where Hyperbee’s own get takes a node’s block for the answer', async () => {
    const open = await hyperbees()
    const hyperbee = await open()
    const blocks: Uint8Array[] = []
    const value = text('value')
    const batches = [
      { puts: ['/z', '/z/é'], dels: [] },
      { puts: ['/a/a', '/aa/a', '/a/a/a'], dels: ['/a'] },
      { puts: ['/aa', '/c', '/é/a', '/a'], dels: [] },
      { puts: ['/é/é', '/é/a/a'], dels: ['/é'] },
      { puts: ['/c/a', '/ab/a', '/z/a'], dels: ['/a'] },
      { puts: [], dels: ['/z/a', '/aa'] },
    ]
    for (const { puts, dels } of batches) {
      const changes = [
        ...puts.map((put) => ({ path: put, value })),
        ...dels.map((del) => ({ path: del, value: null })),
      ]
      blocks.push(...(await writeBatch(hyperbee, changes)))
    }
    const gone = pathToKey('/z/a')
    expect(await readerOf(blocks).get(gone)).toBeNull()
    expect(await sourceOf(hyperbee).get(gone)).toBeNull()
    // Hyperbee 2.27.3: should this be null one day, hold `get` itself against the reader again.
    expect(await hyperbee.get(Buffer.from(gone))).not.toBeNull()
  })

  it('finds everything in a deep tree, and touches few blocks', async () => {
    const writer = await IndexWriter.open(null)
    const blocks: Uint8Array[] = []
    const paths = Array.from({ length: 3000 }, (_, n) => `/k/${(n * 7919) % 3000}`)
    for (let n = 0; n < paths.length; n += 100) {
      const batch = paths.slice(n, n + 100).map((item) => ({ path: item, value: text(item) }))
      blocks.push(...(await writer.layOut(batch)).blocks)
    }
    const gone = paths.filter((_, n) => n % 3 === 0)
    blocks.push(...(await writer.layOut(gone.map((item) => ({ path: item, value: null })))).blocks)
    let touchedMax = 0
    for (const [n, item] of paths.entries()) {
      const touched = new Set<number>()
      const found = await readerOf(blocks, (seq) => touched.add(seq)).get(pathToKey(item))
      expect(found).toEqual(n % 3 === 0 ? null : text(item))
      touchedMax = Math.max(touchedMax, touched.size)
    }
    expect(touchedMax).toBeLessThan(30)
    const listed = await listChildren(readerOf(blocks), '/k', {})
    expect(listed.map((item) => item.path)).toEqual(
      paths.filter((_, n) => n % 3 !== 0).sort((a, b) => (a < b ? -1 : 1)),
    )
  })

  it('finds nothing in an empty index', async () => {
    expect(await readerOf([]).get(text('a'))).toBe(null)
    expect(await readerOf([]).first({ gte: text('a'), lt: text('z') }, false)).toBe(null)
    const writer = await IndexWriter.open(null)
    const { blocks: one } = await writer.layOut([{ path: '/a', value: text('1') }])
    const { blocks: two } = await writer.layOut([{ path: '/a', value: null }])
    const reader = readerOf([...one, ...two])
    expect(await reader.get(pathToKey('/a'))).toBe(null)
    expect(await reader.first({ gte: text('b'), lt: text('a') }, false)).toBe(null)
  })

  it('ends on blocks that are no tree, whatever they hold', async () => {
    const writer = await IndexWriter.open(null)
    const batch = Array.from({ length: 200 }, (_, n) => ({ path: `/k/${n}`, value: text(String(n)) }))
    const { blocks } = await writer.layOut(batch)
    const spoiled = fc.record({ seq: fc.nat(blocks.length - 1), at: fc.nat(200), byte: fc.nat(255) })
    let refused = 0
    await fc.assert(
      fc.asyncProperty(fc.array(spoiled, { minLength: 1, maxLength: 40 }), async (faults) => {
        const copy = blocks.map((block) => new Uint8Array(block))
        for (const { seq, at, byte } of faults) copy[seq]![at % copy[seq]!.length] = byte
        const reader = readerOf(copy)
        for (const item of ['/k/1', '/k/77', '/k/199', '/none']) {
          const outcome = await reader.get(pathToKey(item)).catch((error) => error)
          if (outcome instanceof Error) refused++
          else expect(outcome === null || outcome instanceof Uint8Array).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
    expect(refused).toBeGreaterThan(20)
  })

  it('refuses a node that is its own child, and one that has too few children', async () => {
    for (const tree of [
      [0x0a, 0x09, 0x0a, 0x01, 0x01, 0x12, 0x04, 0x01, 0x00, 0x01, 0x00],
      [0x0a, 0x07, 0x0a, 0x01, 0x01, 0x12, 0x02, 0x01, 0x00],
      [],
    ]) {
      const block = Uint8Array.of(0x0a, tree.length, ...tree, 0x12, 1, 0x62, 0x1a, 1, 0)
      await expect(readerOf([block, block]).get(text('a'))).rejects.toMatchObject({
        code: 'INDEX_UNREADABLE',
      })
    }
  })
})
