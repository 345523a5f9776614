/** Vitra as its users have it: a contract that stores what it is given, called through `Database`. */
import { BATCH_PATH, IndexLog, Log, pathToKey, Storage } from '@vitra/log'
import { Database } from 'vitra'
import type { Entry } from '../workload.js'

const SOURCE = `
import { index } from 'contract'

export function set({ entries }, emit) {
  for (const { key, value } of entries) emit({ op: 'SET', key, value })
}

export async function get({ key }) {
  const entry = await index.get('/kv/' + key)
  return entry && entry.value
}

export function admit({ pubkey }, emit) {
  emit({ op: 'ADMIT', pubkey })
}

export const apply = {
  SET(tx, { key, value }) {
    tx.put('/kv/' + key, value)
  },
  ADMIT(tx, { pubkey }) {
    tx.addOplog({ pubkey })
  },
}
`

/** @param comment makes it another contract, which does the same */
export function createDatabase(folder: string, comment = ''): Promise<Database> {
  return Database.create(folder, { contract: { source: `${SOURCE}${comment}` } })
}

/** Emits an op for each entry; they are on disk in the caller's oplog when this returns. */
export function set(db: Database, entries: readonly Entry[]): ReturnType<Database['call']> {
  return db.call('set', { entries })
}

/** The same, executed, published and on disk. */
export async function setAndWait(db: Database, entries: readonly Entry[]): Promise<void> {
  const transaction = await set(db, entries)
  await transaction.whenProcessed()
}

/** Makes all calls without waiting in between, then waits until every op is executed, published and on disk. */
export async function setAll(db: Database, arrays: readonly (readonly Entry[])[]): Promise<void> {
  await Promise.all(arrays.map((entries) => set(db, entries)))
  await db.executor!.sync()
}

export async function has(db: Database, { key }: Entry): Promise<boolean> {
  return (await db.index.get(`/kv/${key}`)) !== null
}

/** One entry of the index as Hyperbee stores it. */
export interface RawEntry {
  readonly key: Buffer
  readonly value: Buffer
}

/** Every batch that was published after genesis, from the folder of a closed database. */
export async function readBatches(folder: string): Promise<RawEntry[][]> {
  await using storage = Storage.at(folder)
  const { key, identity } = await storage.load()
  const index = await IndexLog.open(await Log.open(storage, identity ?? key))
  const batches: RawEntry[][] = [[]]
  for (let seq = 1; seq < index.length; seq++) {
    const { path, value } = await index.entry(seq)
    batches.at(-1)!.push({ key: Buffer.from(pathToKey(path)), value: Buffer.from(value!) })
    if (path === BATCH_PATH) batches.push([])
  }
  await index.close()
  return batches.slice(1, -1)
}
