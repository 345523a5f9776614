/** The parts of an index that an audit of less than everything looks at. */
import { randomInt } from 'node:crypto'
import { type IndexLog, LogError } from '@vitra/log'
import { Missing } from '../batch/sources.js'
import type { AuditPart } from '../verdict.js'
import { endAtOrBefore, endOfBatch } from './batch-ends.js'
import { ReplicaIndex } from './index-source.js'

/**
 * The batches that lie, wholly or in part, between two index lengths.
 *
 * @param from index length; the part begins at the last batch end up to it
 * @param to index length; the part ends with the batch that it is in
 * @throws {LogError} `BLOCK_MISSING`
 */
export async function rangeParts(index: IndexLog, from: number, to: number): Promise<AuditPart[]> {
  const source = new ReplicaIndex(index.log, 0)
  const until = Math.min(to, index.length)
  if (from >= until) return []
  return here(async () => [
    { from: await endAtOrBefore(source, from), to: await endOfBatch(source, until - 1, index.length) },
  ])
}

/**
 * The batches of blocks that are drawn at random, each on its own: nobody knows beforehand which. A batch that is drawn
 * twice is checked once.
 *
 * @param draws how many blocks are drawn
 * @throws {LogError} `BLOCK_MISSING`
 */
export async function drawParts(index: IndexLog, draws: number): Promise<AuditPart[]> {
  const source = new ReplicaIndex(index.log, 0)
  const { length } = index
  const parts = new Map<number, AuditPart>()
  await here(async () => {
    for (let n = 0; n < draws && length > 0; n++) {
      const block = randomInt(length)
      const from = await endAtOrBefore(source, block)
      if (!parts.has(from)) parts.set(from, { from, to: await endOfBatch(source, block, length) })
    }
  })
  return [...parts.values()].sort((a, b) => a.from - b.from)
}

async function here<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Missing && error.cause instanceof LogError) throw error.cause
    throw error
  }
}
