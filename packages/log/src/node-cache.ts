/**
 * The nodes of one log's tree that were made or read last. A node of a log that follows no fork never changes: the proof
 * of a block that was just appended needs none that is not here.
 */
import type { TreeNode } from './proofs/merkle.js'

/** Nodes of one half of what is kept. */
const HALF = 2048

/** In two halves: what is not asked for while one half fills is let go of. */
export class NodeCache {
  #young = new Map<number, TreeNode>()
  #old = new Map<number, TreeNode>()

  /** @param index flat-tree index */
  get(index: number): TreeNode | undefined {
    const young = this.#young.get(index)
    if (young !== undefined) return young
    const old = this.#old.get(index)
    if (old !== undefined) this.set(old)
    return old
  }

  set(node: TreeNode): void {
    this.#young.set(node.index, node)
    if (this.#young.size < HALF) return
    this.#old = this.#young
    this.#young = new Map()
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }
}
