/** The functions that a contract exports, as its author wrote them (spec/4-execution §2). */
import type { Function as FunctionNode, Program } from 'acorn'
import { boundNames } from './compile/scopes.js'

export interface ExportedFunction {
  readonly name: string
  /** Text of the first parameter, its default included; empty where there is none. */
  readonly params: string
  readonly async: boolean
}

interface Known {
  readonly params: string
  readonly async: boolean
}

const UNKNOWN: Known = { params: '', async: false }

/**
 * Every exported name that may be a function; where its code cannot be seen, nothing is known of its
 * parameters. `export *` and the default export offer no methods.
 */
export function exportedFunctions(program: Program, source: string): ExportedFunction[] {
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

function describe({ params, async }: FunctionNode, source: string): Known {
  const first = params[0]
  return { params: first === undefined ? '' : source.slice(first.start, first.end), async }
}
