/**
 * Blocks of one log under one signed head (spec/7-proofs §4), the proof that all others are made of. One block is
 * an inclusion proof, consecutive ones a range. The checker recomputes the roots from the blocks and from the
 * nodes beside them, and trusts nothing.
 */
import { LogError } from '../errors.js'
import { sameBytes } from '../values/value.js'
import type { Crypto } from './crypto.js'
import { checkHead, type SignedHead } from './head.js'
import { type LogIdentity, logKey } from './manifest.js'
import { leafNode, rootIndexes, type TreeNode, treeHash } from './merkle.js'
import type { ProofSource, ProveOptions } from './source.js'
import {
  foldTree,
  joinNodes,
  NodeQueue,
  nodesBeside,
  opensFor,
  PROVED_LENGTH_MAX,
  type ProofNode,
} from './tree-fold.js'

/** A block and its place. */
export interface ProvedBlock {
  readonly seq: number
  readonly block: Uint8Array
}

/** A proof that these blocks stand in a log under a signed head (spec/7-proofs §4). */
export interface BlocksProof {
  readonly kind: 'blocks'
  readonly identity: LogIdentity
  readonly head: SignedHead
  /** At least one; sequence numbers ascend. */
  readonly blocks: readonly ProvedBlock[]
  /** The nodes beside the blocks, in the order of the walk from left to right. */
  readonly nodes: readonly ProofNode[]
}

/**
 * Proves that blocks are in the source's log.
 *
 * @param seqs in any order, one at least
 * @throws {LogError} `BLOCK_MISSING` for a block or node that is not here or beyond the head
 * @example
 * const proof = await proveBlocks(proofSource(log), [0, 7])
 * const blocks = openBlocks(sodiumCrypto, log.key, proof) // Map { 0 => …, 7 => … }
 */
export async function proveBlocks(
  source: ProofSource,
  seqs: Iterable<number>,
  options: ProveOptions = {},
): Promise<BlocksProof> {
  const head = await headOf(source, options)
  const wanted = [...new Set(seqs)].sort((a, b) => a - b)
  const outside = wanted.length === 0 || wanted.some((seq) => !isBelow(seq, head.length))
  if (outside)
    throw new LogError('BLOCK_MISSING', `blocks to prove are numbered from 0 to ${head.length - 1}`, {
      details: { seqs: wanted, length: head.length },
    })
  const [blocks, nodes] = await Promise.all([
    Promise.all(wanted.map(async (seq) => Object.freeze({ seq, block: await source.block(seq) }))),
    source.nodes(nodesBeside(head.length, wanted)),
  ])
  return Object.freeze({
    kind: 'blocks',
    identity: source.identity,
    head,
    blocks,
    nodes: nodes.map(({ size, hash }) => ({ size, hash })),
  })
}

/** Proves that block `seq` is in the source's log: a proof of one block. @throws {LogError} `BLOCK_MISSING` */
export function proveInclusion(
  source: ProofSource,
  seq: number,
  options: ProveOptions = {},
): Promise<BlocksProof> {
  return proveBlocks(source, [seq], options)
}

/** Proves the blocks from `start` up to, not including, `end`. @throws {LogError} `BLOCK_MISSING` */
export function proveRange(
  source: ProofSource,
  start: number,
  end: number,
  options: ProveOptions = {},
): Promise<BlocksProof> {
  return proveBlocks(
    source,
    Array.from({ length: end - start }, (_, n) => start + n),
    options,
  )
}

/** The blocks that a proof shows to be in the log of `key`, or null where it shows nothing. Never throws. */
export function openBlocks(
  crypto: Crypto,
  key: Uint8Array,
  proof: BlocksProof,
): Map<number, Uint8Array> | null {
  try {
    if (proof.kind !== 'blocks') return null
    if (!sameBytes(logKey(crypto, proof.identity), key)) return null
    if (!checkHead(crypto, proof.identity, proof.head)) return null
    const roots = recompute(crypto, proof)
    if (!sameBytes(treeHash(crypto, roots), proof.head.treeHash)) return null
    return new Map(proof.blocks.map(({ seq, block }) => [seq, block]))
  } catch {
    return null // hostile shapes: a proof that cannot be read proves nothing
  }
}

/** True where the proof shows that its blocks are in the log of `key`. Never throws. */
export function checkBlocks(crypto: Crypto, key: Uint8Array, proof: BlocksProof): boolean {
  return openBlocks(crypto, key, proof) !== null
}

/**
 * The tree hash of the first `length` blocks, from a proof that {@link openBlocks} has accepted; null where the
 * proof does not give it. It gives that of its head, and that of length n where block n − 1 is proved.
 */
export function treeHashAt(crypto: Crypto, proof: BlocksProof, length: number): Uint8Array | null {
  const roots = rootsAt(crypto, proof, length)
  return roots === null ? null : treeHash(crypto, roots)
}

/** The roots of the first `length` blocks, left to right, as {@link treeHashAt} finds them. */
export function rootsAt(crypto: Crypto, proof: BlocksProof, length: number): TreeNode[] | null {
  if (!isBelow(length, proof.head.length + 1)) return null
  const known = new Map<number, TreeNode>()
  recompute(crypto, proof, known)
  const roots: TreeNode[] = []
  for (const index of rootIndexes(length)) {
    const root = known.get(index)
    if (root === undefined) return null
    roots.push(root)
  }
  return roots
}

/** The roots that blocks and nodes lead to. Throws where they are not those of one tree. */
function recompute(crypto: Crypto, proof: BlocksProof, known?: Map<number, TreeNode>): TreeNode[] {
  const { head, blocks } = proof
  if (head.length > PROVED_LENGTH_MAX || blocks.length === 0) throw new RangeError('no tree')
  const seqs = blocks.map(({ seq }) => seq)
  if (!seqs.every((seq, n) => isBelow(seq, head.length) && (n === 0 || seq > seqs[n - 1]!)))
    throw new RangeError('blocks out of order')
  const given = new NodeQueue(proof.nodes)
  let used = 0
  const note = (node: TreeNode) => {
    known?.set(node.index, node)
    return node
  }
  const roots = foldTree<TreeNode>(head.length, {
    opens: opensFor(seqs),
    leaf: (seq) => note(leafNode(crypto, seq, blocks[used++]!.block)),
    node: (index) => note(given.next(index)),
    join: (left, right) => note(joinNodes(crypto, left, right)),
  })
  if (!given.isUsedUp) throw new RangeError('a node too many')
  return roots
}

/** The head that a proof is made under. */
export async function headOf(source: ProofSource, { head }: ProveOptions): Promise<SignedHead> {
  const found = head ?? (await source.head())
  if (found === null)
    throw new LogError('BLOCK_MISSING', 'nothing of the log has arrived yet: connect to a peer that has it')
  return found
}

function isBelow(seq: number, end: number): boolean {
  return Number.isSafeInteger(seq) && seq >= 0 && seq < end
}
