// Serves its database to one peer and calls the counter when told to; says when what happened. See `disk-before-network.test.ts`.
import { writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { Database } from 'vitra'

const [folder, durability] = process.argv.slice(2)
const say = (event, value = Date.now()) => writeSync(1, `${event} ${value}\n`)
const db = await Database.load(folder, undefined, { durability })
const server = createServer((socket) => {
  const stream = db.replicate(false)
  for (const end of [socket, stream]) end.on('error', () => {})
  socket.pipe(stream).pipe(socket)
})
server.listen(0, '127.0.0.1', () => say('port', server.address().port))
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'call') continue
  say('calling')
  const tx = await db.call('increment', { amount: 1 })
  say('called')
  await tx.whenProcessed()
  say('processed')
}
server.close()
await db.close()
process.exit()
