/** The end of a batch, as the next one goes on from it (spec/2-index §7). */
import {
  BATCH_PATH,
  type BatchRecord,
  decodeBatch,
  decodeGenesis,
  decodeIndexBlock,
  decodeRules,
  GENESIS_PATH,
  type Rules,
  SOURCE_PATH,
} from '@vitra/log/formats'
import { decodeValue, type EntrySource, pathToKey } from '@vitra/log/values'
import type { IndexBlocks } from './sources.js'

/** What holds at the end of a batch. */
export interface BatchEnd {
  /** The batch that ends here. */
  readonly record: BatchRecord
  readonly rules: Rules
  /** The contract in force. */
  readonly source: string
}

/**
 * The record of the batch that ends at a length; null where none ends there.
 *
 * @throws {FormatError} {@link PathError} {@link ValueError} where the block breaks the format
 */
export async function recordAt(index: IndexBlocks, length: number): Promise<BatchRecord | null> {
  if (length < 2) return null
  const { path, value } = decodeIndexBlock(await index.block(length - 1))
  return path === BATCH_PATH && value !== null ? decodeBatch(value) : null
}

/**
 * Reads what holds at a batch end from the state there; null where something is not in it.
 *
 * @throws {FormatError} {@link ValueError} where an entry breaks the format
 */
export async function readBatchEnd(state: EntrySource, record: BatchRecord): Promise<BatchEnd | null> {
  const genesis = await state.get(pathToKey(GENESIS_PATH))
  const source = await state.get(pathToKey(SOURCE_PATH))
  if (genesis === null || source === null) return null
  const rules = decodeRules(decodeGenesis(genesis).rules)
  return { record, rules, source: String(decodeValue(source, { bytesMax: Number.MAX_SAFE_INTEGER })) }
}
