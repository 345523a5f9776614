/**
 * Equivocation (spec/7-proofs §10): one owner signed two histories. Two heads of one length that differ; two lengths of
 * which the longer does not extend the shorter; or a fork above 0, which Vitra's logs never have. Of an oplog it is
 * its owner's guilt, of an index its executor's.
 */
import { compareKeys } from '../values/path.js'
import { sameBytes } from '../values/value.js'
import { cutTree, nodesAtCut } from './consistency.js'
import type { Crypto } from './crypto.js'
import { checkHead, headSignable, type SignedHead } from './head.js'
import { type LogIdentity, logKey } from './manifest.js'
import type { ProofSource } from './source.js'
import type { ProofNode } from './tree-fold.js'

/** A proof that the owner of a log signed two histories (spec/7-proofs §10). */
export interface EquivocationProof {
  readonly kind: 'equivocation'
  readonly identity: LogIdentity
  /** The shorter head; of equal lengths the one whose tree hash sorts first. */
  readonly first: SignedHead
  /** Absent where `first` was signed at a fork. */
  readonly second?: SignedHead
  /** Above 0, where `first` was signed at a fork. */
  readonly fork?: number
  /** Of the longer tree, cut at the shorter length; none where the lengths are equal or a fork is shown. */
  readonly nodes: readonly ProofNode[]
}

/**
 * Joins two heads of one log into a proof that they cannot both be of one history.
 *
 * @param source a copy of the log that has the longer head; not asked where the lengths are equal
 * @throws {LogError} `BLOCK_MISSING` where the copy lacks a node
 * @example
 * const proof = await proveEquivocation(proofSource(log), heardFromPeer, (await log.head())!)
 * if (checkEquivocation(sodiumCrypto, log.key, proof)) console.log('the owner signed two histories')
 */
export async function proveEquivocation(
  source: Pick<ProofSource, 'identity' | 'nodes'>,
  a: SignedHead,
  b: SignedHead,
): Promise<EquivocationProof> {
  const isInOrder = a.length < b.length || (a.length === b.length && compareKeys(a.treeHash, b.treeHash) < 0)
  const [first, second] = isInOrder ? [a, b] : [b, a]
  const nodes = first.length === second.length ? [] : await nodesAtCut(source, first.length, second.length)
  return Object.freeze({ kind: 'equivocation', identity: source.identity, first, second, nodes })
}

/** A proof that the owner of a log signed a fork. */
export function proveFork(identity: LogIdentity, head: SignedHead, fork: number): EquivocationProof {
  return Object.freeze({ kind: 'equivocation', identity, first: head, fork, nodes: [] })
}

/** True where the proof shows that the owner of the log of `key` signed two histories. Never throws. */
export function checkEquivocation(crypto: Crypto, key: Uint8Array, proof: EquivocationProof): boolean {
  try {
    const { kind, identity, first, second, fork, nodes } = proof
    if (kind !== 'equivocation' || !sameBytes(logKey(crypto, identity), key)) return false
    if (second === undefined) return nodes.length === 0 && isSignedFork(crypto, key, proof)
    if (fork !== undefined) return false
    if (!checkHead(crypto, identity, first) || !checkHead(crypto, identity, second)) return false
    if (first.length === second.length)
      return nodes.length === 0 && compareKeys(first.treeHash, second.treeHash) < 0
    const { short, long } = cutTree(crypto, first.length, second.length, nodes)
    return sameBytes(long, second.treeHash) && !sameBytes(short, first.treeHash)
  } catch {
    return false // hostile shapes
  }
}

function isSignedFork(crypto: Crypto, key: Uint8Array, proof: EquivocationProof): boolean {
  const { identity, first, fork = 0 } = proof
  if (!Number.isSafeInteger(fork) || fork < 1) return false
  if (!Number.isSafeInteger(first.length) || first.length < 0) return false
  if (first.treeHash.length !== 32 || first.signature.length !== 64) return false
  const message = headSignable(crypto, key, first.length, first.treeHash, fork)
  return crypto.verify(message, first.signature, identity.signer)
}
