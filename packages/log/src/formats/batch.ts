/** Batch records (spec/2-index §7): the last block of every batch, and the only mark of a batch end. */
import { KEY_BYTES, SIGNATURE_BYTES } from '../constants.js'
import { FormatError } from '../errors.js'
import { decodeCanonical, encodeMessage, expectBytes, expectVersion } from './codec.js'
import { BatchMessage } from './messages.generated.js'

const VERSION = 1

/** What every list of engines, of this version or of a later one, has its names of (spec/6-determinism §4). */
const ENGINE_NAME = /^v8-(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})$/

/** Path of the batch record. */
export const BATCH_PATH = '/.sys/batch'

/** The record that closes a batch (spec/2-index §7). */
export interface BatchRecord {
  /** 0 is genesis. */
  readonly number: number
  /** Index length before this batch. */
  readonly prevEnd: number
  /** Tree hash and signature of the head at `prevEnd`; empty at genesis. */
  readonly prevTreeHash: Uint8Array
  readonly prevSignature: Uint8Array
  /** Time of the last outcome so far, ms since 1970. */
  readonly lastTs: number
  /** The engine that ran the contract, of the form of spec/6-determinism 6.4.1; this version may not know it. */
  readonly engine: string
  /** Runs in this batch. */
  readonly runs: number
  /** Index blocks in this batch, this record included. */
  readonly blocks: number
}

/** Canonical bytes of a batch record. */
export function encodeBatch(record: BatchRecord): Uint8Array {
  return encodeMessage(BatchMessage, { version: VERSION, ...record })
}

/** @throws {FormatError} `FORMAT_INVALID` or `VERSION_UNKNOWN` */
export function decodeBatch(bytes: Uint8Array): BatchRecord {
  const { version, ...record } = decodeCanonical(BatchMessage, bytes, 'batch record')
  expectVersion(version, VERSION, 'batch record')
  const { number, prevEnd, prevTreeHash, prevSignature } = record
  const first = number === 0
  if ((prevEnd === 0) !== first) {
    throw new FormatError('FORMAT_INVALID', 'batch record: genesis, and genesis only, has nothing before it')
  }
  expectBytes(prevTreeHash, first ? 0 : KEY_BYTES, 'previous tree hash')
  expectBytes(prevSignature, first ? 0 : SIGNATURE_BYTES, 'previous signature')
  if (!ENGINE_NAME.test(record.engine))
    throw new FormatError('FORMAT_INVALID', 'batch record: an engine is named v8-<major>.<minor>')
  return Object.freeze(record)
}
