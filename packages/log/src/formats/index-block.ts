/** Index blocks (spec/2-index §1): the entry that one block of the index writes. */
import type { Change } from '../values/overlay.js'
import { keyToPath } from '../values/path.js'
import { readBeeBlock } from './bee-block.js'

/**
 * The write that a block of the index holds; block 0, Hyperbee's header, holds none.
 *
 * @throws {FormatError} `FORMAT_INVALID` for bytes that are no such block
 * @throws {PathError} where its key is not that of a path
 */
export function decodeIndexBlock(block: Uint8Array): Change {
  const { key, value } = readBeeBlock(block)
  return { path: keyToPath(key), value: value === null ? null : new Uint8Array(value) }
}
