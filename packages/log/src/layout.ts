/**
 * What the entries of a batch are, in order (spec/2-index §2, §5, §7): genesis, and batches of runs.
 * The executor publishes exactly this and the verifier recomputes exactly this.
 */
import { BATCH_PATH, type BatchRecord, encodeBatch } from './formats/batch.js'
import { encodeGenesis, encodeInput, GENESIS_PATH, inputPath, SOURCE_PATH } from './formats/genesis.js'
import { toHex } from './formats/hex.js'
import type { Outcome } from './formats/outcome.js'
import { encodeRun, runPath } from './formats/run.js'
import { type Crypto, taggedHash } from './proofs/crypto.js'
import type { SignedHead } from './proofs/head.js'
import { type GenesisContent, oplogKey } from './proofs/manifest.js'
import { encodeValue } from './values/cbor-encode.js'
import type { Change } from './values/overlay.js'
import { compareKeys, pathToKey } from './values/path.js'

/** One op's outcome and changes. */
export interface Executed {
  readonly outcome: Outcome
  readonly changes: readonly Change[]
}

/** A run about to be published. */
export interface RunDraft {
  readonly oplog: Uint8Array
  readonly firstSeq: number
  readonly head: SignedHead
  readonly executed: readonly Executed[]
}

/** A batch about to be published. */
export interface BatchDraft {
  readonly number: number
  /** The index head that this batch extends. */
  readonly prevHead: SignedHead
  readonly lastTs: number
  readonly engine: string
  readonly runs: readonly RunDraft[]
  /** Changes that no op asked for: only a forced violation has any. */
  readonly unprompted?: readonly Change[]
}

/** Index blocks of each oplog's newest run, by oplog key in hex. */
export type RunBlocks = ReadonlyMap<string, number>

/** The entries of a batch, and where its runs will stand. */
export function layOutBatch(
  draft: BatchDraft,
  runBlocks: RunBlocks,
): { changes: Change[]; runBlocks: Map<string, number> } {
  const changes: Change[] = []
  const blocks = new Map(runBlocks)
  const start = draft.prevHead.length
  for (const run of draft.runs) {
    const oplog = toHex(run.oplog)
    const outcomes = run.executed.map(({ outcome }) => outcome)
    const value = encodeRun({ head: run.head, prevRun: blocks.get(oplog) ?? 0, outcomes })
    blocks.set(oplog, start + changes.length)
    changes.push({ path: runPath(run), value })
    for (const executed of run.executed) changes.push(...executed.changes)
  }
  changes.push(...(draft.unprompted ?? []))
  const record: BatchRecord = {
    number: draft.number,
    prevEnd: start,
    prevTreeHash: draft.prevHead.treeHash,
    prevSignature: draft.prevHead.signature,
    lastTs: draft.lastTs,
    engine: draft.engine,
    runs: draft.runs.length,
    blocks: changes.length + 1,
  }
  changes.push({ path: BATCH_PATH, value: encodeBatch(record) })
  return { changes, runBlocks: blocks }
}

/** A genesis about to be published. */
export interface GenesisDraft extends GenesisContent {
  /** The database's public key. */
  readonly indexKey: Uint8Array
  /** Entries that the database starts with; `rules.initialState` commits to them. */
  readonly initialState: readonly Change[]
  readonly ts: number
  readonly engine: string
}

/** The entries of genesis. Hyperbee's header block comes before them and counts in the batch record. */
export function layOutGenesis(crypto: Crypto, draft: GenesisDraft): Change[] {
  const inputs = draft.founders.map((signer) => {
    const oplog = oplogKey(crypto, signer, draft.indexKey)
    return { path: inputPath(oplog), value: encodeInput({ signer, oplog, active: true }) }
  })
  const changes: Change[] = [
    { path: SOURCE_PATH, value: encodeValue(draft.source, SOURCE_LIMITS) },
    ...inputs.sort(byPath),
    ...[...draft.initialState].sort(byPath),
    { path: GENESIS_PATH, value: encodeGenesis({ rules: draft.rules, nonce: draft.nonce }) },
  ]
  const record: BatchRecord = {
    number: 0,
    prevEnd: 0,
    prevTreeHash: new Uint8Array(),
    prevSignature: new Uint8Array(),
    lastTs: draft.ts,
    engine: draft.engine,
    runs: 0,
    blocks: changes.length + 2,
  }
  return [...changes, { path: BATCH_PATH, value: encodeBatch(record) }]
}

/** The commitment to the entries that a database starts with (spec/1-identity §4). */
export function initialStateHash(crypto: Crypto, entries: readonly Change[]): Uint8Array {
  const sorted = [...entries].sort(byPath).map(({ path, value }) => [path, value])
  return taggedHash(crypto, 'vitra/initial-state/1', encodeValue(sorted, STATE_LIMITS))
}

function byPath(a: Change, b: Change): number {
  return compareKeys(pathToKey(a.path), pathToKey(b.path))
}

const SOURCE_LIMITS = { bytesMax: 8 * 1024 * 1024 }
const STATE_LIMITS = { bytesMax: 1024 * 1024 * 1024 }
