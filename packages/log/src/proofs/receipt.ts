/**
 * Receipts (spec/7-proofs §9): the ops of one call were executed, with these outcomes and changes. The ops are in
 * their oplog under the head that their run carries; the runs and the changes are in the index under one head of
 * the executor's. `proveReceipt` asks a replica, `openReceipt` needs bytes and the key alone.
 */
import { FormatError } from '../errors.js'
import { decodeIndexBlock } from '../formats/index-block.js'
import type { Outcome } from '../formats/outcome.js'
import { decodeRun, parseRunPath } from '../formats/run.js'
import { changeBlocks, type FoundRun } from '../index-state.js'
import type { Change } from '../values/overlay.js'
import { sameBytes } from '../values/value.js'
import { type BlocksProof, openBlocks, proveBlocks } from './blocks.js'
import type { Crypto } from './crypto.js'
import type { SignedHead } from './head.js'
import { logKey, oplogIdentity } from './manifest.js'
import type { ProofSource } from './source.js'

/** The ops of one call that one run acknowledges, in their oplog; identity and head follow from the run. */
export type ReceiptOps = Pick<BlocksProof, 'blocks' | 'nodes'>

/** That the ops of one call were executed (spec/7-proofs §9). */
export interface Receipt {
  readonly kind: 'receipt'
  /** The runs, each followed by the changes of the call's ops, and no other block. */
  readonly index: BlocksProof
  /** Public key of the participant; the key of the oplog follows from it. */
  readonly signer: Uint8Array
  /** One for each run, in the order of the oplog. */
  readonly ops: readonly ReceiptOps[]
}

/** One op, as a receipt shows it. */
export interface ReceiptOp {
  /** Sequence number in the oplog. */
  readonly seq: number
  /** The block of the oplog. */
  readonly block: Uint8Array
  readonly outcome: Outcome
  /** What it wrote, in order, the values encoded. */
  readonly changes: readonly Change[]
  /** Index block of its run. */
  readonly run: number
}

/** What a receipt shows. */
export interface OpenReceipt {
  /** Public key of the participant. */
  readonly signer: Uint8Array
  /** Key of its oplog. */
  readonly oplog: Uint8Array
  /** Length of the index under which all of it stands. */
  readonly version: number
  /** The ops of the call, consecutive blocks of the oplog. */
  readonly ops: readonly ReceiptOp[]
}

/**
 * What cannot be had again of a receipt: hypercore keeps the newest signature of a log alone. With it, any replica
 * that has the blocks makes the receipt anew, however long the logs have grown.
 */
export interface SmallReceipt {
  /** Key of the oplog. */
  readonly oplog: Uint8Array
  /** First op of the call. */
  readonly seq: number
  /** How many ops. */
  readonly count: number
  /** Index blocks of their runs. */
  readonly runs: readonly number[]
  /** The head of the index, after the last change: that of the batch of the last run. */
  readonly head: SignedHead
}

/** Replicas of the two logs that a receipt is made from. */
export interface ReceiptSources {
  readonly index: ProofSource
  /** Of the participant who called. */
  readonly oplog: ProofSource
}

/**
 * Makes a receipt. What the replicas hold is not checked here: see {@link openReceipt}.
 *
 * @throws {LogError} `BLOCK_MISSING`; {@link FormatError} where an index block is not the run it should be
 * @example
 * const receipt = await proveReceipt({ index: proofSource(index.log), oplog: proofSource(oplog) }, small)
 */
export async function proveReceipt({ index, oplog }: ReceiptSources, small: SmallReceipt): Promise<Receipt> {
  const { seq, count, runs, head } = small
  const wanted: number[] = []
  const ops: ReceiptOps[] = []
  let next = seq
  for (const at of runs) {
    const found = readRun(at, await index.block(at))
    wanted.push(at)
    const seqs: number[] = []
    for (; next < Math.min(seq + count, endOf(found)); next++) {
      seqs.push(next)
      for (const change of changeBlocks(found, next)) wanted.push(change)
    }
    const { blocks, nodes } = await proveBlocks(oplog, seqs, { head: found.run.head })
    ops.push({ blocks, nodes })
  }
  const { signer } = oplog.identity
  return Object.freeze({ kind: 'receipt', index: await proveBlocks(index, wanted, { head }), signer, ops })
}

/** The small form of a receipt. @param opened what {@link openReceipt} showed of it */
export function smallReceipt(receipt: Receipt, { oplog, ops }: OpenReceipt): SmallReceipt {
  const runs = [...new Set(ops.map(({ run }) => run))]
  return Object.freeze({ oplog, seq: ops[0]!.seq, count: ops.length, runs, head: receipt.index.head })
}

/** What a receipt shows of the database with this key; null where it shows nothing of it. Never throws. */
export function openReceipt(crypto: Crypto, key: Uint8Array, receipt: Receipt): OpenReceipt | null {
  try {
    return receipt.kind === 'receipt' ? open(crypto, key, receipt) : null
  } catch {
    return null // hostile shapes, and blocks that are not what they should be
  }
}

/** True where the receipt is one of the database with this key. Never throws. */
export function checkReceipt(crypto: Crypto, key: Uint8Array, receipt: Receipt): boolean {
  return openReceipt(crypto, key, receipt) !== null
}

function open(crypto: Crypto, key: Uint8Array, { index, signer, ops: groups }: Receipt): OpenReceipt | null {
  const blocks = openBlocks(crypto, key, index)
  if (blocks === null || groups.length === 0) return null
  const identity = oplogIdentity(signer, key)
  const oplog = logKey(crypto, identity)
  const seqs = [...blocks.keys()]
  const ops: ReceiptOp[] = []
  let used = 0
  for (const { blocks: opBlocks, nodes } of groups) {
    const at = seqs[used++]!
    const found = readRun(at, blocks.get(at)!)
    const { place, run } = found
    if (!sameBytes(place.oplog, oplog) || run.head.length < endOf(found)) return null
    const proof: BlocksProof = { kind: 'blocks', identity, head: run.head, blocks: opBlocks, nodes }
    const proved = openBlocks(crypto, oplog, proof)
    if (proved === null) return null
    for (const [seq, block] of proved) {
      const outcome = run.outcomes[seq - place.firstSeq]
      const last = ops.at(-1)
      if (outcome === undefined || (last !== undefined && seq !== last.seq + 1)) return null
      const changes: Change[] = []
      for (const wanted of changeBlocks(found, seq)) {
        if (seqs[used++] !== wanted) return null
        changes.push(decodeIndexBlock(blocks.get(wanted)!))
      }
      ops.push({ seq, block, outcome, changes, run: at })
    }
  }
  // Nothing is left: what a receipt shows follows from its ops alone.
  return used === seqs.length ? { signer, oplog, version: index.head.length, ops } : null
}

/** @throws {FormatError} where the block is no run */
function readRun(seq: number, block: Uint8Array): FoundRun {
  const { path, value } = decodeIndexBlock(block)
  const place = parseRunPath(path)
  if (place === null || value === null)
    throw new FormatError('FORMAT_INVALID', `block ${seq} of the index is not a run`)
  return { seq, place, run: decodeRun(value) }
}

function endOf({ place, run }: FoundRun): number {
  return place.firstSeq + run.outcomes.length
}
