/** Publishes a history, honest or not, as a copy that a reader could have received. */
import {
  BATCH_PATH,
  type BatchRecord,
  type Change,
  decodeBatch,
  encodeBatch,
  IndexWriter,
  Log,
  LogWriter,
  layOutBatch,
  oplogIdentity,
  type SignedHead,
  Storage,
} from '@vitra/log'
import type { DishonestExecutor } from './dishonest-executor.js'
import type { History } from './history.js'

/**
 * Writes the history into `folder` as a copy without secret keys: `Database.load(folder)` reads it and
 * executes nothing.
 */
export async function publish(
  history: History,
  folder: string,
  liar: DishonestExecutor | null = null,
): Promise<void> {
  const storage = Storage.at(folder, { durability: 'none' })
  await storage.create()
  try {
    const log = await publishInto(history, storage, liar)
    await storage.describe({ key: log.key, identity: null })
  } finally {
    await storage.close()
  }
}

/** Writes the history into an open, empty storage. Gives the log of the index. */
export async function publishInto(
  history: History,
  storage: Storage,
  liar: DishonestExecutor | null = null,
): Promise<Log> {
  const log = await Log.open(storage, history.identity)
  const writer = await LogWriter.open(log, storage, history.owner)
  await publishIndex(history, writer, liar)
  await writer.close()
  for (const { input, keyPair, blocks } of history.oplogs) {
    const oplog = await Log.open(storage, oplogIdentity(input.signer, log.key))
    const oplogWriter = await LogWriter.open(oplog, storage, keyPair)
    if (blocks.length > 0) await oplogWriter.append(blocks)
    await oplogWriter.close()
  }
  return log
}

async function publishIndex(
  history: History,
  writer: LogWriter,
  liar: DishonestExecutor | null,
): Promise<void> {
  const layout = await IndexWriter.open(null)
  const append = async (changes: Change[], number: number): Promise<SignedHead> => {
    const parts = liar?.layOut(changes, number) ?? [changes]
    const blocks: Uint8Array[] = []
    for (const part of parts) blocks.push(...(await layout.layOut(part)).blocks)
    return writer.append(liar?.blocks(blocks, number) ?? blocks)
  }
  let head = await append(liar?.entries(history.genesis, 0) ?? history.genesis, 0)
  let runBlocks: ReadonlyMap<string, number> = new Map()
  for (const batch of history.batches) {
    const laidOut = layOutBatch({ ...batch, prevHead: head }, runBlocks)
    const changes = liar?.entries(laidOut.changes, batch.number) ?? laidOut.changes
    head = await append(changes, batch.number)
    runBlocks = laidOut.runBlocks
  }
}

/** The same entries with other fields in the batch record. */
export function withRecord(
  changes: readonly Change[],
  patch: (record: BatchRecord) => Partial<BatchRecord>,
): Change[] {
  return changes.map((change) => {
    if (change.path !== BATCH_PATH || change.value === null) return change
    const record = decodeBatch(change.value)
    return { path: change.path, value: encodeBatch({ ...record, ...patch(record) }) }
  })
}
