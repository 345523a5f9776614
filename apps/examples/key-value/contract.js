// @ts-check
/// <reference types="@vitra/contract-sdk/contract" />
/**
 * Key/value store: every participant reads and writes; one of them, the admin, decides who takes part.
 *
 * The admin is the creator of the database until it hands that over. A database created with further
 * participants has nobody that its contract could tell apart as the creator, and so no admin.
 */
import assert from 'assert'
import { index, listOplogs } from 'contract'

/**
 * @typedef {import('contract').Emit} Emit
 * @typedef {{ value: unknown, by: string, at: number }} Stored
 */

const KEY_UNITS_MAX = 200

/** @param {{ key: string }} params */
export async function get({ key }) {
  /** @type {import('contract').Entry<Stored> | null} */
  const entry = await index.get(`/values/${checkKey(key)}`)
  return entry?.value ?? null
}

/**
 * Entries in the order of their keys, a page at a time.
 *
 * @param {{ after?: string, limit?: number }} params
 */
export async function list({ after, limit = 100 }) {
  /** @type {import('contract').ListedEntry<Stored>[]} */
  const listed = await index.list('/values', after === undefined ? { limit } : { cursor: after, limit })
  return listed.map(({ name, value }) => ({ key: name, ...value }))
}

/**
 * @param {{ key: string, value: unknown }} params
 * @param {Emit} emit
 */
export function put({ key, value }, emit) {
  emit({ op: 'PUT', key: checkKey(key), value })
}

/**
 * @param {{ key: string }} params
 * @param {Emit} emit
 */
export function del({ key }, emit) {
  emit({ op: 'DEL', key: checkKey(key) })
}

/** Public key of the admin; null where there is none. */
export async function admin() {
  /** @type {import('contract').Entry<string> | null} */
  const entry = await index.get('/admin')
  if (entry !== null) return entry.value
  const [creator, ...others] = await listOplogs()
  return others.length === 0 ? (creator?.pubkey ?? null) : null
}

/** Public keys of the participants. */
export async function participants() {
  return (await listOplogs()).map(({ pubkey }) => pubkey)
}

/**
 * @param {{ pubkey: string }} params
 * @param {Emit} emit
 */
export function addParticipant({ pubkey }, emit) {
  emit({ op: 'ADD_PARTICIPANT', pubkey })
}

/**
 * @param {{ pubkey: string }} params
 * @param {Emit} emit
 */
export function removeParticipant({ pubkey }, emit) {
  emit({ op: 'REMOVE_PARTICIPANT', pubkey })
}

/**
 * Hands the office over.
 *
 * @param {{ pubkey: string }} params
 * @param {Emit} emit
 */
export function setAdmin({ pubkey }, emit) {
  emit({ op: 'SET_ADMIN', pubkey })
}

// A participant can write any op to its log, past the methods above: what holds is what is checked here.
export const apply = {
  /** @type {import('contract').ApplyHandler<{ key: unknown, value: unknown }>} */
  PUT(tx, { key, value }, ack) {
    tx.put(`/values/${checkKey(key)}`, { value, by: ack.origin, at: ack.ts })
  },

  /** @type {import('contract').ApplyHandler<{ key: unknown }>} */
  async DEL(tx, { key }) {
    const path = `/values/${checkKey(key)}`
    assert((await index.get(path)) !== null, 'there is no such key')
    tx.del(path)
  },

  /** @type {import('contract').ApplyHandler<{ pubkey: string }>} */
  async ADD_PARTICIPANT(tx, { pubkey }, ack) {
    await checkAdmin(ack)
    tx.put('/admin', ack.origin) // with a second participant it can no longer be told who was first
    tx.addOplog({ pubkey })
  },

  /** @type {import('contract').ApplyHandler<{ pubkey: string }>} */
  async REMOVE_PARTICIPANT(tx, { pubkey }, ack) {
    await checkAdmin(ack)
    assert(pubkey !== ack.origin, 'the admin cannot leave: hand the office over first')
    tx.removeOplog({ pubkey })
  },

  /** @type {import('contract').ApplyHandler<{ pubkey: unknown }>} */
  async SET_ADMIN(tx, { pubkey }, ack) {
    await checkAdmin(ack)
    const known = (await listOplogs()).some((participant) => participant.pubkey === pubkey)
    assert(known, 'the admin is one of the participants')
    tx.put('/admin', pubkey)
  },
}

/** @param {import('contract').Ack} ack */
async function checkAdmin(ack) {
  assert((await admin()) === ack.origin, 'only the admin may do this')
}

/**
 * @param {unknown} key
 * @returns {string} the same
 */
function checkKey(key) {
  assert(typeof key === 'string' && key.length > 0 && key.length <= KEY_UNITS_MAX, 'a key is a short text')
  assert(!key.includes('/'), 'a key holds no slash')
  return key
}
