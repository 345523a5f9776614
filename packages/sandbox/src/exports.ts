/** The functions that a contract exports, as its author wrote them (spec/4-execution §2). */
import type { Function as FunctionNode, Program } from 'acorn'
import { boundNames } from './compile/scopes.js'
import type { MethodInfo } from './method-info.js'
import { namedParameters } from './named-parameters.js'

/** Everything about it but its name. */
type Known = Omit<MethodInfo, 'name'>

const UNKNOWN: Known = { params: '', async: false, parameters: [], takesOthers: true }

/**
 * Every exported name that may be a function; where its code cannot be seen, nothing is known of its
 * parameters. `export *` and the default export offer no methods.
 */
export function exportedFunctions(program: Program, source: string): MethodInfo[] {
  const declared = declaredFunctions(program, source)
  const found = new Map<string, Known>()
  for (const node of program.body) {
    if (node.type !== 'ExportNamedDeclaration') continue
    for (const { exported, local } of node.specifiers) {
      const localName = local.type === 'Identifier' ? local.name : ''
      const known = node.source ? undefined : declared.get(localName)
      found.set(exported.type === 'Identifier' ? exported.name : String(exported.value), known ?? UNKNOWN)
    }
    const { declaration } = node
    if (declaration?.type === 'VariableDeclaration') {
      for (const { id } of declaration.declarations) {
        for (const name of boundNames(id)) found.set(name, declared.get(name) ?? UNKNOWN)
      }
    } else if (declaration) {
      found.set(declaration.id.name, declared.get(declaration.id.name) ?? UNKNOWN)
    }
  }
  found.delete('default')
  return [...found].map(([name, known]) => ({ name, ...known })).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Functions by their name at top level. */
function declaredFunctions(program: Program, source: string): Map<string, Known> {
  const known = new Map<string, Known>()
  for (const node of program.body) {
    const statement = node.type === 'ExportNamedDeclaration' ? node.declaration : node
    if (statement?.type === 'FunctionDeclaration') known.set(statement.id.name, describe(statement, source))
    if (statement?.type !== 'VariableDeclaration') continue
    for (const { id, init: written } of statement.declarations) {
      if (id.type !== 'Identifier') continue
      let init = written
      while (init?.type === 'ParenthesizedExpression') init = init.expression
      if (init?.type === 'ArrowFunctionExpression' || init?.type === 'FunctionExpression') {
        known.set(id.name, describe(init, source))
      }
    }
  }
  return known
}

function describe(node: FunctionNode, source: string): Known {
  const { params, async } = node
  const first = params[0]
  const text = first === undefined ? '' : source.slice(first.start, first.end)
  return { params: text, async, ...namedParameters(node, source) }
}
