/** A log that the folder writes, beside its journal and whatever else tells how much of it was signed. */
import {
  checkHead,
  type JournalEntry,
  type LogIdentity,
  logKey,
  type SignedHead,
  type StoredJournal,
  type StoredLog,
  type StoredLogs,
  sameBytes,
  sodiumCrypto,
  toHex,
} from '@vitra/log'
import type { Diagnoses, LogState } from './diagnosis.js'
import { tellUnread } from './folder.js'

export interface OwnLog {
  readonly log: LogState['log']
  readonly identity: LogIdentity
  /** A head that stands elsewhere, as in the index. */
  readonly known: SignedHead | null
}

export async function examineLog(stored: StoredLogs, own: OwnLog, found: Diagnoses): Promise<LogState> {
  const key = logKey(sodiumCrypto, own.identity)
  const name = own.log === 'index' ? 'the index' : `the oplog of ${toHex(own.identity.signer)}`
  const journal = await readJournal(stored, key, name, found)
  const log = await stored.log(key)
  const length = log?.length ?? 0
  const last = journal?.entries.at(-1)?.head ?? null
  const details = { key: toHex(key), length, journalled: last?.length ?? null }
  if (journal !== null) tellJournal(name, journal, details, found)
  if (last === null && length > 0 && journal !== undefined) {
    found.problem(
      'journal-lost',
      `${name} has ${length} blocks and no journal: nothing here tells how much of it was signed`,
      'have a peer connected at the next call: it says how much there is; where nobody else ever had it, run `vitra doctor --alone`',
      details,
    )
  }
  if (last !== null) await compare(name, log, journal?.entries ?? [], last, details, found)
  const reach = reachOf(length, journal?.entries ?? [])
  const known = own.known !== null && checkHead(sodiumCrypto, own.identity, own.known) ? own.known.length : 0
  if (known > reach) tellBehind(name, reach, known, details, found)
  return {
    log: own.log,
    key: toHex(key),
    signer: toHex(own.identity.signer),
    length,
    journalled: last?.length ?? null,
    atPeers: null,
  }
}

/** Null where there is none; undefined where it cannot be read, which was told. */
async function readJournal(
  stored: StoredLogs,
  key: Uint8Array,
  name: string,
  found: Diagnoses,
): Promise<StoredJournal | null | undefined> {
  try {
    return await stored.journal(key)
  } catch (error) {
    tellUnread(`the journal of ${name}`, error, found)
    return undefined
  }
}

function tellJournal(
  name: string,
  journal: StoredJournal | undefined,
  details: Readonly<Record<string, unknown>>,
  found: Diagnoses,
): void {
  if (journal === undefined || journal.tornBytes === 0) return
  found.note(
    'journal-torn',
    `the journal of ${name} ends with ${journal.tornBytes} bytes of an append that never returned`,
    'nothing: they are dropped when it is opened next',
    { ...details, tornBytes: journal.tornBytes },
  )
}

/** Length that the log has once its journal is replayed. */
function reachOf(length: number, entries: readonly JournalEntry[]): number {
  let reach = length
  for (const { start, head } of entries) if (start === reach) reach = head.length
  return reach
}

async function compare(
  name: string,
  log: StoredLog | null,
  entries: readonly JournalEntry[],
  last: SignedHead,
  details: Readonly<Record<string, unknown>>,
  found: Diagnoses,
): Promise<void> {
  const length = log?.length ?? 0
  if (length >= last.length) {
    const hash = await log!.treeHash(last.length).catch(() => null) // a sparse copy may lack its nodes
    if (hash === null || sameBytes(hash, last.treeHash)) return
    const message = `${name} holds another history than its journal: two backups were mixed`
    found.problem('log-contradicts-journal', message, 'restore the whole folder from one backup', details)
    return
  }
  const reach = reachOf(length, entries)
  if (reach < last.length) {
    tellBehind(name, reach, last.length, details, found)
    return
  }
  const message = `${name} has ${length} blocks on disk and its journal ${last.length}: the process or the machine ended in between`
  const advice = 'nothing: the rest is appended from the journal when it is opened next'
  found.note('journal-ahead', message, advice, details)
}

function tellBehind(
  name: string,
  reach: number,
  signed: number,
  details: Readonly<Record<string, unknown>>,
  found: Diagnoses,
): void {
  found.problem(
    'log-behind',
    `${name} has ${reach} blocks here, ${signed} were signed: nothing is appended before the rest is back`,
    'open it while a peer that has the rest is online: it is fetched by itself',
    { ...details, signed },
  )
}
