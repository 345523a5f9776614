/**
 * The whole history of a database as plain drafts: read from an honest folder, changed by a lie,
 * published again under the same keys into another folder.
 */
import {
  BATCH_PATH,
  type BatchRecord,
  type Change,
  decodeBatch,
  decodeRun,
  type Executed,
  IndexLog,
  type Input,
  type KeyPair,
  Log,
  type LogIdentity,
  oplogIdentity,
  parseRunPath,
  type RunDraft,
  readInputs,
  Storage,
} from '@vitra/log'

/** A run whose parts a lie may change. */
export interface RunOfHistory extends RunDraft {
  firstSeq: number
  oplog: Uint8Array
  head: RunDraft['head']
  executed: Executed[]
}

export interface BatchOfHistory {
  number: number
  lastTs: number
  engine: string
  runs: RunOfHistory[]
  unprompted: Change[]
}

export interface OplogOfHistory {
  readonly input: Input
  readonly keyPair: KeyPair
  readonly blocks: Uint8Array[]
}

export interface History {
  readonly identity: LogIdentity
  readonly owner: KeyPair
  genesis: Change[]
  batches: BatchOfHistory[]
  readonly oplogs: OplogOfHistory[]
}

/**
 * Reads the history of a closed database folder that holds the keys of its executor and of all its
 * participants.
 */
export async function readHistory(folder: string): Promise<History> {
  const storage = Storage.at(folder)
  const { identity } = await storage.load()
  if (identity === null) throw new Error('the folder is not that of an executor')
  const log = await Log.open(storage, identity)
  const index = await IndexLog.open(log)
  try {
    const { genesis, batches } = await readBatches(index)
    const inputs = await index.read(({ source }) => readInputs(source))
    const oplogs: OplogOfHistory[] = []
    for (const input of inputs) oplogs.push(await readOplog(storage, log.key, input))
    return { identity, owner: await keyPairOf(storage, identity.signer), genesis, batches, oplogs }
  } finally {
    await index.close()
    await storage.close()
  }
}

async function readBatches(index: IndexLog): Promise<{ genesis: Change[]; batches: BatchOfHistory[] }> {
  let genesis: Change[] | null = null
  let changes: Change[] = []
  const batches: BatchOfHistory[] = []
  for (let seq = 1; seq < index.length; seq++) {
    const { path, value } = await index.entry(seq)
    changes.push({ path, value })
    if (path !== BATCH_PATH || value === null) continue
    if (genesis === null) genesis = changes
    else batches.push(parseBatch(changes, decodeBatch(value)))
    changes = []
  }
  if (genesis === null) throw new Error('the folder has no genesis')
  return { genesis, batches }
}

function parseBatch(changes: readonly Change[], record: BatchRecord): BatchOfHistory {
  const { number, lastTs, engine } = record
  const runs: RunOfHistory[] = []
  let at = 0
  while (at < changes.length - 1) {
    const { path, value } = changes[at++]!
    const place = parseRunPath(path)
    if (place === null || value === null) throw new Error(`${path} is not a run: the history was not honest`)
    const { head, outcomes } = decodeRun(value)
    const executed = outcomes.map((outcome) => {
      const own = changes.slice(at, at + outcome.numChanges)
      at += outcome.numChanges
      return { outcome, changes: own }
    })
    runs.push({ ...place, head, executed })
  }
  return { number, lastTs, engine, runs, unprompted: [] }
}

async function readOplog(storage: Storage, indexKey: Uint8Array, input: Input): Promise<OplogOfHistory> {
  const log = await Log.open(storage, oplogIdentity(input.signer, indexKey))
  const blocks: Uint8Array[] = []
  for (let seq = 0; seq < log.length; seq++) blocks.push(await log.get(seq, { wait: false }))
  await log.close()
  return { input, keyPair: await keyPairOf(storage, input.signer), blocks }
}

async function keyPairOf(storage: Storage, publicKey: Uint8Array): Promise<KeyPair> {
  const keyPair = await storage.keys.get(publicKey)
  if (keyPair === null) throw new Error('the folder does not hold the secret keys of everybody')
  return keyPair
}
