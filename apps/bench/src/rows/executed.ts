/** Ops executed in a second: one participant, pipelined, one change an op. */
import path from 'node:path'
import { Base } from '../contestants/autobase.js'
import { Bee } from '../contestants/hyperbee.js'
import { createDatabase, type RawEntry, readBatches, setAll } from '../contestants/vitra.js'
import { type Contestant, perSecond, type Row } from '../harness.js'
import { ARRAY_OPS, type Sizes } from '../sizes.js'
import { arrays, type Entry } from '../workload.js'

export function executedRows(sizes: Sizes): Row[] {
  const single = new Executed(sizes.ops, 1)
  const many = new Executed(sizes.arrayOps, ARRAY_OPS)
  return [
    {
      id: 'executed-single',
      title: 'Ops executed, one op a call, calls pipelined',
      unit: 'per second',
      contestants: [single.vitra, single.bee, single.beePuts, single.autobase],
    },
    {
      id: 'executed-arrays',
      title: `Ops executed, ${ARRAY_OPS} ops a call, calls pipelined`,
      unit: 'per second',
      contestants: [many.vitra, many.bee, many.autobase],
    },
  ]
}

/** The contestants over one number of ops, in arrays of one size. */
class Executed {
  readonly #ops: number
  readonly #arrays: Entry[][]
  /** What Vitra published in this round. */
  #batches: RawEntry[][] = []

  constructor(ops: number, size: number) {
    this.#ops = ops
    this.#arrays = arrays(ops, size)
  }

  readonly vitra: Contestant = {
    name: 'Vitra',
    note: 'from the first call until every op is executed, signed and on disk',
    measure: async (folder) => {
      const db = await createDatabase(folder)
      let rate: number
      try {
        rate = await perSecond(this.#ops, () => setAll(db, this.#arrays))
      } finally {
        await db.close()
      }
      this.#batches = await readBatches(folder)
      return [rate]
    },
  }

  readonly bee: Contestant = {
    name: 'Hyperbee, same entries, same batches',
    note: "writes the entries that Vitra published in this round, acknowledgements included, in Vitra's batches; no op is read, run or made durable",
    measure: async (folder) => {
      await using bee = await Bee.open(folder)
      const rate = await perSecond(this.#ops, async () => {
        for (const batch of this.#batches) await bee.putBatch(batch)
      })
      return [rate]
    },
  }

  readonly beePuts: Contestant = {
    name: 'Hyperbee, put by put',
    note: 'only the changes, each a batch of its own, one after the other',
    measure: async (folder) => {
      await using bee = await Bee.open(folder)
      const rate = await perSecond(this.#ops, async () => {
        for (const entries of this.#arrays) for (const entry of entries) await bee.put(entry)
      })
      return [rate]
    },
  }

  readonly autobase: Contestant = {
    name: 'Autobase',
    note: 'each array appended when the one before it is in the view',
    measure: async (folder) => {
      await using base = await Base.open(path.join(folder, 'base'))
      const rate = await perSecond(this.#ops, async () => {
        for (const entries of this.#arrays) await base.append(entries)
      })
      if (!(await base.has(this.#arrays.at(-1)!.at(-1)!))) throw new Error('an op is not in the view')
      return [rate]
    },
  }
}
