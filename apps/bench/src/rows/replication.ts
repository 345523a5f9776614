/** Three participants in one process, each connected to the others by streams, until every copy holds every op. */
import path from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Database } from 'vitra'
import { Base } from '../contestants/autobase.js'
import { createDatabase, has, set } from '../contestants/vitra.js'
import { type Contestant, perSecond, type Row } from '../harness.js'
import { ARRAY_OPS, type Sizes } from '../sizes.js'
import { arrays, type Entry } from '../workload.js'

const PARTICIPANTS = ['a', 'b', 'c']
/** Pause between two looks at the copies, in ms. */
const LOOK_MS = 2

/** One participant, whatever it runs on. */
interface Peer extends AsyncDisposable {
  write(entries: readonly Entry[]): Promise<unknown>
  has(entry: Entry): Promise<boolean>
}

export function replicationRows({ replicated }: Sizes): Row[] {
  const row = (id: string, title: string, ops: number, size: number): Row => ({
    id,
    title,
    unit: 'per second',
    contestants: [
      contestant('Vitra', VITRA_NOTE, openVitra),
      contestant('Autobase', BASE_NOTE, openBase),
    ].map(
      ({ name, note, open }): Contestant => ({
        name,
        note,
        measure: async (folder) => [await rate(await open(folder), ops, size)],
      }),
    ),
  })
  return [
    row('replicated-single', 'Ops of three participants, in every copy, one by one', replicated, 1),
    row(
      'replicated-arrays',
      `Ops of three participants, in every copy, in arrays of ${ARRAY_OPS}`,
      Math.max(ARRAY_OPS, 2 * replicated),
      ARRAY_OPS,
    ),
  ]
}

const VITRA_NOTE =
  'one of the three executes; ops durable where they were called, results where they were executed'
const BASE_NOTE = 'all three are indexers; every one runs `apply` itself; nothing durable'

function contestant(name: string, note: string, open: (folder: string) => Promise<Peer[]>) {
  return { name, note, open }
}

/** All write at once, each its ops one after the other. */
async function rate(peers: readonly Peer[], ops: number, size: number): Promise<number> {
  const work = PARTICIPANTS.map((prefix) => arrays(ops, size, prefix))
  try {
    return await perSecond(ops * peers.length, async () => {
      await Promise.all(
        peers.map(async (peer, nth) => {
          for (const entries of work[nth]!) await peer.write(entries)
        }),
      )
      // The order of one participant holds everywhere: with its last op all of its ops are there.
      const last = work.map((list) => list.at(-1)!.at(-1)!)
      for (const peer of peers) for (const entry of last) await until(() => peer.has(entry))
    })
  } finally {
    for (const peer of peers) await peer[Symbol.asyncDispose]()
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(LOOK_MS)
}

async function openVitra(folder: string): Promise<Peer[]> {
  const [first, ...others] = PARTICIPANTS.map((name) => path.join(folder, name))
  const executor = await createDatabase(first!)
  const databases = [executor]
  for (const other of others) databases.push(await Database.load(other, executor.pubkey))
  connectAll(databases)
  for (const db of databases.slice(1)) {
    const { publicKey } = await db.createIdentity()
    const admitted = await executor.call('admit', { pubkey: publicKey.toString('hex') })
    await admitted.whenProcessed()
    await until(async () => db.localOplog?.active === true)
  }
  return databases.map((db) => ({
    write: (entries) => set(db, entries),
    has: (entry) => has(db, entry),
    [Symbol.asyncDispose]: () => db.close(),
  }))
}

async function openBase(folder: string): Promise<Peer[]> {
  const first = await Base.open(path.join(folder, PARTICIPANTS[0]!))
  const bases = [first]
  for (const name of PARTICIPANTS.slice(1))
    bases.push(await Base.open(path.join(folder, name), first.base.key))
  connectAll(bases.map(({ store }) => store))
  for (const base of bases.slice(1)) {
    await first.admit(base)
    await until(async () => {
      await base.base.update()
      return base.base.writable
    })
  }
  return bases.map((base) => ({
    write: (entries) => base.append(entries),
    async has(entry) {
      await base.base.update()
      return base.has(entry)
    },
    [Symbol.asyncDispose]: () => base[Symbol.asyncDispose](),
  }))
}

/** A stream between each two. */
function connectAll(all: readonly { replicate(isInitiator: boolean): object }[]): void {
  for (const [nth, left] of all.entries()) {
    for (const right of all.slice(nth + 1)) {
      const streams = [left.replicate(true), right.replicate(false)] as [Duplex, Duplex]
      for (const stream of streams) stream.on('error', noteCut)
      streams[0].pipe(streams[1]).pipe(streams[0])
    }
  }
}

/** The end of a participant cuts its streams, which report that. */
function noteCut(): void {}
