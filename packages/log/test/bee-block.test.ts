/** The bytes of index blocks, read and written by hand, against the compiled messages (spec/2-index §1). */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BeeBlockWriter, readBeeBlock, readLevels } from '../src/formats/bee-block.js'
import { decodeCanonical } from '../src/formats/codec.js'
import { IndexBlock } from '../src/formats/messages.generated.js'
import { BeeTree } from '../src/proofs/proofs.generated.js'

const number = fc.oneof(fc.nat(300), fc.maxSafeNat())
const levels = fc.array(
  fc.record({
    keys: fc.array(number, { maxLength: 30 }),
    children: fc.array(number, { maxLength: 30 }),
  }),
  { maxLength: 5 },
)
const bytes = fc.uint8Array({ maxLength: 200 })
const block = fc.record({ key: bytes, value: fc.option(bytes), levels })

const compiled = ({ key, value, levels }: { key: Uint8Array; value: Uint8Array | null; levels: object[] }) =>
  new Uint8Array(
    IndexBlock.encode({
      tree: BeeTree.encode({ levels } as never),
      key,
      ...(value === null ? {} : { value }),
    }),
  )

it('what is written is what the messages write, and is read back', () => {
  const writer = new BeeBlockWriter()
  fc.assert(
    fc.property(block, ({ key, value, levels }) => {
      const written = writer.block(key, value, levels)
      expect(written).toEqual(compiled({ key, value, levels }))
      const read = readBeeBlock(written)
      expect(read.key).toEqual(key)
      expect(read.value).toEqual(value)
      expect(readLevels(read.tree)).toEqual(levels)
    }),
  )
})

it('bytes are refused where the messages refuse them, and nowhere else', () => {
  let refused = 0
  const change = fc.record({ at: fc.nat(), to: fc.nat(255), cut: fc.nat(3) })
  fc.assert(
    fc.property(block, change, (content, { at, to, cut }) => {
      const whole = compiled(content)
      const damaged = whole.slice(0, whole.length - (cut === 3 ? 1 : 0))
      if (cut < 2) damaged[at % damaged.length] = to
      const expected = outcome(() => {
        const { key, value, tree } = decodeCanonical(IndexBlock, damaged, 'index block')
        return {
          key: [...key],
          value: value && [...value],
          levels: decodeCanonical(BeeTree, tree, 'tree').levels,
        }
      })
      const found = outcome(() => {
        const { key, value, tree } = readBeeBlock(damaged)
        return { key: [...key], value: value && [...value], levels: readLevels(tree) }
      })
      if (expected === null) refused++
      // Numbers that are not exact are refused; the compiled messages take some of them.
      const isExact = expected?.levels.every(({ keys, children }) =>
        [...keys, ...children].every(Number.isSafeInteger),
      )
      expect(found).toEqual(isExact === false ? null : expected)
    }),
    { numRuns: 3000 },
  )
  expect(refused).toBeGreaterThan(300)
})

function outcome<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}
