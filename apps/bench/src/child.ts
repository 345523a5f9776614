/**
 * What the bench runs in a process of its own: a peer that serves logs, or databases that lie idle. It writes one line
 * of JSON for each thing done, does the next at a line from its parent, and ends when that closes its input.
 */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream'
import Corestore from 'corestore'
import { Database } from 'vitra'
import { Bee } from './contestants/hyperbee.js'
import { createDatabase, setAndWait } from './contestants/vitra.js'
import { elapsedMs } from './harness.js'
import { residentBytes } from './memory.js'
import { entry } from './workload.js'

const [role, kind, folder, count] = process.argv.slice(2) as [string, string, string, string]
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

if (role === 'serve') await serve()
else await lieIdle(Number(count))

async function serve(): Promise<void> {
  const opened = kind === 'vitra' ? await Database.load(folder) : await openStore()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    opened.replicate(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  tell(server.address() as { port: number })
  await lines.next()
  server.close()
  await opened.close()
  for (const socket of sockets) socket.destroy()
}

/** The logs of a database, served by hypercore alone. */
async function openStore() {
  const store = new Corestore(path.join(folder, 'logs'))
  await store.ready()
  return {
    replicate(socket: Socket) {
      const stream = store.replicate(false)
      pipeline(socket, stream, socket, () => {}) // a peer that goes away is no error
    },
    close: () => store.close(),
  }
}

/** Opens databases, uses each once, and leaves them alone; then calls some of them again. */
async function lieIdle(databases: number): Promise<void> {
  const all: { use(nth: number): Promise<void>; close(): Promise<void> }[] = []
  for (let nth = 0; nth < databases; nth++) {
    const opened = await openIdle(path.join(folder, `${nth}`), nth)
    await opened.use(0)
    all.push(opened)
  }
  globalThis.gc?.()
  tell({ bytes: residentBytes(process.pid) })
  await lines.next()
  const ms: number[] = []
  // The ones that were used longest ago.
  for (const { use } of all.slice(0, CALLS)) ms.push(await elapsedMs(() => use(1)))
  tell({ ms })
  await lines.next()
  for (const { close } of all) await close()
}

const CALLS = 20

async function openIdle(at: string, nth: number) {
  if (kind === 'vitra') {
    const db = await createDatabase(at, `// contract ${nth}`)
    return { use: (time: number) => setAndWait(db, [entry(time)]), close: () => db.close() }
  }
  const bee = await Bee.open(at)
  return { use: (time: number) => bee.put(entry(time)), close: () => bee[Symbol.asyncDispose]() }
}

function tell(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`)
}
