/** Walks over syntax trees, without recursion. */
import type { AnyNode, Node } from 'acorn'

/** Every node of a tree, the root first. @param enters says whether to go on inside of one */
export function* nodesOf(root: Node, enters: (node: Node) => boolean = () => true): Generator<AnyNode> {
  const open: Node[] = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node as AnyNode
    if (!enters(node)) continue
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value])
        if (typeof child?.type === 'string') open.push(child)
    }
  }
}

/** Names that a pattern binds, in order. */
export function boundNames(pattern: AnyNode | null): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === 'Property' ? property.value : property.argument),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap(boundNames)
    case 'AssignmentPattern':
      return boundNames(pattern.left)
    case 'RestElement':
      return boundNames(pattern.argument)
    default:
      return []
  }
}
