/** An index under construction: genesis, then batches, laid out and published as an executor does. */
import { onTestFinished } from 'vitest'
import {
  type BatchDraft,
  type Change,
  CURRENT_RULES,
  type Executed,
  encodeRules,
  encodeValue,
  IndexLog,
  IndexWriter,
  indexIdentity,
  type KeyPair,
  type LaidOut,
  Log,
  LogWriter,
  layOutBatch,
  layOutGenesis,
  logKey,
  oplogKey,
  type RunDraft,
  type SignedHead,
  Storage,
  sodiumCrypto,
} from '../src/index.js'
import { filled, fixedKeyPair } from './helpers.js'

const OWNER = fixedKeyPair(1)
export const FOUNDERS = [fixedKeyPair(2), fixedKeyPair(3)] as const
export const SOURCE = 'export const apply = { PUT () {} }\n'

export interface TestIndex {
  readonly storage: Storage
  readonly log: Log
  readonly writer: LogWriter
  readonly index: IndexLog
  readonly layout: IndexWriter
  readonly genesisEntries: readonly Change[]
  /** Keys of the founders' oplogs. */
  readonly oplogs: readonly [Uint8Array, Uint8Array]
  /** Publishes genesis. */
  publishGenesis(): Promise<LaidOut>
  /** Publishes one batch. */
  publish(runs: readonly RunDraft[], unprompted?: readonly Change[]): Promise<LaidOut>
}

export const GENESIS = {
  source: SOURCE,
  founders: FOUNDERS.map((pair) => pair.publicKey),
  rules: encodeRules(CURRENT_RULES),
  nonce: filled(4),
}

export async function createIndex(owner: KeyPair = OWNER): Promise<TestIndex> {
  const storage = Storage.temporary()
  await storage.create()
  const identity = indexIdentity(sodiumCrypto, owner.publicKey, GENESIS)
  const indexKey = logKey(sodiumCrypto, identity)
  const log = await Log.open(storage, identity)
  const writer = await LogWriter.open(log, storage, owner)
  const index = await IndexLog.open(log)
  const layout = await IndexWriter.open(log)
  onTestFinished(async () => {
    await index.close()
    await writer.close()
    await log.close()
    await storage.close()
  })
  const genesisEntries = layOutGenesis(sodiumCrypto, {
    ...GENESIS,
    indexKey,
    initialState: [],
    ts: 1000,
    engine: ENGINE,
  })
  let runBlocks: ReadonlyMap<string, number> = new Map()
  let head: SignedHead | undefined
  let number = 0
  const append = async (changes: readonly Change[]): Promise<LaidOut> => {
    const laidOut = await layout.layOut(changes)
    head = await writer.append(laidOut.blocks)
    layout.settle()
    number++
    return laidOut
  }
  return {
    storage,
    log,
    writer,
    index,
    layout,
    genesisEntries,
    oplogs: FOUNDERS.map((pair) => oplogKey(sodiumCrypto, pair.publicKey, indexKey)) as [
      Uint8Array,
      Uint8Array,
    ],
    publishGenesis: () => append(genesisEntries),
    publish(runs, unprompted = []) {
      const draft: BatchDraft = {
        number,
        prevHead: head!,
        lastTs: 1000 + number,
        engine: ENGINE,
        runs,
        unprompted,
      }
      const laidOut = layOutBatch(draft, runBlocks)
      runBlocks = laidOut.runBlocks
      return append(laidOut.changes)
    },
  }
}

export const ENGINE = 'v8-11.3'

/** An op that went well and made these changes. */
export function executed(ts: number, changes: Record<string, unknown> = {}, value?: unknown): Executed {
  const written = Object.entries(changes).map(([path, to]) => ({
    path,
    value: to === undefined ? null : encodeValue(to),
  }))
  return {
    outcome: {
      kind: 'ok',
      ts,
      numChanges: written.length,
      fuel: 0,
      ...(value === undefined ? {} : { value: encodeValue(value) }),
    },
    changes: written,
  }
}

/** A run under a head that nobody signed: the index does not look at it. */
export function run(oplog: Uint8Array, firstSeq: number, ...ops: Executed[]): RunDraft {
  const head = { length: firstSeq + ops.length, treeHash: filled(5), signature: new Uint8Array(64).fill(6) }
  return { oplog, firstSeq, head, executed: ops }
}
