/** An index with the oplogs of its founders: calls of any shape, published in runs and batches of any shape. */
import {
  type Executed,
  encodeOp,
  findBatchHead,
  type Log,
  type LogWriter,
  proofSource,
  proveReceipt,
  type Receipt,
  type ReceiptSources,
  type RunDraft,
  type SmallReceipt,
} from '../src/index.js'
import { createLog } from './helpers.js'
import { createIndex, FOUNDERS, type TestIndex } from './index-helpers.js'

export interface TestDatabase extends TestIndex {
  /** The first founder's. */
  readonly oplog: { readonly log: Log; readonly writer: LogWriter }
  /** Appends ops to the oplog. */
  emit(count: number): Promise<void>
  /** A run under the newest head of the oplog. */
  runFrom(firstSeq: number, ...ops: Executed[]): Promise<RunDraft>
  readonly sources: ReceiptSources
  /** What a receipt of these ops is made from. @param runs index blocks of their runs */
  small(seq: number, count: number, runs: readonly number[]): Promise<SmallReceipt>
  receipt(seq: number, count: number, runs: readonly number[]): Promise<Receipt>
}

export async function createDatabase(owner?: Parameters<typeof createIndex>[0]): Promise<TestDatabase> {
  const made = await createIndex(owner)
  const { log, writer } = await createLog({ keyPair: FOUNDERS[0], indexKey: made.index.key })
  await made.publishGenesis()
  const sources = { index: proofSource(made.log), oplog: proofSource(log) }
  const small = async (seq: number, count: number, runs: readonly number[]): Promise<SmallReceipt> => ({
    oplog: log.key,
    seq,
    count,
    runs,
    head: await findBatchHead(made.index, runs.at(-1)!),
  })
  return {
    ...made,
    oplog: { log, writer },
    async emit(count) {
      const from = log.length
      await writer.append(Array.from({ length: count }, (_, n) => encodeOp({ op: 'PUT', n: from + n })))
    },
    async runFrom(firstSeq, ...ops) {
      return { oplog: log.key, firstSeq, head: (await log.head())!, executed: ops }
    },
    sources,
    small,
    receipt: async (...what) => proveReceipt(sources, await small(...what)),
  }
}
