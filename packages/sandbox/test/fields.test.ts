// Fields of runs and endings come out as they went in (spec/4-execution §6).
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packEnding, type RawEnding, unpackEndings } from '../src/ending-fields.js'
import { FieldReader, FieldWriter, reusedWriter } from '../src/fields.js'
import { packItem, packRuns, type RunItem, type Runs, readItem, unpackRuns } from '../src/runs.js'

const MAX = { endings: 5, writes: 5 }
const bytes = fc.uint8Array({ maxLength: 200 })
const maybe = fc.option(bytes)
const whole = fc.maxSafeNat()
const item: fc.Arbitrary<RunItem> = fc.record({
  subject: bytes,
  extra: maybe,
  seed: maybe,
  key: maybe,
  seq: whole,
  ts: whole,
})
const text = fc.string({ unit: 'binary' })
const ending: fc.Arbitrary<RawEnding> = fc.oneof(
  fc.record({
    isOk: fc.constant(true as const),
    fuel: whole,
    value: maybe,
    writes: fc.array(fc.tuple(text, maybe), { maxLength: 5 }),
  }),
  fc.record({ isOk: fc.constant(false as const), fuel: whole, told: bytes }),
)

describe('a writer that is used again', () => {
  it('begins anew, whatever became of the last message', () => {
    const next = reusedWriter()
    next().text('of a message that was never taken')
    const writer = next()
    writer.uint(1)
    expect(writer.take()).toEqual(Uint8Array.of(1, 0, 0, 0))
    expect(next()).toBe(writer)
  })

  it('does not keep the room of a large message', () => {
    const next = reusedWriter()
    const large = next()
    large.bytes(new Uint8Array(2_000_000))
    large.take()
    expect(next().capacity).toBeLessThan(100_000)
  })
})

describe('fields', () => {
  it('hold items, one after the other', () => {
    const holds = (items: RunItem[]) => {
      const all = new FieldWriter()
      for (const each of items) all.append(packItem(each))
      const reader = new FieldReader(all.take())
      expect(items.map(() => readItem(reader))).toEqual(items)
      expect(reader.isAtEnd).toBe(true)
    }
    fc.assert(fc.property(fc.array(item, { maxLength: 5 }), holds))
  })

  it('hold endings, one after the other', () => {
    const holds = (endings: RawEnding[]) => {
      const all = new FieldWriter()
      for (const each of endings) all.append(packEnding(each))
      expect(unpackEndings(all.take(), MAX)).toEqual(endings)
    }
    fc.assert(fc.property(fc.array(ending, { maxLength: 5 }), holds))
  })

  it('hold runs', () => {
    const holds = (n: number, isWriter: boolean | null, items: Uint8Array[]) => {
      const runs: Runs = {
        id: n,
        mode: 2,
        isWriter,
        batch: n,
        state: 0,
        after: n,
        isCareful: n % 2 === 0,
        isExplained: n % 3 === 0,
        items,
      }
      expect(unpackRuns(packRuns(runs))).toEqual(runs)
    }
    fc.assert(fc.property(whole, fc.constantFrom(null, false, true), fc.array(bytes), holds))
  })

  it('are read or refused, whatever the bytes', () => {
    const isReadOrRefused = (any: Uint8Array) => {
      try {
        expect(unpackEndings(any, MAX)).toBeInstanceOf(Array)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
    }
    fc.assert(fc.property(bytes, isReadOrRefused))
  })

  it('grow as they have to', () => {
    const writer = new FieldWriter()
    const large = new Uint8Array(100_000).fill(7)
    writer.bytes(large)
    writer.text('ä'.repeat(5000))
    const reader = new FieldReader(writer.take())
    expect(reader.bytes()).toEqual(large)
    expect(reader.text()).toBe('ä'.repeat(5000))
  })
})
