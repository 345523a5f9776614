/**
 * Consistency (spec/7-proofs §10): one signed head extends another, so the log was only appended to. The nodes are
 * those of the longer tree at which a walk stops that opens what the shorter length cuts: those to the left of it are
 * the roots of the shorter tree, and all of them give the longer one.
 */
import { LogError } from '../errors.js'
import { sameBytes } from '../values/value.js'
import { headOf } from './blocks.js'
import type { Crypto } from './crypto.js'
import { checkHead, type SignedHead } from './head.js'
import { type LogIdentity, logKey } from './manifest.js'
import { type TreeNode, treeHash } from './merkle.js'
import type { ProofSource, ProveOptions } from './source.js'
import {
  foldTree,
  joinNodes,
  NodeQueue,
  nodesBetween,
  opensAt,
  PROVED_LENGTH_MAX,
  type ProofNode,
} from './tree-fold.js'

/** A proof that a log at one head extends itself at another (spec/7-proofs §10). */
export interface ConsistencyProof {
  readonly kind: 'consistency'
  readonly identity: LogIdentity
  /** The shorter one. */
  readonly from: SignedHead
  readonly to: SignedHead
  readonly nodes: readonly ProofNode[]
}

/** The tree hashes that nodes give: at the length where the walk is cut, and at the whole length. */
interface CutTree {
  readonly short: Uint8Array
  readonly long: Uint8Array
}

/**
 * Proves that the source's log, at its newest head or an older one, extends what its owner signed as `from`.
 *
 * @throws {LogError} `BLOCK_MISSING` where a node is not here, or the log is shorter than `from`
 */
export async function proveConsistency(
  source: ProofSource,
  from: SignedHead,
  options: ProveOptions = {},
): Promise<ConsistencyProof> {
  const to = await headOf(source, options)
  const nodes = await nodesAtCut(source, from.length, to.length)
  return Object.freeze({ kind: 'consistency', identity: source.identity, from, to, nodes })
}

/** True where the owner of the log of `key` signed both heads, and the longer extends the shorter. Never throws. */
export function checkConsistency(crypto: Crypto, key: Uint8Array, proof: ConsistencyProof): boolean {
  try {
    const { kind, identity, from, to, nodes } = proof
    if (kind !== 'consistency' || !sameBytes(logKey(crypto, identity), key)) return false
    if (!checkHead(crypto, identity, from) || !checkHead(crypto, identity, to)) return false
    const { short, long } = cutTree(crypto, from.length, to.length, nodes)
    return sameBytes(short, from.treeHash) && sameBytes(long, to.treeHash)
  } catch {
    return false // hostile shapes
  }
}

/** The nodes that cut the tree of `length` blocks after the first `cut`. @throws {LogError} `BLOCK_MISSING` */
async function nodesAtCut(
  source: Pick<ProofSource, 'nodes'>,
  cut: number,
  length: number,
): Promise<ProofNode[]> {
  if (cut > length)
    throw new LogError('BLOCK_MISSING', `the log has ${length} blocks here, fewer than ${cut}`, {
      details: { length, cut },
    })
  const nodes = await source.nodes(nodesBetween(cut, length))
  return nodes.map(({ size, hash }) => ({ size, hash }))
}

/** What the nodes at a cut give. Throws where they are not those of one tree. */
function cutTree(crypto: Crypto, cut: number, length: number, nodes: readonly ProofNode[]): CutTree {
  if (cut > length || length > PROVED_LENGTH_MAX) throw new RangeError('no tree')
  const given = new NodeQueue(nodes)
  const shortRoots: TreeNode[] = []
  const longRoots = foldTree<TreeNode>(length, {
    opens: opensAt(cut),
    leaf: () => {
      throw new RangeError('a cut opens no block')
    },
    node: (index) => {
      const node = given.next(index)
      if (index < 2 * cut - 1) shortRoots.push(node)
      return node
    },
    join: (left, right) => joinNodes(crypto, left, right),
  })
  if (!given.isUsedUp) throw new RangeError('a node too many')
  return { short: treeHash(crypto, shortRoots), long: treeHash(crypto, longRoots) }
}
