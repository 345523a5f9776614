/** Reads in a second, one after the other, of keys that are there. */
import { Base } from '../contestants/autobase.js'
import { Bee, raw } from '../contestants/hyperbee.js'
import { createDatabase, has, setAll } from '../contestants/vitra.js'
import { perSecond, type Row } from '../harness.js'
import { ARRAY_OPS, type Sizes } from '../sizes.js'
import { arrays, type Entry, entries, VALUE } from '../workload.js'

/** Keys that the store holds. */
const KEYS = ARRAY_OPS

export function readsRow({ reads }: Sizes): Row {
  const keys = entries(0, KEYS)
  const rate = (read: (entry: Entry) => Promise<boolean>) =>
    perSecond(reads, async () => {
      for (let nth = 0; nth < reads; nth++)
        if (!(await read(keys[nth % KEYS]!))) throw new Error('a key that was written is not there')
    })
  return {
    id: 'reads',
    title: `Reads, ${KEYS} keys`,
    unit: 'per second',
    contestants: [
      {
        name: 'Vitra, index.get',
        note: 'the published state',
        async measure(folder) {
          await using db = await createDatabase(folder)
          await setAll(db, arrays(KEYS, ARRAY_OPS))
          return [await rate((entry) => has(db, entry))]
        },
      },
      {
        name: 'Vitra, read-only call',
        note: "the same read by the contract's own method in the guest process, which keeps what it has read of a version",
        async measure(folder) {
          await using db = await createDatabase(folder)
          await setAll(db, arrays(KEYS, ARRAY_OPS))
          return [await rate(async ({ key }) => (await db.call('get', { key })).response === VALUE)]
        },
      },
      {
        name: 'Hyperbee, get',
        note: '',
        async measure(folder) {
          await using bee = await Bee.open(folder)
          await bee.putBatch(keys.map(raw))
          return [await rate((entry) => bee.has(entry))]
        },
      },
      {
        name: 'Autobase, get of the view',
        note: '',
        async measure(folder) {
          await using base = await Base.open(folder)
          await base.append(keys)
          return [await rate((entry) => base.has(entry))]
        },
      },
    ],
  }
}
