/** The state of the index at one batch end. */
import type { BlockSource } from './block-source.js'
import { LogError } from './errors.js'
import type { BatchRecord } from './formats/batch.js'
import { SOURCE_PATH } from './formats/genesis.js'
import { decodeValue } from './values/cbor-decode.js'
import { type ListItem, type ListOptions, listChildren } from './values/listing.js'
import { pathToKey } from './values/path.js'

/** The state at one version. */
export class IndexSnapshot {
  /** Index length: a batch end. */
  readonly version: number
  readonly record: BatchRecord
  readonly source: BlockSource

  constructor(version: number, record: BatchRecord, source: BlockSource) {
    this.version = version
    this.record = record
    this.source = source
  }

  /** The encoded value at a path, or null. @throws {PathError} */
  read(path: string): Promise<Uint8Array | null> {
    return this.source.get(pathToKey(path))
  }

  /** Direct children of a prefix. @throws {PathError} @throws {ValueError} `LIST_OPTIONS_INVALID` */
  list(prefix: string, options: ListOptions = {}): Promise<ListItem[]> {
    return listChildren(this.source, prefix, options)
  }

  /** The contract in force. */
  async contractSource(): Promise<string> {
    const bytes = await this.read(SOURCE_PATH)
    const source = bytes === null ? null : decodeValue(bytes, { bytesMax: Number.MAX_SAFE_INTEGER })
    if (typeof source !== 'string') throw new LogError('INDEX_UNREADABLE', 'the index holds no contract')
    return source
  }
}
