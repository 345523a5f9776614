/** What it costs that results are on disk before anybody is told: Vitra with and without. */
import { Database, type Durability } from 'vitra'
import { createDatabase, setAll, setAndWait } from '../contestants/vitra.js'
import { type Contestant, each, perSecond, type Row } from '../harness.js'
import { ARRAY_OPS, type Sizes } from '../sizes.js'
import { arrays, entry } from '../workload.js'

const NOTES: Readonly<Record<Durability, string>> = {
  batch: 'the default: ops and results are on disk before the call returns and before peers hear',
  none: 'left to the operating system: a power cut may take back what was acknowledged',
}

export function durabilityRows({ arrayOps, calls }: Sizes): Row[] {
  return [
    {
      id: 'durability-arrays',
      title: `Ops executed, ${ARRAY_OPS} ops a call, by durability`,
      unit: 'per second',
      contestants: both(async (db) => [
        await perSecond(arrayOps, () => setAll(db, arrays(arrayOps, ARRAY_OPS))),
      ]),
    },
    {
      id: 'durability-latency',
      title: 'Call to receipt, one caller, by durability',
      unit: 'ms',
      contestants: both((db) => each(calls, (nth) => setAndWait(db, [entry(nth)]))),
    },
  ]
}

function both(measure: (db: Database) => Promise<number[]>): Contestant[] {
  return (['batch', 'none'] as const).map((durability) => ({
    name: `Vitra, ${durability}`,
    note: NOTES[durability],
    async measure(folder) {
      await (await createDatabase(folder)).close()
      await using db = await Database.load(folder, undefined, { durability })
      return await measure(db)
    },
  }))
}
