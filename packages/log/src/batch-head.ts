/**
 * The signed head at which the batch of a block ends. hypercore keeps the newest signature of a log alone, but every
 * batch record holds that of the batch before it (spec/2-index §7): walking back over the records finds it.
 */
import { LogError } from './errors.js'
import { BATCH_PATH, type BatchRecord, decodeBatch } from './formats/batch.js'
import type { IndexLog } from './index-log.js'
import type { SignedHead } from './proofs/head.js'

/** Batches to walk back from the newest one before the blocks after the one that is asked for are looked through. */
const STEPS_MAX = 16
/** Blocks to look through for the end of a batch: one with more of them costs a proof less than the search. */
const BLOCKS_MAX = 4096

/**
 * The head at the end of the batch that block `seq` is in; the newest one where that is too far to look for, or not
 * here.
 *
 * @throws {LogError} `BLOCK_MISSING` where there is no head at or after the block
 */
export async function findBatchHead(index: IndexLog, seq: number): Promise<SignedHead> {
  const newest = await index.log.head()
  if (newest === null || newest.length <= seq)
    throw new LogError(
      'BLOCK_MISSING',
      `block ${seq} of the index is not here: connect to a peer that has it`,
    )
  try {
    return (await walkBack(index, newest, seq)) ?? (await lookAhead(index, newest, seq)) ?? newest
  } catch (error) {
    if (error instanceof LogError && error.code === 'BLOCK_MISSING') return newest
    throw error
  }
}

/**
 * The head that the executor has signed at exactly that length; null where none is known here: no batch ends there, or
 * the next one is not here.
 */
export async function findHeadAt(index: IndexLog, length: number): Promise<SignedHead | null> {
  const newest = await index.log.head()
  if (newest === null || newest.length < length) return null
  if (newest.length === length) return newest
  for (let at = length; at < Math.min(newest.length, length + BLOCKS_MAX); at++) {
    const record = await recordAt(index, at)
    if (record !== null) return record.prevEnd === length ? headBefore(record) : null
  }
  return null
}

async function walkBack(index: IndexLog, newest: SignedHead, seq: number): Promise<SignedHead | null> {
  let head = newest
  for (let step = 0; step < STEPS_MAX; step++) {
    const record = await recordAt(index, head.length - 1)
    if (record === null) return null
    if (record.prevEnd <= seq) return head
    head = headBefore(record)
  }
  return null
}

/** From the block on to the record after it, and from there to the next one, which holds the signature. */
async function lookAhead(index: IndexLog, newest: SignedHead, seq: number): Promise<SignedHead | null> {
  let end: number | null = null
  for (let at = seq; at < Math.min(newest.length, seq + BLOCKS_MAX); at++) {
    const record = await recordAt(index, at)
    if (record === null) continue
    if (end !== null) return headBefore(record)
    end = at + 1
    if (end === newest.length) return newest
  }
  return null
}

function headBefore({ prevEnd, prevTreeHash, prevSignature }: BatchRecord): SignedHead {
  return { length: prevEnd, treeHash: prevTreeHash, signature: prevSignature }
}

/** The batch record in a block; null where it holds something else. */
async function recordAt(index: IndexLog, seq: number): Promise<BatchRecord | null> {
  const { path, value } = await index.entry(seq, { wait: false })
  return path === BATCH_PATH && value !== null ? decodeBatch(value) : null
}
