/** Nodes of Hyperbee's B-tree in memory, for the one who writes it (`bee-writer.ts`). */
import type { BeeLevel } from './formats/bee-block.js'
import { compareKeys } from './values/path.js'

export interface Key {
  /** The block that wrote it. */
  readonly seq: number
  bytes: Uint8Array | null
}

/** A place below a node. */
export interface Child {
  /** Where it is stored; meaningless while it has changed. */
  seq: number
  offset: number
  /** Null where it is not in memory. */
  node: Node | null
}

export interface Node {
  keys: Key[]
  children: Child[]
  hasChanged: boolean
  /** The age in which it was used last. */
  age: number
}

/**
 * Where a key is in a node, or where it belongs: twice its position, and {@link FOUND} where it is there. A key that has to
 * be read first is given instead. The order in which keys are looked at is Hyperbee's.
 */
export function find({ keys }: Node, key: Uint8Array): number | Key {
  let at = 0
  let end = keys.length
  while (at < end) {
    const middle = (at + end) >> 1
    const other = keys[middle]!
    if (other.bytes === null) return other
    const order = compareKeys(key, other.bytes)
    if (order === 0) return 2 * middle + FOUND
    if (order < 0) end = middle
    else at = middle + 1
  }
  return 2 * at
}

export const FOUND = 1

export function childOf(node: Node): Child {
  return { seq: 0, offset: 0, node }
}

/** Merges two neighbours and the key between them. */
export function merge(parent: Node, at: number, left: Node, right: Node): void {
  left.keys.push(parent.keys[at]!, ...right.keys)
  left.children.push(...right.children)
  left.hasChanged = true
  parent.keys.splice(at, 1)
  parent.children[at + 1]!.seq = 0 // no block holds it any more
  parent.children.splice(at + 1, 1)
  parent.hasChanged = true
}

/** Gives a node and all that has changed below it a place in a block. */
export function collect(node: Node, seq: number, nodes: (Child | null)[]): number {
  const offset = nodes.push(null) - 1
  node.hasChanged = false
  for (const child of node.children) {
    if (child.node === null || !child.node.hasChanged) continue
    child.seq = seq
    child.offset = collect(child.node, seq, nodes)
    nodes[child.offset] = child
  }
  return offset
}

/** Of a block that is not the last of its batch: the root and what later blocks hold anew is left out of it. */
export function dropRewritten(seq: number, nodes: (Child | null)[]): void {
  nodes[0] = null
  for (let at = 0; at < nodes.length; ) {
    const child = nodes[at]!
    if (child !== null && child.seq === seq) child.offset = at++
    else {
      const moved = nodes.pop()!
      if (at < nodes.length) nodes[at] = moved
    }
  }
}

export function levelOf(child: Child | null): BeeLevel {
  const { keys, children } = child!.node!
  const numbers: number[] = []
  for (const { seq, offset } of children) numbers.push(seq, offset)
  return { keys: keys.map(({ seq }) => seq), children: numbers }
}

/** Lets go of what is below a node and was used last before an age. */
export function keepUsed(node: Node, age: number): void {
  for (const child of node.children) {
    if (child.node === null) continue
    if (child.node.age < age) child.node = null
    else keepUsed(child.node, age)
  }
}
