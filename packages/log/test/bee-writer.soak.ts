/** Long histories of random batches, over small and large trees: the writer of the tree against Hyperbee itself. */
import { expect, it } from 'vitest'
import { type Change, IndexWriter } from '../src/index.js'
import { text } from './helpers.js'
import { hyperbees, writeBatch } from './hyperbee.js'
import { seeded } from './seeded.js'

const HISTORIES = Number(process.env.VITRA_HISTORIES ?? 30)
const CHANGES = 20_000
const BATCH_MAX = 600
/** How many keys there are to put and delete: of a node or two, and of a tree of five levels. */
const KEYS = [40, 2000, 60_000]

it(`writes the bytes that Hyperbee writes through ${HISTORIES} histories of ${CHANGES} changes`, async () => {
  const first = Number(process.env.VITRA_SEED ?? 1)
  const open = await hyperbees()
  for (let seed = first; seed < first + HISTORIES; seed++) {
    const next = seeded(seed)
    const below = (bound: number) => Math.floor(next() * bound)
    const keys = KEYS[seed % KEYS.length]!
    const bee = await open()
    const writer = await IndexWriter.open(null)
    let written = 0
    let batches = 0
    while (written < CHANGES) {
      const deletes = [0.02, 0.5, 0.95][below(3)]!
      const size = 1 + below(below(2) === 0 ? 4 : BATCH_MAX)
      const changes = Array.from({ length: size }, (): Change => {
        const path = `/k/${((below(keys) + 1) * 7919) % 1_000_003}`
        return { path, value: next() < deletes ? null : text('v'.repeat(below(20))) }
      })
      const expected = await writeBatch(bee, changes)
      expect((await writer.layOut(changes)).blocks, `seed ${seed}, batch ${batches}`).toEqual(expected)
      written += size
      batches++
    }
    console.log(`tree: seed ${seed}, ${keys} keys, ${batches} batches, ${bee.core.length} blocks`)
    await bee.close()
  }
})
