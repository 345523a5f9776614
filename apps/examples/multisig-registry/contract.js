// @ts-check
/// <reference types="@vitra/contract-sdk/contract" />
/**
 * Public-key registry with several owners: an entry changes only when as many of its owners signed off as
 * the entry asks for. A signature is an op in the owner's own log, so nobody can make one up.
 *
 * A change holds the whole entry: key, owners and threshold. The owners so far decide about it; about a
 * new name, the owners that it is to have. Whatever changes an entry makes all other proposals for it stale.
 * Every participant may propose, and admit others.
 */
import assert from 'assert'
import { index } from 'contract'
import { genUUID } from 'util'

/**
 * @typedef {import('contract').Emit} Emit
 * @typedef {import('contract').Tx} Tx
 * @typedef {{ key: string, owners: string[], threshold: number }} Content
 * @typedef {Content & { version: number, since: number }} Registered since: ms since 1970
 * @typedef {{ name: string, base: number, content: Content, by: string, at: number, done: boolean }} Change
 *   base: the version that it replaces, 0 for a new name
 */

const KEY_UNITS_MAX = 4096
const OWNERS_MAX = 20

/** @param {{ name: string }} params */
export async function lookup({ name }) {
  /** @type {import('contract').Entry<Registered> | null} */
  const entry = await index.get(`/names/${checkName(name)}`)
  return entry?.value ?? null
}

/**
 * A proposed change, who signed it, and how many are needed.
 *
 * @param {{ id: string }} params
 */
export async function change({ id }) {
  const found = await readChange(checkId(id))
  if (found === null) return null
  const current = await lookup({ name: found.name })
  const signed = (await index.list(`/signatures/${id}`)).map(({ name }) => name)
  const status = found.done ? 'done' : found.base === (current?.version ?? 0) ? 'open' : 'stale'
  return { id, ...found, signed, status }
}

/**
 * Proposes what an entry shall be. An owner that proposes signs thereby.
 *
 * @param {{ name: string, key: string, owners: string[], threshold: number }} params
 * @param {Emit} emit
 */
export function propose({ name, key, owners, threshold }, emit) {
  const id = genUUID()
  emit({ op: 'PROPOSE', id, name: checkName(name), ...checkContent({ key, owners, threshold }) })
  return { id }
}

/**
 * Signs a change off. Look at it first: `change({id})`.
 *
 * @param {{ id: string }} params
 * @param {Emit} emit
 */
export function sign({ id }, emit) {
  emit({ op: 'SIGN', id: checkId(id) })
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
  /** @type {import('contract').ApplyHandler<{ id: unknown, name: unknown } & Record<keyof Content, unknown>>} */
  async PROPOSE(tx, op, ack) {
    const id = checkId(op.id)
    const name = checkName(op.name)
    const content = checkContent(op)
    assert((await readChange(id)) === null, 'there is such a change already')
    const current = await lookup({ name })
    const made = { name, base: current?.version ?? 0, content, by: ack.origin, at: ack.ts, done: false }
    tx.put(`/changes/${id}`, made)
    const { owners } = current ?? content
    if (owners.includes(ack.origin)) await signOff(tx, id, made, current ?? content, ack)
  },

  /** @type {import('contract').ApplyHandler<{ id: unknown }>} */
  async SIGN(tx, op, ack) {
    const id = checkId(op.id)
    const found = await readChange(id)
    assert(found !== null, 'there is no such change')
    assert(!found.done, 'the change is made')
    const current = await lookup({ name: found.name })
    assert(found.base === (current?.version ?? 0), 'the entry has changed since: propose it again')
    const signers = current ?? found.content
    assert(signers.owners.includes(ack.origin), 'only an owner may sign')
    assert((await index.get(`/signatures/${id}/${ack.origin}`)) === null, 'this owner has signed')
    await signOff(tx, id, found, signers, ack)
  },

  /** @type {import('contract').ApplyHandler<{ pubkey: string }>} */
  ADD_PARTICIPANT(tx, { pubkey }) {
    tx.addOplog({ pubkey })
  },
}

/**
 * Adds a signature, and makes the change where it was the last one needed.
 *
 * @param {Tx} tx
 * @param {string} id
 * @param {Change} found
 * @param {Content} signers whoever decides
 * @param {import('contract').Ack} ack
 */
async function signOff(tx, id, found, { owners, threshold }, ack) {
  tx.put(`/signatures/${id}/${ack.origin}`, ack.ts)
  const signed = await Promise.all(owners.map((owner) => tx.get(`/signatures/${id}/${owner}`)))
  if (signed.filter((signature) => signature !== null).length < threshold) return
  tx.put(`/names/${found.name}`, { ...found.content, version: found.base + 1, since: ack.ts })
  tx.put(`/changes/${id}`, { ...found, done: true })
}

/**
 * @param {string} id
 * @returns {Promise<Change | null>}
 */
async function readChange(id) {
  /** @type {import('contract').Entry<Change> | null} */
  const entry = await index.get(`/changes/${id}`)
  return entry?.value ?? null
}

/**
 * @param {Record<keyof Content, unknown>} content
 * @returns {Content} the same
 */
function checkContent({ key, owners, threshold }) {
  assert(typeof key === 'string' && key.length > 0 && key.length <= KEY_UNITS_MAX, 'a key is a text')
  assert(
    Array.isArray(owners) && owners.length > 0 && owners.length <= OWNERS_MAX,
    'an entry has 1 to 20 owners',
  )
  for (const owner of owners) {
    assert(typeof owner === 'string' && /^[0-9a-f]{64}$/.test(owner), 'an owner is given by its public key')
  }
  assert(new Set(owners).size === owners.length, 'an owner is named once')
  assert(typeof threshold === 'number' && Number.isInteger(threshold), 'the threshold is a whole number')
  assert(threshold >= 1 && threshold <= owners.length, 'the threshold is from 1 to the number of owners')
  return { key, owners, threshold }
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
 * @param {unknown} id
 * @returns {string} the same
 */
function checkId(id) {
  assert(typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id), 'a change is given by its id')
  return id
}
