/**
 * Which names a piece of syntax declares, and which it assigns to. As the edition pinned in the rules has it:
 * sources are modules, so functions in blocks belong to their block.
 */
import type { AnyNode, Node, Pattern } from 'acorn'

/** Children of a node, in the order of its fields. */
export function childrenOf(node: Node): AnyNode[] {
  const children: AnyNode[] = []
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string') children.push(child)
    }
  }
  return children
}

/** Names that a pattern binds. */
export function boundNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === 'RestElement' ? property.argument : property.value),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : boundNames(element)))
    case 'AssignmentPattern':
      return boundNames(pattern.left)
    case 'RestElement':
      return boundNames(pattern.argument)
    default:
      return []
  }
}

/** `let`, `const`, classes and functions of a list of statements, without those of blocks inside. */
export function lexicalNames(statements: readonly AnyNode[]): string[] {
  return statements.flatMap((statement) => {
    if (statement.type === 'VariableDeclaration') {
      return statement.kind === 'var' ? [] : statement.declarations.flatMap(({ id }) => boundNames(id))
    }
    if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') {
      return statement.id ? [statement.id.name] : []
    }
    return []
  })
}

/** Every `var` inside, however deep, but for those of inner functions. */
export function varNames(nodes: readonly AnyNode[]): string[] {
  const names: string[] = []
  const open = [...nodes]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'VariableDeclaration' && node.kind === 'var') {
      for (const { id } of node.declarations) names.push(...boundNames(id))
    }
    if (!OWN_VARIABLES.has(node.type)) open.push(...childrenOf(node))
  }
  return names
}

/** What has variables of its own. */
const OWN_VARIABLES = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassDeclaration',
  'ClassExpression',
])

/** Names that an assignment to `target` changes; parentheses around a name change nothing. */
export function assignedNames(target: AnyNode): { name: string; node: AnyNode }[] {
  switch (target.type) {
    case 'Identifier':
      return [{ name: target.name, node: target }]
    case 'ParenthesizedExpression':
      return assignedNames(target.expression)
    case 'ObjectPattern':
      return target.properties.flatMap((property) =>
        assignedNames(property.type === 'RestElement' ? property.argument : property.value),
      )
    case 'ArrayPattern':
      return target.elements.flatMap((element) => (element === null ? [] : assignedNames(element)))
    case 'AssignmentPattern':
      return assignedNames(target.left)
    case 'RestElement':
      return assignedNames(target.argument)
    default:
      return []
  }
}
