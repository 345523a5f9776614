/** Logs of which proofs are made: filled once, then opened without a database. */
import {
  findBatchHead,
  fromHex,
  IndexLog,
  Log,
  oplogIdentity,
  type ProofSource,
  proofSource,
  readInputs,
  type SignedHead,
  type SmallReceipt,
  Storage,
} from '@vitra/log'
import { Database } from 'vitra'
import { setAndWait } from '../contestants/vitra.js'
import { fillDatabase } from '../histories.js'
import { entry } from '../workload.js'

/** The newest ops of a history: of those that came in arrays, and one by one after them. */
export const NEWEST = 1000

/** Ops of one call, and the head that their receipt is under: that of their batch, or the newest. */
export interface Called {
  readonly seq: number
  readonly count: number
  readonly under: 'own' | 'newest'
}

/** The logs of a database with one op a block, and what proofs of it start from. */
export interface Logs {
  readonly index: ProofSource
  readonly indexKey: Uint8Array
  readonly oplog: ProofSource
  readonly oplogKey: Uint8Array
  readonly olderHead: SignedHead
  /** Ops that came in arrays; those after them came one a call, each executed before the next. */
  readonly arrayed: number
  readonly length: number
  receiptOf(called: Called): Promise<SmallReceipt>
  close(): Promise<void>
}

/** Fills a folder with ops in arrays, and after them some that are called and executed one by one; then opens its logs. */
export async function fillLogs(folder: string, ops: number): Promise<Logs> {
  const key = await fillDatabase(folder, ops)
  await addSingles(folder, Math.min(NEWEST, ops))
  return openLogs(folder, fromHex(key), ops)
}

async function addSingles(folder: string, count: number): Promise<void> {
  await using db = await Database.load(folder)
  for (let n = 0; n < count; n++) await setAndWait(db, [entry(n, 'one')])
}

async function openLogs(folder: string, key: Uint8Array, arrayed: number): Promise<Logs> {
  const storage = Storage.at(folder)
  await storage.load()
  const log = await Log.open(storage, key)
  const index = await IndexLog.open(log)
  const [input] = await index.read(({ source }) => readInputs(source))
  const oplog = await Log.open(storage, oplogIdentity(input!.signer, key))
  const head = (await log.head())!
  const { prevEnd, prevTreeHash, prevSignature } = await index.batchEnd(head.length)
  const small = new Map<string, SmallReceipt>()
  return {
    index: proofSource(log),
    indexKey: key,
    oplog: proofSource(oplog),
    oplogKey: oplog.key,
    olderHead: { length: prevEnd, treeHash: prevTreeHash, signature: prevSignature },
    arrayed,
    length: oplog.length,
    async receiptOf({ seq, count, under }) {
      const name = `${seq} ${count} ${under}`
      const known = small.get(name)
      if (known !== undefined) return known
      const runs: number[] = []
      for (let next = seq; next < seq + count; ) {
        const { seq: run, place, run: acks } = (await index.runOf(oplog.key, next))!
        runs.push(run)
        next = place.firstSeq + acks.outcomes.length
      }
      const own = under === 'own' ? await findBatchHead(index, runs.at(-1)!) : head
      const found = { oplog: oplog.key, seq, count, runs, head: own }
      small.set(name, found)
      return found
    },
    async close() {
      await index.close()
      for (const open of [oplog, log]) await open.close()
      await storage.close()
    },
  }
}
