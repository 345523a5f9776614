/**
 * Inclusion proofs (spec/7-proofs §4): a block stands in the log of a key at a signed head.
 * `proveInclusion` asks a replica, `checkInclusion` recomputes everything from bytes and the key.
 */
import flat from 'flat-tree'
import { sameBytes } from '../values/value.js'
import type { Crypto } from './crypto.js'
import { checkHead, type SignedHead } from './head.js'
import { type LogIdentity, logKey } from './manifest.js'
import { leafNode, parentNode, rootIndexes, type TreeNode, treeHash } from './merkle.js'

/** A proof that a block stands in a log under a signed head (spec/7-proofs §4). */
export interface InclusionProof {
  readonly kind: 'inclusion'
  readonly identity: LogIdentity
  readonly head: SignedHead
  /** Sequence number of the block. */
  readonly seq: number
  readonly block: Uint8Array
  /** Sibling nodes from the leaf up to its root. */
  readonly path: readonly TreeNode[]
  /** The other roots of the head, left to right. */
  readonly roots: readonly TreeNode[]
}

/** What a replica must offer to make proofs of its log at its newest head. */
export interface ProofSource {
  readonly identity: LogIdentity
  /** A consistent view: newest signed head, a block, and the nodes that join it to the head. */
  readForProof(
    seq: number,
  ): Promise<{ head: SignedHead; block: Uint8Array; path: TreeNode[]; roots: TreeNode[] }>
}

/** Proves that block `seq` is in the source's log. */
export async function proveInclusion(source: ProofSource, seq: number): Promise<InclusionProof> {
  const { head, block, path, roots } = await source.readForProof(seq)
  return Object.freeze({ kind: 'inclusion', identity: source.identity, head, seq, block, path, roots })
}

/** True where the proof shows that its block is in the log of `key`. Never throws. */
export function checkInclusion(crypto: Crypto, key: Uint8Array, proof: InclusionProof): boolean {
  try {
    if (!sameBytes(logKey(crypto, proof.identity), key)) return false
    if (!checkHead(crypto, proof.identity, proof.head)) return false
    if (!Number.isSafeInteger(proof.seq) || proof.seq < 0 || proof.seq >= proof.head.length) return false
    const { seq, block, path, roots, head } = proof
    const found = inclusionTreeHash(crypto, { length: head.length, seq, block, path, roots })
    return found !== null && sameBytes(found, head.treeHash)
  } catch {
    return false // hostile shapes: a proof that cannot be read proves nothing
  }
}

/** The tree hash that a block and its nodes lead to; null where they are not those of one tree. */
export function inclusionTreeHash(
  crypto: Crypto,
  proof: Pick<InclusionProof, 'seq' | 'block' | 'path' | 'roots'> & { readonly length: number },
): Uint8Array | null {
  const rootSet = rootIndexes(proof.length)
  let node = leafNode(crypto, proof.seq, proof.block)
  let used = 0
  while (!rootSet.includes(node.index)) {
    const sibling = proof.path[used++]
    if (sibling === undefined || sibling.index !== flat.sibling(node.index)) return null
    node = sibling.index < node.index ? parentNode(crypto, sibling, node) : parentNode(crypto, node, sibling)
  }
  if (used !== proof.path.length || proof.roots.length !== rootSet.length - 1) return null
  const others = [...proof.roots]
  const roots: TreeNode[] = []
  for (const index of rootSet) {
    const root = index === node.index ? node : others.shift()
    if (root === undefined || root.index !== index) return null
    roots.push(root)
  }
  return treeHash(crypto, roots)
}
