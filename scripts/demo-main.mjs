// What Vitra is for, in one run: a database on disk, three participants with a folder each, replicating
// over loopback sockets; an audit by somebody who trusts nobody; then a lie, caught.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ContractFraudProof, Database } from 'vitra'

// The counter, and a way for its participants to admit another one.
const CONTRACT = `
import { index, listOplogs } from 'contract'
import assert from 'assert'

export async function get () {
  return Number((await index.get('/counter'))?.value || 0)
}

export async function scores () {
  const entries = await index.list('/by')
  return Object.fromEntries(entries.map(entry => [entry.name.slice(0, 8), entry.value]))
}

export function increment ({ amount = 1 }, emit) {
  emit({ op: 'INCREMENT', amount })
}

export function admit ({ pubkey }, emit) {
  emit({ op: 'ADMIT', pubkey })
}

export const apply = {
  async INCREMENT (tx, op, ack) {
    assert(op.amount > 0, 'the counter only goes up')
    const mine = (await index.get('/by/' + ack.origin))?.value || 0
    tx.put('/counter', await get() + op.amount)
    tx.put('/by/' + ack.origin, mine + op.amount)
  },
  ADMIT (tx, op) {
    tx.addOplog({ pubkey: op.pubkey })
  }
}
`

const folder = await mkdtemp(path.join(tmpdir(), 'vitra-demo-'))
const say = (who, what) => console.log(`${who.padEnd(6)} ${what}`)
const sockets = new Set()

/** Serves a database on loopback; whoever connects exchanges logs with it. */
async function serve(db) {
  const server = net.createServer((socket) => {
    keep(socket)
    db.replicate(socket, { initiator: false })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function join(db, port) {
  const socket = net.connect(port, '127.0.0.1')
  keep(socket)
  await once(socket, 'connect')
  db.replicate(socket, { initiator: true })
  await db.syncLatest()
}

function keep(socket) {
  sockets.add(socket)
  socket.on('error', () => {}) // cut at the end of the demonstration
}

/** Waits until a copy's index satisfies `done`. */
async function until(db, done) {
  for (;;) {
    const grown = once(db, 'update') // from before the look, or what comes during it would be missed
    if (await done()) return
    await grown
  }
}

console.log(`\nA database in ${folder}\n`)
const alice = await Database.create(path.join(folder, 'alice'), { contract: { source: CONTRACT } })
say('alice', `creates the database ${alice.pubkey.toString('hex').slice(0, 16)}… and executes it`)
const server = await serve(alice)
const { port } = server.address()

const others = {}
for (const name of ['bob', 'carol']) {
  const db = await Database.load(path.join(folder, name), alice.pubkey)
  await join(db, port)
  const identity = await db.createIdentity()
  say(name, `copies it over 127.0.0.1:${port} and asks to take part as ${identity.toString().slice(0, 16)}…`)
  const admitted = await alice.call('admit', { pubkey: identity.toString() })
  await admitted.whenProcessed()
  await until(db, () => db.localOplog?.active)
  say('alice', `admits ${name}: the contract adds the log`)
  others[name] = db
}
const { bob, carol } = others

console.log()
for (const [name, db, amount] of [
  ['alice', alice, 1],
  ['bob', bob, 10],
  ['carol', carol, 100],
]) {
  const tx = await db.call('increment', { amount })
  await tx.whenProcessed({ timeout: 10_000 })
  const [proof] = await tx.verifyInclusion()
  say(
    name,
    `adds ${amount}; receipt: op ${proof.op.seq} of the own log, result in block ${proof.run} of the index`,
  )
}
const refused = await bob.call('increment', { amount: -5 })
await refused
  .whenProcessed({ timeout: 10_000 })
  .catch((error) => say('bob', `tries to take 5 away: ${error.code}, ${error.message}`))

await until(carol, () => carol.index.version === alice.index.version)
say(
  'carol',
  `reads the counter: ${(await carol.call('get')).response}, by participant: ${JSON.stringify((await carol.call('scores')).response)}`,
)

const report = await bob.verify()
say('bob', `audits: ${report.verdict}, ${report.ops} ops in ${report.batches} batches run again, bit for bit`)

console.log('\nNow alice cheats: she sets the counter back to 1, although nobody asked for it.\n')
const monitor = await carol.monitor()
const caught = once(monitor, 'violation')
await alice.index.dangerousBatch([{ type: 'put', path: '/counter', value: 1 }])
const [proof] = await caught
say('carol', `monitor: ${proof.message}`)
say('carol', `proof kept in ${path.join(carol.path, 'fraud')}:`)
console.log(JSON.stringify(proof.violation, null, 2).replace(/^/gm, '       '))
await until(bob, () => bob.index.version === alice.index.version)
const verdict = await bob.verify().catch((error) => error)
say(
  'bob',
  verdict instanceof ContractFraudProof ? `audits: ${verdict.violation.code}` : `audits: ${verdict.verdict}`,
)
const call = await bob.call('increment').catch((error) => error)
say('bob', `calls no more: ${call.code}`)

const caughtByAll = verdict instanceof ContractFraudProof && call.code === 'CONTRACT_VIOLATED'
for (const db of [bob, carol, alice]) await db.close()
for (const socket of sockets) socket.destroy()
server.close()
await rm(folder, { recursive: true, force: true })
console.log(caughtByAll ? '\nThe lie was caught by everybody.' : '\nThe lie was NOT caught.')
process.exitCode = caughtByAll ? 0 : 1
