/** A hostile index under the writer of the tree, as the trial of an accusation has it: nothing goes on for ever. */
import { describe, expect, it } from 'vitest'
import { BeeWriter } from '../src/bee-writer.js'
import { BeeBlockWriter, type BeeLevel, readBeeBlock, readLevels } from '../src/formats/bee-block.js'
import { type Change, IndexWriter, pathToKey } from '../src/index.js'
import { text } from './helpers.js'
import { seeded } from './seeded.js'

const LAST = 9
const KEY = pathToKey('/k/m')
/** A key that is before those of the blocks, one that is theirs, and one that is behind. */
const CHANGES: Change[] = ['/k/a', '/k/m', '/k/z'].flatMap((path) => [
  { path, value: text('new') },
  { path, value: null },
])

function block(levels: BeeLevel[]): Uint8Array {
  return new BeeBlockWriter().block(KEY, text('v'), levels)
}

/** An index of ten blocks of which the last has these nodes, and the others a leaf each. */
async function change(levels: BeeLevel[], changes: readonly Change[]): Promise<Uint8Array[]> {
  const place = {
    loaded: () => undefined,
    get: async (seq: number) => (seq === LAST ? block(levels) : block([{ keys: [seq], children: [] }])),
  }
  return new BeeWriter(place, LAST + 1, new Map()).write(changes)
}

describe('a tree that is none', () => {
  it.each<[string, BeeLevel[]]>([
    ['itself', [{ keys: [1], children: [9, 0, 9, 0] }]],
    [
      'one that points back',
      [
        { keys: [1], children: [9, 1, 9, 1] },
        { keys: [2], children: [9, 0, 9, 0] },
      ],
    ],
    ['a later block', [{ keys: [1], children: [10, 0, 10, 0] }]],
    ['a level that the block does not have', [{ keys: [1], children: [9, 5, 9, 5] }]],
    ['fewer children than keys take', [{ keys: [1, 2], children: [3, 0, 4, 0] }]],
  ])('is refused where a node points to %s', async (_, levels) => {
    for (const one of CHANGES) {
      if (one.path === '/k/m' && one.value !== null) continue // found in the root, which is then written anew
      await expect(change(levels, [one])).rejects.toMatchObject({ code: 'INDEX_UNREADABLE' })
    }
  })

  it('is refused where it is deeper than any tree', async () => {
    const levels = Array.from({ length: 5000 }, (_, n) => ({ keys: [1], children: [9, n + 1, 9, n + 1] }))
    levels.push({ keys: [1], children: [] })
    for (const one of CHANGES.filter(({ path }) => path !== '/k/m'))
      await expect(change(levels, [one])).rejects.toMatchObject({ code: 'INDEX_UNREADABLE' })
  })
})

it('a node that a batch has left behind may point to later blocks: nothing leads to it', async () => {
  const random = seeded(2)
  const writer = await IndexWriter.open(null)
  const written: Uint8Array[] = []
  const place = { loaded: () => undefined, get: async (seq: number) => written[seq]! }
  for (let batch = 0; batch < 25; batch++) {
    const deletes = [0.02, 0.5, 0.95][batch % 3]!
    const changes = Array.from({ length: 150 }, (): Change => {
      const path = `/k/${Math.floor(random() * 90)}`
      return { path, value: random() < deletes ? null : text('v') }
    })
    // From the blocks alone, with none of them in memory, as a trial lays out a batch.
    const alone = new BeeWriter(place, written.length, new Map())
    const { blocks } = await writer.layOut(changes)
    expect(await alone.write(changes)).toEqual(blocks)
    written.push(...blocks)
  }
  const leading = written.filter(
    (bytes, seq) =>
      seq > 0 &&
      readLevels(readBeeBlock(bytes).tree).some(({ children }) =>
        children.some((number, n) => n % 2 === 0 && number > seq),
      ),
  )
  expect(leading.length).toBeGreaterThan(0)
})
