/** Finds the assignments to variables of the module, wherever they are (spec/6-determinism §1). */
import type { AnyNode, Function as FunctionNode, Program } from 'acorn'
import { assignedNames, boundNames, childrenOf, lexicalNames, varNames } from './scopes.js'

/** Names that hide those of the module, from the outermost scope inwards. */
type Scopes = readonly ReadonlySet<string>[]

export interface Assignment {
  readonly name: string
  readonly node: AnyNode
}

/** Names that a module binds at its top: imports, declarations and every `var` that rises there. */
export function moduleNames(program: Program): Set<string> {
  const names = new Set<string>()
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') {
      for (const { local } of statement.specifiers) names.add(local.name)
    }
    for (const name of topNames(statement)) names.add(name)
  }
  return names
}

/** Names that the statement of a module declares there; an anonymous default export has none. */
export function topNames(statement: AnyNode): string[] {
  const isExport =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
  const inner = isExport ? (statement.declaration as AnyNode | null | undefined) : statement
  return inner ? [...lexicalNames([inner]), ...varNames([inner])] : []
}

/** Every place that assigns to a variable of the module. */
export function moduleAssignments(program: Program, names: ReadonlySet<string>): Assignment[] {
  const found: Assignment[] = []
  const see = (node: AnyNode, scopes: Scopes): void => {
    for (const assignment of targetsOf(node)) {
      const isHidden = scopes.some((scope) => scope.has(assignment.name))
      if (!isHidden && names.has(assignment.name)) found.push(assignment)
    }
    for (const [child, inner] of steps(node, scopes)) see(child, inner)
  }
  for (const statement of program.body) see(statement, [])
  return found
}

function targetsOf(node: AnyNode): Assignment[] {
  switch (node.type) {
    case 'AssignmentExpression':
      return assignedNames(node.left)
    case 'UpdateExpression':
      return assignedNames(node.argument)
    case 'ForInStatement':
    case 'ForOfStatement':
      return node.left.type === 'VariableDeclaration' ? [] : assignedNames(node.left)
    default:
      return []
  }
}

/** The children of a node, each with the scopes that it is in. */
function steps(node: AnyNode, scopes: Scopes): [AnyNode, Scopes][] {
  const within = (names: readonly string[]): Scopes => [...scopes, new Set(names)]
  const all = (inner: Scopes): [AnyNode, Scopes][] => childrenOf(node).map((child) => [child, inner])
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return functionSteps(node, scopes)
    case 'ClassDeclaration':
    case 'ClassExpression':
      return all(within(node.id ? [node.id.name] : []))
    case 'BlockStatement':
      return all(within(lexicalNames(node.body)))
    case 'StaticBlock':
      return all(within([...lexicalNames(node.body), ...varNames(node.body)]))
    case 'ForStatement':
      return all(within(node.init ? lexicalNames([node.init]) : []))
    case 'ForInStatement':
    case 'ForOfStatement':
      return all(within(lexicalNames([node.left])))
    case 'SwitchStatement': {
      const inner = within(lexicalNames(node.cases.flatMap(({ consequent }) => consequent)))
      return [[node.discriminant, scopes], ...node.cases.map((one): [AnyNode, Scopes] => [one, inner])]
    }
    case 'CatchClause':
      return all(within(node.param ? boundNames(node.param) : []))
    default:
      return all(scopes)
  }
}

/** Parameters do not see the variables of the body. */
function functionSteps(node: FunctionNode, scopes: Scopes): [AnyNode, Scopes][] {
  const own = node.params.flatMap(boundNames)
  if (node.type === 'FunctionExpression' && node.id) own.push(node.id.name)
  const outer: Scopes = [...scopes, new Set(own)]
  const body = node.body as AnyNode
  const inner: Scopes =
    body.type === 'BlockStatement' ? [...outer, new Set(varNames(body.body as AnyNode[]))] : outer
  return [...node.params.map((param): [AnyNode, Scopes] => [param, outer]), [body, inner]]
}
