/** What grows with the history and what does not: the same work over histories of several lengths. */
import { Database, type VerifyOptions } from 'vitra'
import { Bee, raw } from '../contestants/hyperbee.js'
import { has, setAll, setAndWait } from '../contestants/vitra.js'
import { type Contestant, perSecond, type Row } from '../harness.js'
import type { Histories } from '../histories.js'
import { ARRAY_OPS, type Sizes } from '../sizes.js'
import { arrays, type Entry, entry } from '../workload.js'
import { restartRow } from './start.js'

/** Entries of one page of a listing. */
const PAGE = 50

/** The rows over the shortest history, then those over longer ones; the row that appends many ops comes last of each. */
export function growthRows(sizes: Sizes, histories: Histories): Row[] {
  return sizes.grown.flatMap((ops) =>
    [restartRow, getRow, listRow, auditRow, hashesRow, executedRow].map((row) => row(ops, sizes, histories)),
  )
}

function getRow(ops: number, { reads }: Sizes, histories: Histories): Row {
  const rate = (read: (entry: Entry) => Promise<boolean>) =>
    perSecond(reads, async () => {
      for (let nth = 0; nth < reads; nth++)
        if (!(await read(some(nth, ops)))) throw new Error('a key that was written is not there')
    })
  return overBoth(ops, histories, {
    id: `get-${ops}`,
    title: `Reads one after the other, keys spread over a state of ${ops}`,
    vitra: ['index.get; the database was just opened', (db) => rate((entry) => has(db, entry))],
    bee: ['get; just opened', (bee) => rate((entry) => bee.has(entry))],
  })
}

function listRow(ops: number, { reads }: Sizes, histories: Histories): Row {
  const pages = Math.ceil(reads / 10)
  const rate = (page: (cursor: string) => Promise<number>) =>
    perSecond(pages, async () => {
      for (let nth = 0; nth < pages; nth++) await page(some(nth, ops).key)
    })
  return overBoth(ops, histories, {
    id: `list-${ops}`,
    title: `Pages of ${PAGE} entries in a state of ${ops}`,
    vitra: [
      'index.list after a cursor; the database was just opened',
      (db) => rate(async (cursor) => (await db.index.list('/kv', { limit: PAGE, cursor })).length),
    ],
    bee: ['a read stream after a key; just opened', (bee) => rate((cursor) => bee.page(cursor, PAGE))],
  })
}

function auditRow(ops: number, _sizes: Sizes, histories: Histories): Row {
  const audit = (options: VerifyOptions) => () =>
    overCopy(ops, histories, (db) =>
      perSecond(ops, async () => {
        const report = await db.verify(options)
        if (report.verdict !== 'valid' || report.ops < ops)
          throw new Error(`the audit of ${ops} ops says ${report.verdict} after ${report.ops}`)
      }),
    )
  return {
    id: `audit-${ops}`,
    title: `Ops verified, full audit of a history of ${ops} ops`,
    unit: 'per second',
    contestants: [
      {
        name: 'Vitra, audit',
        note: 'opened, then every op run again and every batch rebuilt and compared',
        measure: audit({}),
      },
      {
        name: 'Vitra, two workers',
        note: '`workers: 2`: from the length on from which that is worth its start, two processes check a part each, with a guest each; below it one does it all',
        measure: audit({ workers: 2 }),
      },
    ],
  }
}

function hashesRow(ops: number, _sizes: Sizes, histories: Histories): Row {
  return {
    id: `hashes-${ops}`,
    title: `Blocks of the index audited by hashes alone, history of ${ops} ops`,
    unit: 'per second',
    contestants: [
      {
        name: 'Vitra, hashes',
        note: 'opened, then structure, order, signatures and tree hashes checked; no op is run, so the verdict is partial',
        measure: () =>
          overCopy(ops, histories, (db) =>
            perSecond(db.index.version, async () => {
              const { verdict, version } = await db.verify({ hashOnly: true })
              if (verdict !== 'partial' || version !== db.index.version)
                throw new Error(`the audit by hashes of ${ops} ops says ${verdict} at ${version}`)
            }),
          ),
      },
    ],
  }
}

/** A figure of Vitra alone, over a history that was just opened. */
async function overCopy(
  ops: number,
  histories: Histories,
  measure: (db: Database) => Promise<number>,
): Promise<number[]> {
  const { folder } = await histories.of('vitra', ops)
  await using db = await Database.load(folder)
  return [await measure(db)]
}

function executedRow(ops: number, { arrayOps }: Sizes, histories: Histories): Row {
  let turns = 0
  // Keys that no turn has written before.
  const work = () => arrays(arrayOps, ARRAY_OPS, `turn${turns++}`)
  return overBoth(ops, histories, {
    id: `grown-${ops}`,
    title: `Ops executed after a history of ${ops} ops, ${ARRAY_OPS} ops a call, calls pipelined`,
    vitra: [
      `${arrayOps} ops, executed, signed and on disk`,
      async (db) => {
        const list = work()
        await setAndWait(db, [entry(0, `first${turns}`)]) // the contract is loaded then
        return perSecond(arrayOps, () => setAll(db, list))
      },
    ],
    bee: [
      `the same entries, ${ARRAY_OPS} a batch; nothing on disk`,
      async (bee) => {
        const list = work().map((entries) => entries.map(raw))
        return perSecond(arrayOps, async () => {
          for (const entries of list) await bee.putBatch(entries)
        })
      },
    ],
  })
}

interface Both {
  readonly id: string
  readonly title: string
  /** What it does, and how often in a second. */
  readonly vitra: readonly [note: string, rate: (db: Database) => Promise<number>]
  readonly bee: readonly [note: string, rate: (bee: Bee) => Promise<number>]
}

/** A row of Vitra and a bare Hyperbee over histories of one length. */
function overBoth(ops: number, histories: Histories, { id, title, vitra, bee }: Both): Row {
  const contestants: Contestant[] = [
    {
      name: 'Vitra',
      note: vitra[0],
      measure: () => overCopy(ops, histories, vitra[1]),
    },
    {
      name: 'Hyperbee',
      note: bee[0],
      async measure() {
        await using store = await Bee.open((await histories.of('bee', ops)).folder)
        return [await bee[1](store)]
      },
    },
  ]
  return { id, title, unit: 'per second', contestants }
}

/** One of the entries of a history, another one each time. */
function some(nth: number, ops: number): Entry {
  return entry((Math.imul(nth + 1, 0x85ebca6b) >>> 0) % ops)
}
