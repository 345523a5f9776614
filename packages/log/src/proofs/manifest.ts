/**
 * The one hypercore manifest that Vitra's logs have, and the key that follows from it
 * (spec/1-identity §1, §4): version 2, blake2b, no patches, one ed25519 signer, default namespace.
 */
import { KEY_BYTES } from '../constants.js'
import { encodeValue } from '../values/cbor-encode.js'
import { compareKeys } from '../values/path.js'
import { type Crypto, taggedHash } from './crypto.js'

/** What a log's key is derived from. */
export interface LogIdentity {
  /** Public key of the one signer. */
  readonly signer: Uint8Array
  /** What the key commits to besides the signer. */
  readonly userData: Uint8Array
}

/** What a database's public key pins. */
export interface GenesisContent {
  readonly source: string
  /** The founders' signer public keys, in any order. */
  readonly founders: readonly Uint8Array[]
  /** Encoded rules. */
  readonly rules: Uint8Array
  /** 32 random bytes. */
  readonly nonce: Uint8Array
}

// hypercore's own domain tags: BLAKE2b-256 of ('hypercore' hashed, then a counter byte).
const MANIFEST_VERSION = 2
const HAS_USER_DATA = 8

/** hypercore's namespaced constants, computed instead of copied, once for each way to hash. */
export function hypercoreNamespace(crypto: Crypto, id: number): Uint8Array {
  const known = namespaces.get(crypto)?.get(id)
  if (known !== undefined) return known
  const made = crypto.hash(crypto.hash(encoder.encode('hypercore')), Uint8Array.of(id))
  const all = namespaces.get(crypto) ?? new Map<number, Uint8Array>()
  namespaces.set(crypto, all.set(id, made))
  return made
}

const namespaces = new WeakMap<Crypto, Map<number, Uint8Array>>()

/** Ids of hypercore's namespaces that Vitra needs. */
export const NAMESPACE_TREE = 0
/** Id of hypercore's namespace for manifests. */
export const NAMESPACE_MANIFEST = 3
/** Id of hypercore's default namespace for signers. */
export const NAMESPACE_DEFAULT = 4

/** The manifest's bytes as hypercore encodes them. */
export function encodeManifest(crypto: Crypto, identity: LogIdentity): Uint8Array {
  const { signer, userData } = identity
  if (signer.length !== KEY_BYTES) throw new RangeError(`a signer is ${KEY_BYTES} bytes`)
  if (userData.length > 0xfc) throw new RangeError('user data is at most 252 bytes')
  const head = Uint8Array.of(MANIFEST_VERSION, HAS_USER_DATA, 0, 1, 1, 0)
  const namespace = hypercoreNamespace(crypto, NAMESPACE_DEFAULT)
  return concat(head, namespace, signer, Uint8Array.of(userData.length), userData)
}

/** The log key of an identity: the hash of its manifest. */
export function logKey(crypto: Crypto, identity: LogIdentity): Uint8Array {
  return crypto.hash(hypercoreNamespace(crypto, NAMESPACE_MANIFEST), encodeManifest(crypto, identity))
}

/** The index log's identity: its user data commits to the contract, the founders, the rules and the nonce. */
export function indexIdentity(crypto: Crypto, signer: Uint8Array, genesis: GenesisContent): LogIdentity {
  const founders = [...genesis.founders].sort(compareKeys)
  const content = encodeValue(
    { source: genesis.source, founders, rules: genesis.rules, nonce: genesis.nonce },
    GENESIS_LIMITS,
  )
  const userData = concat(encoder.encode('vitra/db/1'), taggedHash(crypto, 'vitra/genesis/1', content))
  return { signer, userData }
}

/** A participant's oplog identity in one database: derived, never chosen (spec/1-identity §4). */
export function oplogIdentity(signer: Uint8Array, indexKey: Uint8Array): LogIdentity {
  return { signer, userData: concat(encoder.encode('vitra/oplog/1'), indexKey) }
}

/** The key of a participant's oplog in one database. */
export function oplogKey(crypto: Crypto, signer: Uint8Array, indexKey: Uint8Array): Uint8Array {
  return logKey(crypto, oplogIdentity(signer, indexKey))
}

/** Joins byte arrays. */
export function concat(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

const encoder = new TextEncoder()
const GENESIS_LIMITS = { bytesMax: 64 * 1024 * 1024 }
