// @ts-check
/// <reference types="@vitra/contract-sdk/contract" />
/**
 * Public-key registry: who looks up a name finds the same key as everybody else, and every change of it.
 *
 * Names go to whoever comes first. Only the owner changes or revokes a key, and a revoked name is never
 * given to anybody else. Every participant may admit others.
 */
import assert from 'assert'
import { index } from 'contract'

/**
 * @typedef {import('contract').Emit} Emit
 * @typedef {{ key: string | null, owner: string, version: number, since: number }} Registered
 *   key: null once revoked. since: ms since 1970
 */

const KEY_UNITS_MAX = 4096

/** @param {{ name: string }} params */
export async function lookup({ name }) {
  /** @type {import('contract').Entry<Registered> | null} */
  const entry = await index.get(`/names/${checkName(name)}`)
  return entry?.value ?? null
}

/**
 * All versions of a name, oldest first.
 *
 * @param {{ name: string }} params
 */
export async function versions({ name }) {
  /** @type {import('contract').ListedEntry<Registered>[]} */
  const listed = await index.list(`/versions/${checkName(name)}`)
  return listed.map(({ value }) => value)
}

/** @param {{ after?: string, limit?: number }} params */
export async function names({ after, limit = 100 }) {
  const listed = await index.list('/names', after === undefined ? { limit } : { cursor: after, limit })
  return listed.map(({ name }) => name)
}

/**
 * Takes a name, with the key that others shall find.
 *
 * @param {{ name: string, key: string }} params
 * @param {Emit} emit
 */
export function register({ name, key }, emit) {
  emit({ op: 'REGISTER', name: checkName(name), key: checkKey(key) })
}

/**
 * Replaces the key of a name.
 *
 * @param {{ name: string, key: string }} params
 * @param {Emit} emit
 */
export function update({ name, key }, emit) {
  emit({ op: 'UPDATE', name: checkName(name), key: checkKey(key) })
}

/**
 * Withdraws the key of a name, for good.
 *
 * @param {{ name: string }} params
 * @param {Emit} emit
 */
export function revoke({ name }, emit) {
  emit({ op: 'REVOKE', name: checkName(name) })
}

/**
 * @param {{ pubkey: string }} params
 * @param {Emit} emit
 */
export function addParticipant({ pubkey }, emit) {
  emit({ op: 'ADD_PARTICIPANT', pubkey })
}

// A participant can write any op to its log, past the methods above: what holds is what is checked here.
export const apply = {
  /** @type {import('contract').ApplyHandler<{ name: unknown, key: unknown }>} */
  async REGISTER(tx, op, ack) {
    const name = checkName(op.name)
    assert((await lookup({ name })) === null, 'the name is taken')
    write(tx, name, { key: checkKey(op.key), owner: ack.origin, version: 1, since: ack.ts })
  },

  /** @type {import('contract').ApplyHandler<{ name: unknown, key: unknown }>} */
  async UPDATE(tx, op, ack) {
    const name = checkName(op.name)
    const { version } = await owned(name, ack)
    write(tx, name, { key: checkKey(op.key), owner: ack.origin, version: version + 1, since: ack.ts })
  },

  /** @type {import('contract').ApplyHandler<{ name: unknown }>} */
  async REVOKE(tx, op, ack) {
    const name = checkName(op.name)
    const { version } = await owned(name, ack)
    write(tx, name, { key: null, owner: ack.origin, version: version + 1, since: ack.ts })
  },

  /** @type {import('contract').ApplyHandler<{ pubkey: string }>} */
  ADD_PARTICIPANT(tx, { pubkey }) {
    tx.addOplog({ pubkey })
  },
}

/**
 * The name, which has to be that of the participant that asks.
 *
 * @param {string} name
 * @param {import('contract').Ack} ack
 */
async function owned(name, ack) {
  const found = await lookup({ name })
  assert(found !== null, 'there is no such name')
  assert(found.owner === ack.origin, 'the name belongs to somebody else')
  assert(found.key !== null, 'the key was revoked')
  return found
}

/**
 * @param {import('contract').Tx} tx
 * @param {string} name
 * @param {Registered} registered
 */
function write(tx, name, registered) {
  tx.put(`/names/${name}`, registered)
  // Listings go by bytes: with leading zeros they go by number too.
  tx.put(`/versions/${name}/${String(registered.version).padStart(9, '0')}`, registered)
}

/**
 * @param {unknown} name
 * @returns {string} the same
 */
function checkName(name) {
  const isName = typeof name === 'string' && /^[a-z0-9][a-z0-9.@_-]{0,63}$/.test(name)
  assert(isName, 'a name is up to 64 of a-z 0-9 . @ _ -, the first one a letter or a digit')
  return name
}

/**
 * @param {unknown} key
 * @returns {string} the same
 */
function checkKey(key) {
  assert(typeof key === 'string' && key.length > 0 && key.length <= KEY_UNITS_MAX, 'a key is a text')
  return key
}
