/** The functions that a script exports, as its author wrote them, where its text shows them. */
import type { AnyNode, Function as FunctionNode } from 'acorn'
import { readModule } from './exports.js'
import { parseScript } from './parse.js'
import { nodesOf } from './walk.js'

/** A function of a script. */
export interface ScriptFunction {
  readonly name: string
  /** Text of all parameters, with their defaults; empty where there are none, or they cannot be seen. @example 'id, content' */
  readonly params: string
  readonly async: boolean
}

/**
 * What a script's text shows of its functions, in its order.
 *
 * @throws {ScriptError} `SCRIPT_SYNTAX`
 */
export function scriptFunctions(text: string): ScriptFunction[] {
  const { kind, program } = parseScript(text)
  const declared = new Map<string, FunctionNode>()
  const found = new Map<string, FunctionNode>()
  for (const node of nodesOf(program)) {
    const [name, value] = declaredFunction(node)
    if (value !== null && !declared.has(name)) declared.set(name, value)
  }
  const take = (name: string, value: AnyNode | null | undefined): void => {
    const known = asFunction(value) ?? (value?.type === 'Identifier' ? declared.get(value.name) : undefined)
    if (known !== undefined && known !== null) found.set(name, known)
  }
  if (kind === 'module') {
    for (const { name, local } of readModule(program).exports) {
      const known = declared.get(local)
      if (known !== undefined) found.set(name, known)
    }
  } else for (const node of [...nodesOf(program)].reverse()) takeAssigned(node, take)
  return [...found]
    .sort(([, a], [, b]) => a.start - b.start)
    .map(([name, { params, async }]) => ({
      name,
      params: params.length === 0 ? '' : text.slice(params[0]!.start, params.at(-1)!.end),
      async,
    }))
}

/** `exports.name = …`, `module.exports.name = …`, `module.exports = { name … }`. */
function takeAssigned(node: AnyNode, take: (name: string, value: AnyNode) => void): void {
  if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return
  const { object, property, computed } = node.left
  const name = computed
    ? property.type === 'Literal'
      ? String(property.value)
      : null
    : (property as { name?: string }).name
  if (isModuleExports(node.left) && node.right.type === 'ObjectExpression') {
    for (const one of node.right.properties)
      if (one.type === 'Property' && one.key.type === 'Identifier' && !one.computed)
        take(one.key.name, one.value)
  } else if (name && ((object.type === 'Identifier' && object.name === 'exports') || isModuleExports(object)))
    take(name, node.right)
}

function isModuleExports(node: AnyNode): boolean {
  return (
    node.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.object.name === 'module' &&
    node.property.type === 'Identifier' &&
    node.property.name === 'exports'
  )
}

function declaredFunction(node: AnyNode): [name: string, value: FunctionNode | null] {
  if (node.type === 'FunctionDeclaration' && node.id !== null) return [node.id.name, node]
  if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier')
    return [node.id.name, asFunction(node.init)]
  return ['', null]
}

function asFunction(node: AnyNode | null | undefined): FunctionNode | null {
  return node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionExpression' ? node : null
}
