/**
 * Equivocation (spec/7-proofs §10): one owner signed two histories. Two heads of one length that differ; two lengths of
 * which the longer does not extend the shorter; or a fork above 0, which Vitra's logs never have. Of an oplog it is
 * its owner's guilt, of an index its executor's.
 *
 * Two lengths take a block, the last one that the shorter head covers, out of the longer history. Nodes that cut the
 * longer tree would not do: a parent's hash holds the sum of the sizes below it and not each, so bytes moved from one
 * side of the cut to the other would give another short tree, and guilt to an owner of one history.
 */
import { compareKeys } from '../values/path.js'
import { sameBytes } from '../values/value.js'
import { type BlocksProof, checkBlocks, proveBlocks, treeHashAt } from './blocks.js'
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
  /** Where the lengths differ: block `first.length − 1` of the history of `second`. */
  readonly block?: Uint8Array
  /** Beside that block in the tree of `second`; none where there is no block. */
  readonly nodes: readonly ProofNode[]
}

/**
 * Joins two heads of one log into a proof that they cannot both be of one history.
 *
 * @param source a copy of the log that has the longer head; not asked where the lengths are equal
 * @throws {LogError} `BLOCK_MISSING` where the copy lacks a node, or the last block that the shorter head covers
 * @example
 * const proof = await proveEquivocation(proofSource(log), heardFromPeer, (await log.head())!)
 * if (checkEquivocation(sodiumCrypto, log.key, proof)) console.log('the owner signed two histories')
 */
export async function proveEquivocation(
  source: ProofSource,
  a: SignedHead,
  b: SignedHead,
): Promise<EquivocationProof> {
  const isInOrder = a.length < b.length || (a.length === b.length && compareKeys(a.treeHash, b.treeHash) < 0)
  const [first, second] = isInOrder ? [a, b] : [b, a]
  const { identity } = source
  if (first.length === second.length)
    return Object.freeze({ kind: 'equivocation', identity, first, second, nodes: [] })
  const { blocks, nodes } = await proveBlocks(source, [first.length - 1], { head: second })
  return Object.freeze({ kind: 'equivocation', identity, first, second, block: blocks[0]!.block, nodes })
}

/** A proof that the owner of a log signed a fork. */
export function proveFork(identity: LogIdentity, head: SignedHead, fork: number): EquivocationProof {
  return Object.freeze({ kind: 'equivocation', identity, first: head, fork, nodes: [] })
}

/** True where the proof shows that the owner of the log of `key` signed two histories. Never throws. */
export function checkEquivocation(crypto: Crypto, key: Uint8Array, proof: EquivocationProof): boolean {
  try {
    const { kind, identity, first, second, fork, block, nodes } = proof
    if (kind !== 'equivocation' || !sameBytes(logKey(crypto, identity), key)) return false
    if (block === undefined && nodes.length > 0) return false
    if (second === undefined) return block === undefined && isSignedFork(crypto, key, proof)
    if (fork !== undefined || !checkHead(crypto, identity, first)) return false
    if (block !== undefined) return isOtherHistory(crypto, key, { identity, first, second, block, nodes })
    if (first.length !== second.length || compareKeys(first.treeHash, second.treeHash) >= 0) return false
    return checkHead(crypto, identity, second)
  } catch {
    return false // hostile shapes
  }
}

/** True where the longer history had another tree at the length of `first`. */
function isOtherHistory(
  crypto: Crypto,
  key: Uint8Array,
  { identity, first, second, block, nodes }: Required<Omit<EquivocationProof, 'kind' | 'fork'>>,
): boolean {
  if (first.length >= second.length) return false
  const blocks = [{ seq: first.length - 1, block }]
  const longer: BlocksProof = { kind: 'blocks', identity, head: second, blocks, nodes }
  if (!checkBlocks(crypto, key, longer)) return false
  const short = treeHashAt(crypto, longer, first.length)
  return short !== null && !sameBytes(short, first.treeHash)
}

function isSignedFork(crypto: Crypto, key: Uint8Array, proof: EquivocationProof): boolean {
  const { identity, first, fork = 0 } = proof
  if (!Number.isSafeInteger(fork) || fork < 1) return false
  if (!Number.isSafeInteger(first.length) || first.length < 0) return false
  if (first.treeHash.length !== 32 || first.signature.length !== 64) return false
  const message = headSignable(crypto, key, first.length, first.treeHash, fork)
  return crypto.verify(message, first.signature, identity.signer)
}
