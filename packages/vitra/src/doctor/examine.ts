/**
 * Says what state a folder is in and what to do about it (spec/8-durability). Reads only, beside whoever has the
 * folder open; asking peers is the exception.
 */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import {
  type DescribedDatabase,
  Log,
  LogWriter,
  logKey,
  oplogIdentity,
  type SignedHead,
  Storage,
  StoredLogs,
  sodiumCrypto,
  toHex,
} from '@vitra/log'
import { LocalState } from '../local-state.js'
import { SuspectStore } from '../suspect-store.js'
import { Diagnoses, type Examination, type LogState } from './diagnosis.js'
import {
  examineAccess,
  examineCopy,
  examineFolder,
  examineHolder,
  examineRoom,
  tellUnread,
} from './folder.js'
import { examineKeys, type OwnKeys } from './keys.js'
import { examineLog, type OwnLog } from './logs.js'
import { askPeers, type PeerQuestion } from './peers.js'

/** How a folder is examined. */
export interface ExamineOptions {
  /** Asks peers too. That opens the folder, and needs that nobody has it open. */
  readonly peers?: PeerQuestion
}

/**
 * Examines a folder, whatever is in it.
 *
 * @example const { state, diagnoses } = await examine('./db')
 */
export async function examine(folder: string, options: ExamineOptions = {}): Promise<Examination> {
  const storage = Storage.at(folder)
  const found = new Diagnoses()
  const database = await examineFolder(storage, found)
  if (database === null) {
    const isNone = found.list.some(({ code }) => code === 'not-a-database' || code === 'half-created')
    return report(storage, found, { state: isNone ? 'none' : 'problem', database: null, logs: [] })
  }
  await examineAccess(storage, found)
  await examineRoom(storage, found)
  const isHeld = await examineHolder(storage, found)
  await examineCopy(storage, found)
  const local = await readLocal(storage, found)
  const keys = await examineKeys(storage, database, local, found)
  const own = { database, keys, seen: local?.seen ?? null }
  let logs = await examineLogs(storage, own, found)
  if (options.peers !== undefined) logs = await comparePeers(storage, own, logs, options.peers, isHeld, found)
  await examineFindings(storage, found)
  return report(storage, found, { state: found.hasProblem ? 'problem' : 'ready', database, logs })
}

/**
 * States, for a folder whose journals are lost, that nobody has more of its logs than is there: from then on they are
 * written again. Where somebody does have more, the next append signs a second history.
 *
 * @returns keys of the logs that this was stated of, hex
 * @throws {LogError} `DATABASE_NOT_FOUND`, `DATABASE_LOCKED`, `LOG_CONTRADICTS_JOURNAL`
 */
export async function declareAlone(folder: string): Promise<string[]> {
  await using storage = Storage.at(folder)
  const database = await storage.load()
  const found = new Diagnoses()
  const local = await readLocal(storage, found)
  const keys = await examineKeys(storage, database, local, found)
  const stated: string[] = []
  for (const { identity } of ownLogs({ database, keys, seen: null })) {
    const keyPair = await storage.keys.get(identity.signer)
    if (keyPair === null) continue
    const log = await Log.open(storage, identity)
    const before = await LogWriter.open(log, storage, keyPair)
    const { isUnsure } = before
    await before.close()
    if (!isUnsure) continue
    await (await LogWriter.open(log, storage, keyPair, { isAlone: true })).close()
    stated.push(toHex(log.key))
  }
  await local?.forgetRestored()
  return stated
}

interface Own {
  readonly database: DescribedDatabase
  readonly keys: OwnKeys
  /** The last index head that an audit accepted. */
  readonly seen: SignedHead | null
}

function ownLogs({ database, keys, seen }: Own): OwnLog[] {
  const logs: OwnLog[] = []
  if (database.identity !== null && keys.executor !== null)
    logs.push({ log: 'index', identity: database.identity, known: seen })
  for (const signer of keys.participants)
    logs.push({ log: 'oplog', identity: oplogIdentity(signer, database.key), known: null })
  return logs
}

async function readLocal(storage: Storage, found: Diagnoses): Promise<LocalState | null> {
  try {
    return await LocalState.open(storage)
  } catch (error) {
    tellUnread(path.join(storage.path, 'local.json'), error, found)
    return null
  }
}

async function examineLogs(storage: Storage, own: Own, found: Diagnoses): Promise<LogState[]> {
  let stored: StoredLogs
  try {
    stored = await StoredLogs.open(storage)
  } catch (error) {
    const message = `the logs of ${storage.path} cannot be read: ${(error as Error).message}`
    found.problem(
      'log-unreadable',
      message,
      'see that the disk is whole, then restore the folder from a backup',
    )
    return []
  }
  await using _ = stored
  const logs: LogState[] = []
  for (const log of ownLogs(own))
    logs.push(await examineLog(stored, await withKnown(stored, own, log), found))
  await examineIndexBlocks(stored, own, found)
  return logs
}

/** An oplog with the head under which the index holds its newest run. */
async function withKnown(stored: StoredLogs, { database }: Own, own: OwnLog): Promise<OwnLog> {
  if (own.log === 'index') return own
  const run = await stored.lastRun(database.key, logKey(sodiumCrypto, own.identity))
  return run === null ? own : { ...own, known: run.run.head }
}

/** Whether the index can be read: an executor needs all of its own. */
async function examineIndexBlocks(
  stored: StoredLogs,
  { database, keys }: Own,
  found: Diagnoses,
): Promise<void> {
  const index = await stored.log(database.key)
  const length = index?.length ?? 0
  const here = index?.gaplessLength ?? 0
  const advice = 'run any command with --sync, or `vitra host`, while a peer that has them is online'
  if (length > 0 && here === length) return
  const details = { length, gaplessLength: here }
  const what =
    length === 0 ? 'nothing of the index is here' : `block ${here} of the ${length} of the index is not here`
  if (keys.executor === null) found.note('blocks-missing', what, advice, details)
  else found.problem('blocks-missing', `${what}: nothing is executed before it is`, advice, details)
}

async function comparePeers(
  storage: Storage,
  own: Own,
  logs: readonly LogState[],
  peers: PeerQuestion,
  isHeld: boolean,
  found: Diagnoses,
): Promise<LogState[]> {
  if (isHeld) {
    found.note('no-peer', 'no peer was asked: the folder is in use', 'ask again once it is not')
    return [...logs]
  }
  await using _ = storage
  await storage.load()
  const { identity, key } = own.database
  const mine = ownLogs(own)
  const oplogs = mine.filter(({ log }) => log === 'oplog').map((log) => log.identity)
  const [index, ...rest] = await askPeers(storage, identity ?? key, oplogs, peers)
  if (index === null && rest.every((length) => length === null))
    found.note('no-peer', 'no peer has spoken', 'see that another copy is online')
  const lengths = mine.map(({ log }) => (log === 'index' ? index! : rest.shift()!))
  return logs.map((log, nth) => {
    const atPeers = lengths[nth] ?? null
    const reach = Math.max(log.length ?? 0, log.journalled ?? 0)
    if (atPeers !== null && atPeers > reach) {
      const name = log.log === 'index' ? 'the index' : `the oplog of ${log.signer}`
      found.problem(
        'log-behind',
        `${name} has ${reach} blocks here, and a peer says that it has ${atPeers}`,
        'open it while that peer is online: the rest is fetched before anything is appended',
        { key: log.key, length: log.length, journalled: log.journalled, signed: atPeers },
      )
    }
    return { ...log, atPeers }
  })
}

/** What audits of this copy have left. */
async function examineFindings(storage: Storage, found: Diagnoses): Promise<void> {
  const names = await readdir(path.join(storage.path, 'fraud')).catch(() => []) // none was found
  const frauds = names.filter((name) => name.endsWith('.json'))
  if (frauds.length > 0) {
    const files = frauds.map((name) => path.join(storage.path, 'fraud', name))
    const message = `${frauds.length} violation${frauds.length === 1 ? '' : 's'} of the executor found: calls are refused`
    found.problem('fraud', message, 'see `vitra fraud list`; keep the folder, and move to another database', {
      files,
    })
  }
  const suspects = await new SuspectStore(storage).list()
  if (suspects.length === 0) return
  const message = `${suspects.length} finding${suspects.length === 1 ? '' : 's'} that a dishonest executor could hide behind`
  found.note('suspect', message, 'see `vitra info`, and check again with `vitra verify`', {
    count: suspects.length,
  })
}

function report(
  storage: Storage,
  found: Diagnoses,
  about: {
    readonly state: Examination['state']
    readonly database: DescribedDatabase | null
    readonly logs: readonly LogState[]
  },
): Examination {
  const { state, database, logs } = about
  const key = database === null ? null : toHex(database.key)
  const role = database === null ? null : database.identity === null ? 'copy' : 'executor'
  return { folder: storage.path, state, key, role, logs, diagnoses: found.list }
}
