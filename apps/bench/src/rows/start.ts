/** How long it takes to begin: with nothing, and with a history. */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { Database } from 'vitra'
import { Base } from '../contestants/autobase.js'
import { Bee, raw } from '../contestants/hyperbee.js'
import { createDatabase, set, setAndWait } from '../contestants/vitra.js'
import { elapsedMs, type Row } from '../harness.js'
import { ARRAY_OPS } from '../sizes.js'
import { arrays, entry } from '../workload.js'

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

/** @param parent folder in which the histories are kept from round to round */
export function restartRow(ops: number, parent: string): Row {
  const history = path.join(parent, `history-${ops}`)
  const at = (name: string) => path.join(history, name)
  const made = new Map<string, string>()
  /** The key of what is in the folder, which is filled at the first turn. */
  const once = async (name: string, make: (folder: string) => Promise<string>): Promise<string> => {
    if (!made.has(name)) made.set(name, await make(at(name)))
    return made.get(name)!
  }
  let restarts = 0
  const next = () => entry(restarts++, NEW)
  return {
    id: `restart-${ops}`,
    title: `Open with a history of ${ops} ops, to the first executed op`,
    unit: 'ms',
    contestants: [
      {
        name: 'Vitra',
        note: 'load, guest process, one call until it is executed and on disk',
        async measure() {
          await once('vitra', (folder) => fillDatabase(folder, ops))
          return timedOpen(
            () => Database.load(at('vitra')),
            (db) => setAndWait(db, [next()]),
          )
        },
      },
      {
        name: 'Hyperbee',
        note: 'one put',
        async measure() {
          await once('bee', (folder) => fillBee(folder, ops))
          return timedOpen(
            () => Bee.open(at('bee')),
            (bee) => bee.put(next()),
          )
        },
      },
      {
        name: 'Autobase',
        note: 'one append, applied',
        async measure() {
          const key = Buffer.from(await once('base', (folder) => fillBase(folder, ops)), 'hex')
          return timedOpen(
            () => Base.open(at('base'), key),
            (base) => base.append(next()),
          )
        },
      },
    ],
    close: () => rm(history, { recursive: true, force: true }),
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

export async function fillDatabase(folder: string, ops: number): Promise<string> {
  await using db = await createDatabase(folder)
  for (const entries of arrays(ops, ARRAY_OPS)) await set(db, entries)
  await db.executor!.sync()
  return db.pubkey.toString('hex')
}

export async function fillBee(folder: string, ops: number): Promise<string> {
  await using bee = await Bee.open(folder)
  for (const entries of arrays(ops, ARRAY_OPS)) await bee.putBatch(entries.map(raw))
  return bee.bee.core.key!.toString('hex')
}

export async function fillBase(folder: string, ops: number): Promise<string> {
  await using base = await Base.open(folder)
  for (const entries of arrays(ops, ARRAY_OPS)) await base.append(entries)
  return base.base.key.toString('hex')
}
