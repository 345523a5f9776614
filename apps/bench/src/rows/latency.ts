/** From a call to its durable receipt: one caller, who waits before the next call. */
import { Base } from '../contestants/autobase.js'
import { Bee } from '../contestants/hyperbee.js'
import { createDatabase, setAndWait } from '../contestants/vitra.js'
import { each, type Row } from '../harness.js'
import type { Sizes } from '../sizes.js'
import { entry } from '../workload.js'

export function latencyRow({ calls }: Sizes): Row {
  return {
    id: 'latency',
    title: 'Call to receipt, one caller',
    unit: 'ms',
    contestants: [
      {
        name: 'Vitra',
        note: 'method run, op signed and on disk, executed, published and on disk, outcome read',
        async measure(folder) {
          await using db = await createDatabase(folder)
          return await each(calls, (nth) => setAndWait(db, [entry(nth)]))
        },
      },
      {
        name: 'Hyperbee, put',
        note: 'until the put resolves; not on disk, no receipt',
        async measure(folder) {
          await using bee = await Bee.open(folder)
          return await each(calls, (nth) => bee.put(entry(nth)))
        },
      },
      {
        name: 'Autobase, append',
        note: 'until the view holds the op; not on disk, no receipt',
        async measure(folder) {
          await using base = await Base.open(folder)
          return await each(calls, (nth) => base.append(entry(nth)))
        },
      },
    ],
  }
}
