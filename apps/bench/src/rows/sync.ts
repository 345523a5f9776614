/** A copy that has nothing fetches all logs of a database from one peer, over a socket of this machine. */
import { connect } from 'node:net'
import path from 'node:path'
import { pipeline } from 'node:stream'
import { fromHex, IndexLog, Log, oplogIdentity, readInputs, Storage } from '@vitra/log'
import Corestore from 'corestore'
import { Database } from 'vitra'
import { Child } from '../children.js'
import { elapsedMs, type Row } from '../harness.js'
import type { Histories, History } from '../histories.js'
import type { Sizes } from '../sizes.js'

/** A log of a database. */
interface Blocks {
  readonly key: Uint8Array
  readonly length: number
}

export function syncRow({ synced }: Sizes, histories: Histories): Row {
  const served = async (kind: string, fetch: Fetch) => {
    const history = await histories.of('vitra', synced)
    const logs = await logsOf(history)
    const blocks = logs.reduce((sum, { length }) => sum + length, 0)
    await using peer = new Child('serve', kind, history.folder)
    const { port } = await peer.hear<{ port: number }>()
    return [(blocks / (await fetch(port, history, logs))) * 1000]
  }
  return {
    id: 'sync',
    title: `Blocks fetched by a new copy from one peer in another process, ${synced} ops`,
    unit: 'per second',
    contestants: [
      {
        name: 'Vitra, full history',
        note: 'opened, connected, index and oplogs checked against their signatures and on disk',
        measure: (folder) => served('vitra', (port, history) => fetchDatabase(folder, port, history)),
      },
      {
        name: 'Hypercore, the same logs',
        note: "their keys known beforehand, by hypercore's replication alone; not on disk",
        measure: (folder) => served('hypercore', (port, _, logs) => fetchLogs(folder, port, logs)),
      },
    ],
  }
}

/** Returns how long it took, in ms. */
type Fetch = (port: number, history: History, logs: readonly Blocks[]) => Promise<number>

async function fetchDatabase(folder: string, port: number, { key }: History): Promise<number> {
  let db: Database | undefined
  const socket = connect(port, '127.0.0.1')
  try {
    return await elapsedMs(async () => {
      db = await Database.load(folder, key)
      db.replicate(socket, { initiator: true })
      await db.whenConnected()
      await db.syncFullHistory()
    })
  } finally {
    await db?.close()
    socket.destroy()
  }
}

async function fetchLogs(folder: string, port: number, logs: readonly Blocks[]): Promise<number> {
  const store = new Corestore(folder)
  const socket = connect(port, '127.0.0.1')
  try {
    return await elapsedMs(async () => {
      pipeline(socket, store.replicate(true), socket, () => {}) // cut when it is done
      await Promise.all(
        logs.map(async ({ key, length }) => {
          const core = store.get({ key: Buffer.from(key) })
          await core.ready()
          await core.download({ start: 0, end: length }).done()
        }),
      )
    })
  } finally {
    await store.close()
    socket.destroy()
  }
}

/** Index and oplogs of a closed database. */
async function logsOf({ folder, key }: History): Promise<Blocks[]> {
  await using storage = Storage.at(path.resolve(folder))
  await storage.load()
  const log = await Log.open(storage, fromHex(key))
  const index = await IndexLog.open(log)
  const inputs = await index.read(({ source }) => readInputs(source))
  const logs: Blocks[] = [log]
  for (const { signer } of inputs) logs.push(await Log.open(storage, oplogIdentity(signer, log.key)))
  return logs.map(({ key, length }) => ({ key, length }))
}
