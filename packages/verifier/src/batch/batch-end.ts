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

/** The rules of a database, from its state; null where they are not in it. @throws {FormatError} */
export async function readRules(state: EntrySource): Promise<Rules | null> {
  const genesis = await state.get(pathToKey(GENESIS_PATH))
  return genesis === null ? null : decodeRules(decodeGenesis(genesis).rules)
}

/** The contract in force in a state; null where it has none. @throws {ValueError} */
export async function readSource(state: EntrySource): Promise<string | null> {
  const source = await state.get(pathToKey(SOURCE_PATH))
  return source === null ? null : String(decodeValue(source, { bytesMax: Number.MAX_SAFE_INTEGER }))
}
