/** How long it takes to begin: with nothing, and with a history. */
import { Database } from 'vitra'
import { Base } from '../contestants/autobase.js'
import { Bee } from '../contestants/hyperbee.js'
import { createDatabase, setAndWait } from '../contestants/vitra.js'
import { type Contestant, elapsedMs, type Row } from '../harness.js'
import type { Histories } from '../histories.js'
import type { Sizes } from '../sizes.js'
import { entry } from '../workload.js'

/** Entries written after a restart: keys that the history does not hold. */
const NEW = 'new'

export function createRow(): Row {
  return {
    id: 'create',
    title: 'Create, to the first result',
    unit: 'ms',
    contestants: [
      {
        name: 'Vitra',
        note: 'keys, guest process, genesis, one call until it is executed and on disk',
        measure: (folder) =>
          timedOpen(
            () => createDatabase(folder),
            (db) => setAndWait(db, [entry(0)]),
          ),
      },
      {
        name: 'Hyperbee',
        note: 'one put',
        measure: (folder) =>
          timedOpen(
            () => Bee.open(folder),
            (bee) => bee.put(entry(0)),
          ),
      },
      {
        name: 'Autobase',
        note: 'one append, applied',
        measure: (folder) =>
          timedOpen(
            () => Base.open(folder),
            (base) => base.append(entry(0)),
          ),
      },
    ],
  }
}

/** Autobase's history is built no longer than this: it takes too long. */
const BASE_OPS_MAX = 100_000

export function restartRow(ops: number, _sizes: Sizes, histories: Histories): Row {
  let restarts = 0
  const next = () => entry(restarts++, NEW)
  const vitra: Contestant = {
    name: 'Vitra',
    note: 'load, guest process, one call until it is executed and on disk',
    async measure() {
      const { folder } = await histories.of('vitra', ops)
      return timedOpen(
        () => Database.load(folder),
        (db) => setAndWait(db, [next()]),
      )
    },
  }
  const bee: Contestant = {
    name: 'Hyperbee',
    note: 'one put',
    async measure() {
      const { folder } = await histories.of('bee', ops)
      return timedOpen(
        () => Bee.open(folder),
        (bee) => bee.put(next()),
      )
    },
  }
  const base: Contestant = {
    name: 'Autobase',
    note: 'one append, applied',
    async measure() {
      const { folder, key } = await histories.of('base', ops)
      return timedOpen(
        () => Base.open(folder, Buffer.from(key, 'hex')),
        (base) => base.append(next()),
      )
    },
  }
  return {
    id: `restart-${ops}`,
    title: `Open with a history of ${ops} ops, to the first executed op`,
    unit: 'ms',
    contestants: ops <= BASE_OPS_MAX ? [vitra, bee, base] : [vitra, bee],
  }
}

/** Opens, does one thing, and closes; the time without the closing. */
async function timedOpen<T extends AsyncDisposable>(
  open: () => Promise<T>,
  work: (opened: T) => Promise<void>,
): Promise<number[]> {
  let opened: T | undefined
  try {
    return [
      await elapsedMs(async () => {
        opened = await open()
        await work(opened)
      }),
    ]
  } finally {
    await opened?.[Symbol.asyncDispose]()
  }
}
