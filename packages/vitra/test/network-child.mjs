// One node in a process of its own: does what it is told over IPC, and says what happens. See `node-process.ts`.
import { createServer } from 'node:net'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'

let db
const say = (event, value) => process.send({ event, value })
const plain = (value) => JSON.parse(JSON.stringify(value ?? null))
const hex = (bytes) => bytes?.toString('hex') ?? null

function opened(database) {
  db = database
  for (const event of ['peer-add', 'peer-remove'])
    db.on(event, (peer) => say(event, { ...peer, publicKey: hex(peer.publicKey) }))
  db.on('sync', (progress) => say('sync', progress))
  return hex(db.pubkey)
}

const commands = {
  create: async (folder, options) => opened(await Database.create(folder, options)),
  load: async (folder, pubkey) => opened(await Database.load(folder, pubkey)),
  swarm: async (options) => void (await db.swarm(options).flush()),
  unswarm: () => db.unswarm(),
  whenConnected: (options) => db.whenConnected(options),
  peers: () => db.peers.map((peer) => ({ ...peer, publicKey: hex(peer.publicKey) })),
  progress: () => db.progress(),
  syncLatest: (options) => db.syncLatest(options),
  syncFullHistory: (options) => db.syncFullHistory(options),
  createIdentity: async () => String(await db.createIdentity()),
  call: (method, params) => db.call(method, params),
  whenProcessed: (tx, options) => db.transaction(tx).whenProcessed(options),
  verifyInclusion: async (tx) => (await db.transaction(tx).verifyInclusion()).length,
  pending: () => db.pending(),
  verify: () => db.verify(),
  check: () => checkDatabase(db),
  version: () => db.index.version,
  lie: (changes) => db.index.dangerousBatch(changes),
  async monitor() {
    const monitor = await db.monitor()
    for (const event of ['validated', 'lag', 'restart']) monitor.on(event, (value) => say(event, value))
    monitor.on('inconclusive', (report) => say('inconclusive', report.findings))
    monitor.on('violation', async (proof) =>
      say('violation', { code: proof.violation.code, stored: (await db.frauds()).length }),
    )
  },
  /** Serves the logs over TCP. Gives the port. */
  listen: () =>
    new Promise((resolve) => {
      const server = createServer((socket) => {
        socket.on('error', () => {})
        db.replicate(socket)
      })
      server.listen(0, '127.0.0.1', () => resolve(server.address().port))
    }),
  close: async () => {
    await db.close()
    setImmediate(() => process.disconnect())
  },
}

process.on('message', async ({ id, command, args }) => {
  try {
    process.send({ id, value: plain(await commands[command](...args)) })
  } catch (error) {
    const { code, message, details } = error
    process.send({ id, error: plain({ code, message, details }) })
  }
})
process.once('disconnect', () => process.exit())
