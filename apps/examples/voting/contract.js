// @ts-check
/// <reference types="@vitra/contract-sdk/contract" />
/**
 * Membership voting: the participants are the members, and more than half of them decide who joins and
 * who leaves. Whoever creates the database starts as the only member, or with the founders named then.
 *
 * Votes count as long as their member is one. A tie is no majority: half of the members against it
 * reject a proposal. When members come or go, `settle` counts an open proposal again.
 */
import assert from 'assert'
import { index, listOplogs } from 'contract'
import { genUUID } from 'util'

/**
 * @typedef {import('contract').Emit} Emit
 * @typedef {import('contract').Tx} Tx
 * @typedef {'add' | 'remove'} Action
 * @typedef {'open' | 'accepted' | 'rejected' | 'obsolete'} Status obsolete: it came about otherwise
 * @typedef {{ action: Action, pubkey: string, by: string, at: number, status: Status }} Proposal
 */

/** Public keys of the members. */
export async function members() {
  return (await listOplogs()).map(({ pubkey }) => pubkey)
}

/** @param {{ status?: Status }} params */
export async function proposals({ status }) {
  /** @type {import('contract').ListedEntry<Proposal>[]} */
  const listed = await index.list('/proposals')
  const all = listed.flatMap(({ name, value }) => (value === null ? [] : [{ id: name, ...value }]))
  return all.filter((proposal) => status === undefined || proposal.status === status)
}

/**
 * A proposal with its votes, by public key of the voter.
 *
 * @param {{ id: string }} params
 */
export async function proposal({ id }) {
  /** @type {import('contract').Entry<Proposal> | null} */
  const entry = await index.get(`/proposals/${checkId(id)}`)
  if (entry === null) return null
  /** @type {import('contract').ListedEntry<boolean>[]} */
  const votes = await index.list(`/votes/${id}`)
  return { id, ...entry.value, votes: Object.fromEntries(votes.map(({ name, value }) => [name, value])) }
}

/**
 * Proposes to admit a member; the proposer is in favour. A single member decides at once.
 *
 * @param {{ pubkey: string }} params
 * @param {Emit} emit
 */
export function addParticipant({ pubkey }, emit) {
  return propose('add', pubkey, emit)
}

/**
 * Proposes to remove a member; the proposer is in favour.
 *
 * @param {{ pubkey: string }} params
 * @param {Emit} emit
 */
export function removeParticipant({ pubkey }, emit) {
  return propose('remove', pubkey, emit)
}

/**
 * Votes, once and for good.
 *
 * @param {{ id: string, approve: boolean }} params
 * @param {Emit} emit
 */
export function vote({ id, approve }, emit) {
  emit({ op: 'VOTE', id, approve })
}

/**
 * Counts an open proposal again, after members came or went.
 *
 * @param {{ id: string }} params
 * @param {Emit} emit
 */
export function settle({ id }, emit) {
  emit({ op: 'SETTLE', id })
}

// A participant can write any op to its log, past the methods above: what holds is what is checked here.
export const apply = {
  /** @type {import('contract').ApplyHandler<{ id: unknown, action: unknown, pubkey: unknown }>} */
  async PROPOSE(tx, op, ack) {
    const id = checkId(op.id)
    const { action, pubkey } = op
    assert((await index.get(`/proposals/${id}`)) === null, 'there is such a proposal already')
    assert(action === 'add' || action === 'remove', 'a proposal adds or removes a member')
    assert(typeof pubkey === 'string' && /^[0-9a-f]{64}$/.test(pubkey), 'a member is given by its public key')
    /** @type {Proposal} */
    const made = { action, pubkey, by: ack.origin, at: ack.ts, status: 'open' }
    assert(!isObsolete(made, await members()), 'there is nothing to decide')
    tx.put(`/votes/${id}/${ack.origin}`, true)
    return count(tx, id, made)
  },

  /** @type {import('contract').ApplyHandler<{ id: unknown, approve: unknown }>} */
  async VOTE(tx, op, ack) {
    const id = checkId(op.id)
    const found = await openProposal(id)
    assert(typeof op.approve === 'boolean', 'a vote is true or false')
    assert((await index.get(`/votes/${id}/${ack.origin}`)) === null, 'this member has voted')
    tx.put(`/votes/${id}/${ack.origin}`, op.approve)
    return count(tx, id, found)
  },

  /** @type {import('contract').ApplyHandler<{ id: unknown }>} */
  async SETTLE(tx, op) {
    const id = checkId(op.id)
    const status = await count(tx, id, await openProposal(id))
    assert(status !== 'open', 'it is not decided yet')
    return status
  },
}

/**
 * @param {Action} action
 * @param {string} pubkey
 * @param {Emit} emit
 */
function propose(action, pubkey, emit) {
  const id = genUUID()
  emit({ op: 'PROPOSE', id, action, pubkey })
  return { id }
}

/** @param {string} id */
async function openProposal(id) {
  /** @type {import('contract').Entry<Proposal> | null} */
  const entry = await index.get(`/proposals/${id}`)
  assert(entry !== null, 'there is no such proposal')
  assert(entry.value.status === 'open', 'the proposal is closed')
  return entry.value
}

/**
 * Counts the votes of those who are members now, and carries out what they decided.
 *
 * @param {Tx} tx
 * @param {string} id
 * @param {Proposal} found
 */
async function count(tx, id, found) {
  const voters = await members()
  const votes = await Promise.all(voters.map((voter) => tx.get(`/votes/${id}/${voter}`)))
  const yes = votes.filter((cast) => cast?.value === true).length
  const no = votes.filter((cast) => cast?.value === false).length
  /** @type {Status} */
  let status = 'open'
  if (isObsolete(found, voters)) status = 'obsolete'
  else if (yes * 2 > voters.length) status = 'accepted'
  else if (no * 2 >= voters.length) status = 'rejected'
  tx.put(`/proposals/${id}`, { ...found, status })
  if (status === 'accepted') {
    if (found.action === 'add') tx.addOplog(found.pubkey)
    else tx.removeOplog(found.pubkey)
  }
  return status
}

/**
 * True where there is nothing to carry out; the last member stays, or nobody could decide anything.
 *
 * @param {Proposal} found
 * @param {string[]} voters
 */
function isObsolete({ action, pubkey }, voters) {
  if (action === 'add') return voters.includes(pubkey)
  return !voters.includes(pubkey) || voters.length === 1
}

/**
 * @param {unknown} id
 * @returns {string} the same
 */
function checkId(id) {
  assert(typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id), 'a proposal is given by its id')
  return id
}
