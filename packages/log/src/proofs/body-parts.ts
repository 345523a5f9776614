/** What the bodies of several kinds of proofs hold: identities, heads and nodes (spec/7-proofs §4). */
import { KEY_BYTES, SIGNATURE_BYTES } from '../constants.js'
import { FormatError } from '../errors.js'
import { expectBytes } from '../formats/codec.js'
import type { SignedHead } from './head.js'
import { concat, type LogIdentity } from './manifest.js'
import type { ProofNode } from './tree-fold.js'

const HASH_BYTES = 32

/** Nodes as a message holds them. @throws {FormatError} `FORMAT_INVALID` for a hash that is none */
export function packNodes(nodes: readonly ProofNode[]): { hashes: Uint8Array; sizes: number[] } {
  for (const { hash } of nodes)
    if (!ArrayBuffer.isView(hash)) throw new FormatError('FORMAT_INVALID', 'a hash is bytes')
  return { hashes: concat(...nodes.map(({ hash }) => hash)), sizes: nodes.map(({ size }) => size) }
}

/** @throws {FormatError} `FORMAT_INVALID` where there is not one hash for each size */
export function unpackNodes(hashes: Uint8Array, sizes: readonly number[]): ProofNode[] {
  expectBytes(hashes, HASH_BYTES * sizes.length, `hashes of ${sizes.length} nodes`)
  return sizes.map((size, n) => ({ size, hash: hashes.slice(HASH_BYTES * n, HASH_BYTES * (n + 1)) }))
}

/** A head of a message. @throws {FormatError} `FORMAT_INVALID` */
export function readHead({ length, treeHash, signature }: SignedHead): SignedHead {
  expectBytes(treeHash, HASH_BYTES, 'tree hash')
  expectBytes(signature, SIGNATURE_BYTES, 'signature')
  return Object.freeze({ length, treeHash, signature })
}

/** An identity of a message. @throws {FormatError} `FORMAT_INVALID` */
export function readIdentity({ signer, userData }: LogIdentity): LogIdentity {
  return Object.freeze({ signer: expectBytes(signer, KEY_BYTES, 'signer'), userData })
}
