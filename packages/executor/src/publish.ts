/** Publishes a batch (spec/4-execution §6): laid out, journalled with its signature, then appended. */
import {
  type BatchDraft,
  LogError,
  type LogWriter,
  layOutBatch,
  type RunBlocks,
  type SignedHead,
  sameBytes,
} from '@vitra/log'
import { ExecutorError } from './errors.js'
import type { Position, State } from './state.js'

export interface Published {
  readonly position: Position
  /** Index block of each oplog's newest run. */
  readonly runBlocks: ReadonlyMap<string, number>
}

export interface Publisher {
  readonly writer: LogWriter
  /** What executed the batch. */
  readonly engine: string
}

/**
 * Null where peers had a newer index than the one that the batch was made over, as after a power cut or a restored
 * backup: nothing was signed, it has to be made again.
 */
export async function publish(
  { writer, engine }: Publisher,
  { position: { head, number }, layout }: State,
  what: Pick<BatchDraft, 'runs' | 'lastTs' | 'unprompted'>,
  runsBefore: RunBlocks,
): Promise<Published | null> {
  const draft: BatchDraft = { ...what, number: number + 1, prevHead: head, engine }
  const { changes, runBlocks } = layOutBatch(draft, runsBefore)
  const laidOut = await layout.layOut(changes)
  let published: SignedHead
  try {
    published = await writer.append(laidOut.blocks, { at: head.length, growth: laidOut.growth })
  } catch (error) {
    if (error instanceof LogError && error.code === 'LOG_GREW') return null
    throw error
  }
  if (!sameBytes(published.treeHash, laidOut.treeHash)) {
    throw new ExecutorError(
      'BATCH_CONTRADICTS',
      'the index on disk is not the one that was executed: load the database again',
    )
  }
  layout.settle()
  return { position: { head: published, number: number + 1, lastTs: what.lastTs }, runBlocks }
}
