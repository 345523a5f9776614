/** Where batches end, found from any block: a batch ends at the first record at or after it (spec/2-index §7). */
import { BATCH_PATH, decodeIndexBlock } from '@vitra/log'
import { isFormat } from '../batch/published-batch.js'
import type { IndexBlocks } from '../batch/sources.js'

/** The end of the newest batch that ends at `length` or before; 0 where none does. @throws {Missing} */
export async function endAtOrBefore(index: IndexBlocks, length: number): Promise<number> {
  for (let end = length; end >= 2; end--) if (await isRecord(index, end - 1)) return end
  return 0
}

/**
 * The end of the batch that a block is in; `length` where no record closes it.
 *
 * @param length of the index
 * @throws {Missing}
 */
export async function endOfBatch(index: IndexBlocks, block: number, length: number): Promise<number> {
  for (let seq = Math.max(block, 1); seq < length; seq++) if (await isRecord(index, seq)) return seq + 1
  return length
}

async function isRecord(index: IndexBlocks, seq: number): Promise<boolean> {
  const block = await index.block(seq)
  try {
    return decodeIndexBlock(block).path === BATCH_PATH
  } catch (error) {
    if (isFormat(error)) return false
    throw error
  }
}
