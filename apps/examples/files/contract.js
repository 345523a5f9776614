// @ts-check
/// <reference types="@vitra/contract-sdk/contract" />
/**
 * Governed files: a folder of files, text or bytes, in which nothing changes unless more than half of the
 * participants accept it. They decide the same way who else takes part. What was proposed, by whom, and
 * who was for it stays on record, and so does every version of every file.
 *
 * Whoever creates the database starts as the only participant, and decides alone until there is another.
 */
import assert from 'assert'
import { index, listOplogs } from 'contract'
import { genUUID } from 'util'

/**
 * @typedef {import('contract').Emit} Emit
 * @typedef {import('contract').Tx} Tx
 * @typedef {'write' | 'delete' | 'admit'} Kind
 * @typedef {'open' | 'accepted' | 'rejected' | 'outdated'} Status outdated: the file has changed since
 * @typedef {{ kind: Kind, target: string, base: number, by: string, at: number, status: Status }} Proposal
 *   target: a file, or for `admit` a public key. base: the version of the file that it replaces
 * @typedef {{ version: number, proposal: string | null, at: number }} Version proposal: null once deleted
 */

const FILE_UNITS_MAX = 200
const CONTENT_BYTES_MAX = 900_000

/**
 * Files and folders in a folder.
 *
 * @param {{ folder?: string }} params the top one unless told otherwise
 */
export async function list({ folder }) {
  const listed = await index.list(folder === undefined ? '/files' : `/files/${checkFile(folder)}`)
  return listed.map(({ name, container }) => ({ name, isFolder: container }))
}

/**
 * A file as it is, or as it was.
 *
 * @param {{ file: string, version?: number }} params
 */
export async function read({ file, version }) {
  const found = version === undefined ? await current(file) : await past(file, version)
  if (found === null || found.proposal === null) return null
  return { file, version: found.version, at: found.at, content: await contentOf(found.proposal) }
}

/**
 * All versions of a file, oldest first; one without a proposal is its deletion.
 *
 * @param {{ file: string }} params
 */
export async function history({ file }) {
  /** @type {import('contract').ListedEntry<Version>[]} */
  const listed = await index.list(`/history/${historyName(file)}`)
  return listed.map(({ value }) => value)
}

/** @param {{ status?: Status }} params */
export async function proposals({ status }) {
  /** @type {import('contract').ListedEntry<Proposal>[]} */
  const listed = await index.list('/proposals')
  const all = listed.flatMap(({ name, value }) => (value === null ? [] : [{ id: name, ...value }]))
  return all.filter((proposal) => status === undefined || proposal.status === status)
}

/**
 * A proposal with the content it is about and its votes, by public key of the voter.
 *
 * @param {{ id: string }} params
 */
export async function proposal({ id }) {
  /** @type {import('contract').Entry<Proposal> | null} */
  const entry = await index.get(`/proposals/${checkId(id)}`)
  if (entry === null) return null
  /** @type {import('contract').ListedEntry<boolean>[]} */
  const listed = await index.list(`/votes/${id}`)
  const votes = Object.fromEntries(listed.map(({ name, value }) => [name, value]))
  return { id, ...entry.value, votes, content: await contentOf(id) }
}

/**
 * Proposes a new file, or new content for one. The proposer is for it.
 *
 * @param {{ file: string, content: string | Uint8Array }} params
 * @param {Emit} emit
 */
export function proposeFile({ file, content }, emit) {
  return propose({ kind: 'write', target: checkFile(file), content: checkContent(content) }, emit)
}

/**
 * Proposes to delete a file.
 *
 * @param {{ file: string }} params
 * @param {Emit} emit
 */
export function proposeDeletion({ file }, emit) {
  return propose({ kind: 'delete', target: checkFile(file) }, emit)
}

/**
 * Proposes to admit a participant.
 *
 * @param {{ pubkey: string }} params
 * @param {Emit} emit
 */
export function addParticipant({ pubkey }, emit) {
  return propose({ kind: 'admit', target: pubkey }, emit)
}

/**
 * Votes, once and for good.
 *
 * @param {{ id: string, accept: boolean }} params
 * @param {Emit} emit
 */
export function vote({ id, accept }, emit) {
  emit({ op: 'VOTE', id, accept })
}

// A participant can write any op to its log, past the methods above: what holds is what is checked here.
export const apply = {
  /** @type {import('contract').ApplyHandler<Record<'id' | 'kind' | 'target' | 'content', unknown>>} */
  async PROPOSE(tx, op, ack) {
    const id = checkId(op.id)
    assert((await index.get(`/proposals/${id}`)) === null, 'there is such a proposal already')
    const { kind } = op
    assert(kind === 'write' || kind === 'delete' || kind === 'admit', 'there is no such kind of proposal')
    const target = kind === 'admit' ? await checkNewcomer(op.target) : await checkChange(kind, op.target)
    const base = kind === 'admit' ? 0 : await lastVersion(target)
    if (kind === 'write') tx.put(`/contents/${id}`, checkContent(op.content))
    tx.put(`/votes/${id}/${ack.origin}`, true)
    return count(tx, id, { kind, target, base, by: ack.origin, at: ack.ts, status: 'open' }, ack)
  },

  /** @type {import('contract').ApplyHandler<{ id: unknown, accept: unknown }>} */
  async VOTE(tx, op, ack) {
    const id = checkId(op.id)
    /** @type {import('contract').Entry<Proposal> | null} */
    const entry = await index.get(`/proposals/${id}`)
    assert(entry !== null, 'there is no such proposal')
    assert(entry.value.status === 'open', 'the proposal is closed')
    assert(typeof op.accept === 'boolean', 'a vote is true or false')
    assert((await index.get(`/votes/${id}/${ack.origin}`)) === null, 'this participant has voted')
    tx.put(`/votes/${id}/${ack.origin}`, op.accept)
    return count(tx, id, entry.value, ack)
  },
}

/**
 * @param {{ kind: Kind, target: string, content?: string | Uint8Array }} proposed
 * @param {Emit} emit
 */
function propose(proposed, emit) {
  const id = genUUID()
  emit({ op: 'PROPOSE', id, ...proposed })
  return { id }
}

/**
 * Counts the votes, and carries out what they decided. Nobody ever leaves, so every vote counts.
 *
 * @param {Tx} tx
 * @param {string} id
 * @param {Proposal} found
 * @param {import('contract').Ack} ack
 */
async function count(tx, id, found, ack) {
  const voters = (await listOplogs()).map(({ pubkey }) => pubkey)
  const votes = await Promise.all(voters.map((voter) => tx.get(`/votes/${id}/${voter}`)))
  const yes = votes.filter((cast) => cast?.value === true).length
  const no = votes.filter((cast) => cast?.value === false).length
  /** @type {Status} */
  let status = 'open'
  if (await isOutdated(found, voters)) status = 'outdated'
  else if (yes * 2 > voters.length) status = 'accepted'
  else if (no * 2 >= voters.length) status = 'rejected'
  tx.put(`/proposals/${id}`, { ...found, status })
  if (status === 'accepted') carryOut(tx, id, found, ack)
  return status
}

/**
 * @param {Tx} tx
 * @param {string} id
 * @param {Proposal} accepted
 * @param {import('contract').Ack} ack
 */
function carryOut(tx, id, { kind, target, base }, ack) {
  if (kind === 'admit') {
    tx.addOplog({ pubkey: target })
    return
  }
  /** @type {Version} */
  const version = { version: base + 1, proposal: kind === 'write' ? id : null, at: ack.ts }
  if (kind === 'write') tx.put(`/files/${target}`, version)
  else tx.del(`/files/${target}`)
  tx.put(historyPath(target, version.version), version)
}

/**
 * @param {Proposal} proposal
 * @param {string[]} voters
 */
async function isOutdated({ kind, target, base }, voters) {
  if (kind === 'admit') return voters.includes(target)
  return (await lastVersion(target)) !== base || (kind === 'write' && (await whyBlocked(target)) !== null)
}

/**
 * What stands in the way of a file: no path is a file and a folder at once. Null where nothing does.
 *
 * @param {string} file
 */
async function whyBlocked(file) {
  const segments = file.split('/')
  for (let depth = 1; depth < segments.length; depth++) {
    const folder = segments.slice(0, depth).join('/')
    if ((await current(folder)) !== null) return `${folder} is a file`
  }
  return (await index.list(`/files/${file}`, { limit: 1 })).length > 0 ? `${file} is a folder` : null
}

/** @param {string} file */
async function lastVersion(file) {
  /** @type {import('contract').ListedEntry<Version>[]} */
  const [last] = await index.list(`/history/${historyName(file)}`, { reverse: true, limit: 1 })
  return last?.value?.version ?? 0
}

/**
 * @param {string} file
 * @returns {Promise<Version | null>}
 */
async function current(file) {
  /** @type {import('contract').Entry<Version> | null} */
  const entry = await index.get(`/files/${checkFile(file)}`)
  return entry?.value ?? null
}

/**
 * @param {string} file
 * @param {number} version
 * @returns {Promise<Version | null>}
 */
async function past(file, version) {
  /** @type {import('contract').Entry<Version> | null} */
  const entry = await index.get(historyPath(file, version))
  return entry?.value ?? null
}

/**
 * @param {string} id
 * @returns {Promise<string | Uint8Array | null>}
 */
async function contentOf(id) {
  /** @type {import('contract').Entry<string | Uint8Array> | null} */
  const entry = await index.get(`/contents/${id}`)
  return entry?.value ?? null
}

/**
 * The file as one segment of a path, so that versions and folders never meet.
 *
 * @param {string} file
 */
function historyName(file) {
  return checkFile(file).replaceAll('%', '%25').replaceAll('/', '%2F')
}

/**
 * @param {string} file
 * @param {number} version
 */
function historyPath(file, version) {
  // Listings go by bytes: with leading zeros they go by number too.
  return `/history/${historyName(file)}/${String(version).padStart(9, '0')}`
}

/** @param {unknown} pubkey */
async function checkNewcomer(pubkey) {
  assert(
    typeof pubkey === 'string' && /^[0-9a-f]{64}$/.test(pubkey),
    'a participant is given by its public key',
  )
  const isKnown = (await listOplogs()).some((participant) => participant.pubkey === pubkey)
  assert(!isKnown, 'this participant is there already')
  return pubkey
}

/**
 * @param {'write' | 'delete'} kind
 * @param {unknown} target
 */
async function checkChange(kind, target) {
  const file = checkFile(target)
  if (kind === 'delete') {
    assert((await current(file)) !== null, 'there is no such file')
  } else {
    const why = await whyBlocked(file)
    assert(why === null, why ?? '')
  }
  return file
}

/**
 * @param {unknown} file
 * @returns {string} the same
 */
function checkFile(file) {
  // What a path may hold, `index` and `tx` see to.
  assert(typeof file === 'string' && file.length <= FILE_UNITS_MAX, 'a file is given by its path')
  return file
}

/**
 * @param {unknown} content
 * @returns {string | Uint8Array} the same
 */
function checkContent(content) {
  assert(typeof content === 'string' || content instanceof Uint8Array, 'content is text or bytes')
  assert(content.length <= CONTENT_BYTES_MAX, 'the content is too large')
  return content
}

/**
 * @param {unknown} id
 * @returns {string} the same
 */
function checkId(id) {
  assert(typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id), 'a proposal is given by its id')
  return id
}
