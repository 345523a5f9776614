/** Nodes of an index block that point in a circle are refused before Hyperbee follows them for ever. */
import { expect, it } from 'vitest'
import { IndexBlock } from '../src/formats/messages.generated.js'
import { assertAcyclic, encodeValue, IndexWriter } from '../src/index.js'
import { BeeTree } from '../src/proofs/proofs.generated.js'

type Level = { keys: number[]; children: number[] }

function block(levels: Level[]): Uint8Array {
  return IndexBlock.encode({
    tree: BeeTree.encode({ levels }),
    key: Uint8Array.of(1),
    value: Uint8Array.of(1),
  })
}

it('what Hyperbee writes is taken, whatever was put and deleted', async () => {
  const writer = await IndexWriter.open(null)
  let checked = 0
  for (let batch = 0; batch < 12; batch++) {
    const changes = Array.from({ length: 40 }, (_, n) => {
      const path = `/k${(batch * 17 + n * 7) % 90}`
      return { path, value: batch % 3 === 2 && n % 2 === 0 ? null : encodeValue(n) }
    })
    const { start, blocks } = await writer.layOut(changes)
    for (const [n, bytes] of blocks.entries()) {
      assertAcyclic(start + n, bytes)
      checked++
    }
  }
  expect(checked).toBeGreaterThan(300)
})

it.each<[string, Level[]]>([
  ['itself', [{ keys: [1], children: [9, 0, 3, 0] }]],
  [
    'one that points back',
    [
      { keys: [1], children: [9, 1, 3, 0] },
      { keys: [2], children: [4, 0, 9, 0] },
    ],
  ],
  ['a later block', [{ keys: [1], children: [10, 0, 3, 0] }]],
  ['a level that the block does not have', [{ keys: [1], children: [9, 5, 3, 0] }]],
])('a node that points to %s is refused', (_, levels) => {
  expect(() => assertAcyclic(9, block(levels))).toThrow(expect.objectContaining({ code: 'INDEX_UNREADABLE' }))
})

it('a chain of nodes that is deeper than any tree is refused', () => {
  const levels = Array.from({ length: 5000 }, (_, n) => ({ keys: [1], children: [9, n + 1, 3, 0] }))
  levels.push({ keys: [1], children: [] })
  expect(() => assertAcyclic(9, block(levels))).toThrow(expect.objectContaining({ code: 'INDEX_UNREADABLE' }))
  expect(() => assertAcyclic(9, Uint8Array.of(1, 2))).toThrow()
})
