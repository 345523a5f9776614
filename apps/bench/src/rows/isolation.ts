/** How long one database waits while the contract of another, in the same host process, does its worst. */
import path from 'node:path'
import { Database } from 'vitra'
import { createDatabase, setAndWait } from '../contestants/vitra.js'
import { type Contestant, each, type Row } from '../harness.js'
import type { Sizes } from '../sizes.js'
import { percentile } from '../statistics.js'
import { entry } from '../workload.js'

/** What the contract of the other database does, as bodies of a method. */
const ATTACKS: readonly [name: string, body: string, note: string][] = [
  ['an endless loop', 'for (;;) {}', 'again as soon as it has been ended'],
  [
    'a memory bomb',
    'const all = []; for (;;) all.push(new Array(1e4).fill({}))',
    'again as soon as it has been ended',
  ],
  [
    'a guest that dies',
    "/^(a+)+$/.test('a'.repeat(60) + 'b')",
    'backtracks where fuel does not count, until the watchdog kills the guest; again at once',
  ],
]

export function isolationRow({ calls, isolationRounds }: Sizes): Row {
  const measured = (folder: string) => tail(path.join(folder, 'served'), calls)
  return {
    id: 'isolation',
    title: 'Call to receipt beside a hostile contract, p99 of each round',
    unit: 'ms',
    rounds: isolationRounds,
    contestants: [
      {
        name: 'Vitra, alone',
        note: 'call, op on disk, executed, published and on disk, outcome read',
        measure: async (folder) => [await measured(folder)],
      },
      ...ATTACKS.map(
        ([name, body, note]): Contestant => ({
          name: `Vitra, beside ${name}`,
          note,
          measure: async (folder) => [
            await beside(path.join(folder, 'hostile'), body, () => measured(folder)),
          ],
        }),
      ),
    ],
  }
}

/** The 99th percentile of calls until their receipts, in ms. */
async function tail(folder: string, calls: number): Promise<number> {
  await using db = await createDatabase(folder)
  await setAndWait(db, [entry(calls)])
  return percentile(await each(calls, (nth) => setAndWait(db, [entry(nth)])), 0.99)
}

/** Does work while another database of this process is attacking. */
async function beside<T>(folder: string, body: string, work: () => Promise<T>): Promise<T> {
  const source = `export function attack () { ${body} }\nexport function apply () {}`
  await using hostile = await Database.create(folder, { contract: { source } })
  let isOver = false
  let attacks = 0
  const attacking = (async () => {
    while (!isOver) {
      attacks++
      // However it ends, and where the contract is refused for a while.
      await hostile.call('attack', {}).catch(() => new Promise((resolve) => setTimeout(resolve, 1)))
    }
  })()
  try {
    const result = await work()
    if (attacks === 0) throw new Error('the contract never attacked')
    return result
  } finally {
    isOver = true
    await hostile.close()
    await attacking
  }
}
