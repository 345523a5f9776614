/** A signed head by itself as a proof (spec/7-proofs §1): the owner of a log signed this length and tree hash. */
import { sameBytes } from '../values/value.js'
import { headOf } from './blocks.js'
import type { Crypto } from './crypto.js'
import { checkHead, type SignedHead } from './head.js'
import { type LogIdentity, logKey } from './manifest.js'
import type { ProofSource } from './source.js'

/** A head and the identity of the log that it is of. */
export interface HeadProof {
  readonly kind: 'head'
  readonly identity: LogIdentity
  readonly head: SignedHead
}

/** The newest head of a log as a proof. @throws {LogError} `BLOCK_MISSING` for an empty log */
export async function proveHead(source: ProofSource): Promise<HeadProof> {
  return Object.freeze({ kind: 'head', identity: source.identity, head: await headOf(source, {}) })
}

/** True where the owner of the log of `key` signed the head. Never throws. */
export function checkHeadProof(crypto: Crypto, key: Uint8Array, proof: HeadProof): boolean {
  try {
    if (proof.kind !== 'head' || !sameBytes(logKey(crypto, proof.identity), key)) return false
    return checkHead(crypto, proof.identity, proof.head)
  } catch {
    return false // hostile shapes
  }
}
