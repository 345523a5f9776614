/**
 * Which parameters a function takes by their names: those that it takes its first argument apart into, as in
 * `({ key, value = 1 })`; else those that its body reads of it, as in `const { key, value = 1 } = params` and `params.key`.
 * The text is read, not run.
 */
import type { AnyNode, Function as FunctionNode, ObjectPattern, Pattern } from 'acorn'
import type { MethodInfo, MethodParameter } from './method-info.js'

type Named = Pick<MethodInfo, 'parameters' | 'takesOthers'>

export function namedParameters(node: FunctionNode, source: string): Named {
  const [first] = node.params
  const looksAtArguments = /\barguments\b/.test(source.slice(node.start, node.end))
  if (first === undefined) return { parameters: [], takesOthers: looksAtArguments }
  const pattern = withoutDefault(first)
  if (pattern.type === 'ObjectPattern') {
    const { parameters, takesOthers } = namesOf(pattern, source)
    return { parameters, takesOthers: takesOthers || looksAtArguments }
  }
  const parameters = new Map<string, MethodParameter>()
  const read = pattern.type === 'Identifier' ? readOf(pattern.name, node.body, source) : []
  for (const named of read) if (!parameters.has(named.name)) parameters.set(named.name, named)
  return { parameters: [...parameters.values()], takesOthers: true }
}

function withoutDefault(pattern: Pattern): Pattern {
  return pattern.type === 'AssignmentPattern' ? pattern.left : pattern
}

function namesOf({ properties }: ObjectPattern, source: string): Named {
  const parameters: MethodParameter[] = []
  let takesOthers = false
  for (const property of properties) {
    const name = property.type === 'Property' && !property.computed ? nameOf(property.key) : null
    if (property.type !== 'Property' || name === null) {
      takesOthers = true
      continue
    }
    const { value } = property
    const given = value.type === 'AssignmentPattern' ? source.slice(value.right.start, value.right.end) : null
    parameters.push(given === null ? { name } : { name, default: given })
  }
  return { parameters, takesOthers }
}

function nameOf(key: { readonly type: string }): string | null {
  const { name, value } = key as { name?: unknown; value?: unknown }
  if (key.type === 'Identifier') return String(name)
  return key.type === 'Literal' && typeof value === 'string' ? value : null
}

/** What a piece of code reads of a variable, in the order of its text; another one of the same name counts as well. */
function readOf(variable: string, node: AnyNode, source: string): readonly MethodParameter[] {
  if (node.type === 'VariableDeclarator' && node.id.type === 'ObjectPattern' && isNamed(node.init, variable))
    return namesOf(node.id, source).parameters
  if (node.type === 'MemberExpression' && !node.computed && isNamed(node.object, variable)) {
    const name = nameOf(node.property)
    return name === null ? [] : [{ name }]
  }
  return childrenOf(node).flatMap((child) => readOf(variable, child, source))
}

function isNamed(node: { readonly type: string } | null | undefined, name: string): boolean {
  return node?.type === 'Identifier' && (node as { name?: unknown }).name === name
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((child): child is AnyNode => typeof (child as AnyNode | null)?.type === 'string')
}
