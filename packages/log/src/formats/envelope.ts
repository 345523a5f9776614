/** Oplog envelopes (spec/3-oplog): what one block of a participant's log holds. */
import { FormatError } from '../errors.js'
import { decodeValue } from '../values/cbor-decode.js'
import { encodeValue } from '../values/cbor-encode.js'
import type { Value, ValueLimits } from '../values/value.js'
import { decodeCanonical, encodeMessage, expectBytes, expectVersion } from './codec.js'
import { EchoBody, OplogEnvelope } from './messages.generated.js'

const VERSION = 1
const TYPE_OP = 1
const TYPE_ECHO = 2

/** A block that holds an op. */
export interface OpEnvelope {
  readonly type: 'op'
  /** Canonical bytes of the op's value. */
  readonly body: Uint8Array
}

/** The participant's acknowledgement of the last index head it saw; never executed. */
export interface EchoEnvelope {
  readonly type: 'echo'
  readonly length: number
  readonly treeHash: Uint8Array
}

/** What a block of an oplog holds (spec/3-oplog). */
export type Envelope = OpEnvelope | EchoEnvelope

/**
 * The block that carries an op.
 *
 * @throws {ValueError} where `op` is not a value
 * @example await oplog.append([encodeOp({ op: 'INCREMENT', amount: 1 })])
 */
export function encodeOp(op: unknown, limits?: ValueLimits): Uint8Array {
  return encodeOpBody(encodeValue(op, limits))
}

/** The block that carries an op already encoded. */
export function encodeOpBody(body: Uint8Array): Uint8Array {
  return encodeMessage(OplogEnvelope, { version: VERSION, type: TYPE_OP, body })
}

/** The block that carries an echo. */
export function encodeEcho(length: number, treeHash: Uint8Array): Uint8Array {
  const body = encodeMessage(EchoBody, { length, treeHash })
  return encodeMessage(OplogEnvelope, { version: VERSION, type: TYPE_ECHO, body })
}

/**
 * What a block holds; an op's body is checked to be a canonical value.
 *
 * @throws {FormatError} `FORMAT_INVALID`, `VERSION_UNKNOWN`, `TYPE_UNKNOWN`, or a `ValueError`: all of
 *   them give the block the outcome `undecodable`.
 */
export function decodeEnvelope(block: Uint8Array): Envelope {
  const { version, type, body } = decodeCanonical(OplogEnvelope, block, 'oplog block')
  expectVersion(version, VERSION, 'oplog block')
  if (type === TYPE_OP) {
    decodeValue(body)
    return { type: 'op', body }
  }
  if (type === TYPE_ECHO) {
    const echo = decodeCanonical(EchoBody, body, 'echo')
    return { type: 'echo', length: echo.length, treeHash: expectBytes(echo.treeHash, 32, 'tree hash') }
  }
  throw new FormatError('TYPE_UNKNOWN', `oplog block: type ${type} is not known here`, { details: { type } })
}

/** The echo that a block carries, or null where it carries none; cheap for a block that is an op. */
export function readEcho(block: Uint8Array): EchoEnvelope | null {
  // A canonical envelope begins with its version and its type, each one byte after its tag.
  if (block[1] !== VERSION || block[3] !== TYPE_ECHO) return null
  try {
    const envelope = decodeEnvelope(block)
    return envelope.type === 'echo' ? envelope : null
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}

/** The op that a block carries, or null where it carries none that can be executed. */
export function readOp(block: Uint8Array): Value | null {
  try {
    const envelope = decodeEnvelope(block)
    return envelope.type === 'op' ? decodeValue(envelope.body) : null
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}
