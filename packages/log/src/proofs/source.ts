/** What a replica must offer to make proofs of its log. */
import type { SignedHead } from './head.js'
import type { LogIdentity } from './manifest.js'
import type { TreeNode } from './merkle.js'

/** A replica of a log, as provers see it. `proofSource` of `@vitra/log` makes one of a `Log`. */
export interface ProofSource {
  readonly identity: LogIdentity
  /** The newest signed head, null where nothing has arrived. */
  head(): Promise<SignedHead | null>
  /** @throws `BLOCK_MISSING` where it is not here */
  block(seq: number): Promise<Uint8Array>
  /** Nodes of the tree by their flat-tree indexes, in that order. @throws `BLOCK_MISSING` */
  nodes(indexes: readonly number[]): Promise<readonly TreeNode[]>
}

/** How a proof is made. */
export interface ProveOptions {
  /** An older head of the same log, as its owner signed it; default the newest. */
  readonly head?: SignedHead
}
