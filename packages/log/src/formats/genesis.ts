/** The system entries that open every index (spec/2-index §2). */
import { KEY_BYTES } from '../constants.js'
import { FormatError } from '../errors.js'
import { decodeValue } from '../values/cbor-decode.js'
import { encodeValue } from '../values/cbor-encode.js'
import { decodeCanonical, encodeMessage, expectBytes, expectVersion } from './codec.js'
import { toHex } from './hex.js'
import { GenesisMessage } from './messages.generated.js'

const VERSION = 1

/** Path of the contract in force. */
export const SOURCE_PATH = '/.sys/contract/source'
/** Path of the genesis record. */
export const GENESIS_PATH = '/.sys/acks/genesis'
/** Path above the participants. */
export const INPUTS_PREFIX = '/.sys/inputs'

/** What genesis states besides contract and participants (spec/2-index §2). */
export interface GenesisRecord {
  /** Encoded rules. */
  readonly rules: Uint8Array
  readonly nonce: Uint8Array
}

/** Canonical bytes of a genesis record. */
export function encodeGenesis(record: GenesisRecord): Uint8Array {
  return encodeMessage(GenesisMessage, { version: VERSION, ...record })
}

/** @throws {FormatError} `FORMAT_INVALID` or `VERSION_UNKNOWN` */
export function decodeGenesis(bytes: Uint8Array): GenesisRecord {
  const { version, rules, nonce } = decodeCanonical(GenesisMessage, bytes, 'genesis record')
  expectVersion(version, VERSION, 'genesis record')
  return Object.freeze({ rules, nonce: expectBytes(nonce, KEY_BYTES, 'nonce') })
}

/** A participant as `/.sys/inputs` records it. */
export interface Input {
  /** The participant's public key. */
  readonly signer: Uint8Array
  /** The key of its oplog, derived from the signer and the database. */
  readonly oplog: Uint8Array
  /** False once removed. */
  readonly active: boolean
}

/** Path of a participant. */
export function inputPath(oplog: Uint8Array): string {
  return `${INPUTS_PREFIX}/${toHex(oplog)}`
}

/** Canonical bytes of a participant. */
export function encodeInput(input: Input): Uint8Array {
  return encodeValue({ active: input.active, oplog: input.oplog, signer: input.signer })
}

/** @throws {FormatError} `FORMAT_INVALID` */
export function decodeInput(bytes: Uint8Array): Input {
  const value = decodeValue(bytes) as Record<string, unknown> | null
  const names = value !== null && typeof value === 'object' ? Object.keys(value).sort().join() : ''
  const { signer, oplog, active } = value ?? {}
  if (names !== 'active,oplog,signer' || typeof active !== 'boolean' || !isKey(signer) || !isKey(oplog)) {
    throw new FormatError('FORMAT_INVALID', 'input: it holds a signer, an oplog key and whether it is active')
  }
  return Object.freeze({ signer, oplog, active })
}

function isKey(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === KEY_BYTES
}
