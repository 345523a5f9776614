// @ts-check
// Two participants with a copy each count together: node apps/examples/counter/program.js
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Database } from 'vitra'

/** @typedef {Database<typeof import('./contract.js')>} Counter its calls are typed by the contract */

const folder = await mkdtemp(path.join(tmpdir(), 'vitra-counter-'))
const source = await readFile(new URL('contract.js', import.meta.url), 'utf8')

// Alice creates the database: she executes it and is its first participant.
/** @type {Counter} */
const alice = await Database.create(path.join(folder, 'alice'), { contract: { source } })

// Bob has a copy. Over a network both would call `swarm()`; here a pair of streams connects them.
/** @type {Counter} */
const bob = await Database.load(path.join(folder, 'bob'), alice.pubkey)
const stream = alice.replicate(true)
stream.pipe(bob.replicate(false)).pipe(stream)

// Bob hands over his public key, and the contract admits it.
const identity = await bob.createIdentity()
await (await alice.call('addParticipant', { pubkey: identity.toString() })).whenProcessed()
while (!bob.localOplog?.active) await once(bob, 'update')

// Both count. Bob's op goes to his own log; Alice's machine executes it.
await (await alice.call('increment')).whenProcessed()
await (await bob.call('increment', { amount: 41 })).whenProcessed()
console.log('the counter, read by bob:', (await bob.call('get')).response)

// The contract refuses what it does not allow.
const down = await bob.call('increment', { amount: -1 })
await down.whenProcessed().catch((error) => console.log('bob counts down:', error.message))

// Bob trusts nobody: he runs everything again and compares.
const report = await bob.verify()
console.log('the audit of bob:', report.verdict, `after ${report.ops} ops`)

await bob.close()
await alice.close()
await rm(folder, { recursive: true })
