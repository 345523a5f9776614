// @ts-check
// A release key that two of three owners have to sign off: node apps/examples/multisig-registry/program.js
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Database } from 'vitra'

/** @typedef {Database<typeof import('./contract.js')>} Registry */

const folder = await mkdtemp(path.join(tmpdir(), 'vitra-multisig-'))
const source = await readFile(new URL('contract.js', import.meta.url), 'utf8')

/** @type {Registry} */
const alice = await Database.create(path.join(folder, 'alice'), { contract: { source } })

/**
 * A participant with a copy of its own, connected to Alice's.
 *
 * @param {string} name
 * @returns {Promise<Registry>}
 */
async function join(name) {
  const db = await Database.load(path.join(folder, name), alice.pubkey)
  const stream = alice.replicate(true)
  stream.pipe(db.replicate(false)).pipe(stream)
  const identity = await db.createIdentity()
  await (await alice.call('addParticipant', { pubkey: identity.toString() })).whenProcessed()
  while (!db.localOplog?.active) await once(db, 'update')
  return db
}

/** Carol's copy hears of the proposal a little later than Alice's. */
async function proposalReached() {
  for (;;) {
    const grown = once(carol, 'update') // from before the look, or what comes during it would be missed
    if ((await carol.call('change', { id })).response !== null) return
    await grown
  }
}

/** Everybody reads the same key, each on a copy of its own. */
async function show() {
  const { response } = await alice.call('lookup', { name: 'release' })
  console.log('release key:', response === null ? 'none' : `${response.key}, version ${response.version}`)
}

const bob = await join('bob')
const carol = await join('carol')
const owners = [alice, bob, carol].map((db) => String(db.localOplog?.publicKey.toString('hex')))

const change = { name: 'release', key: 'ssh-ed25519 AAAAC3Nz…', owners, threshold: 2 }
const proposed = await alice.call('propose', change)
await proposed.whenProcessed()
console.log('alice proposes, and signs thereby')
await show()

const { id } = proposed.response
await proposalReached()
await (await carol.call('sign', { id })).whenProcessed()
console.log('carol signs')
await show()

const again = await carol.call('sign', { id })
await again.whenProcessed().catch((error) => console.log('carol signs again:', error.message))

const report = await bob.verify()
console.log('the audit of bob:', report.verdict)

for (const db of [carol, bob, alice]) await db.close()
await rm(folder, { recursive: true })
