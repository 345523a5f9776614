/** Ops verified in a second: a full audit, which runs every op again and rebuilds the index bit for bit. */
import { createDatabase, setAll } from '../contestants/vitra.js'
import { perSecond, type Row } from '../harness.js'
import { ARRAY_OPS, type Sizes } from '../sizes.js'
import { arrays } from '../workload.js'

export function verifiedRow({ arrayOps }: Sizes): Row {
  let executed = 0
  return {
    id: 'verified',
    title: 'Ops verified, full audit from genesis',
    unit: 'per second',
    contestants: [
      {
        name: 'Vitra, audit',
        note: 'contract run again, every batch rebuilt and compared',
        async measure(folder) {
          await using db = await createDatabase(folder)
          executed = await perSecond(arrayOps, () => setAll(db, arrays(arrayOps, ARRAY_OPS)))
          const rate = await perSecond(arrayOps, async () => {
            const { verdict, ops } = await db.verify()
            if (verdict !== 'valid' || ops !== arrayOps)
              throw new Error(`the audit of ${arrayOps} ops says ${verdict} after ${ops}`)
          })
          return [rate]
        },
      },
      {
        name: 'Vitra, execution',
        note: 'the same ops when they were executed, for comparison',
        measure: async () => [executed],
      },
    ],
  }
}
