/**
 * Names that a contract uses, that it declares nowhere and that the realm does not have: using one is a ReferenceError, which
 * in `apply` shows no more than its class (spec/6-determinism §3). A warning for authors; it decides nothing.
 */
import type { Rules } from '@vitra/log'
import type { AnyNode } from 'acorn'
import { boundNames, childrenOf } from './compile/scopes.js'
import { parseContract } from './parse.js'
import { GLOBALS } from './realm/permits/globals.js'

/** A name that nobody has, 1-based, and what to use instead. */
export interface UnknownName {
  readonly name: string
  readonly line: number
  readonly column: number
  /** Says that there is no such name, and what to use instead where something does. */
  readonly reason: string
}

const { keep, replace = {}, remove = {} } = GLOBALS.globalThis!
const THERE: ReadonlySet<string> = new Set(
  [keep, ...Object.keys(replace), 'arguments'].flatMap((names) => names.split(' ')),
)
const TIME = 'ack.ts is the time, and nothing waits'
const GONE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    ...remove,
    'setTimeout setInterval setImmediate performance': TIME,
    crypto: "import { random, genUUID } from 'util'",
    'fetch XMLHttpRequest WebSocket': 'nothing reaches the network; hand it over as a parameter of a method',
    'require module exports': 'write an import',
    'Buffer TextEncoder TextDecoder URL structuredClone queueMicrotask': 'use plain JavaScript',
  }).flatMap(([names, why]) => names.split(' ').map((name) => [name, why])),
)

/**
 * The unknown names of a contract, each where it is used first, in the order of the source. Runs nothing.
 *
 * @throws {ContractLoadError} `CONTRACT_SYNTAX`, `CONTRACT_LOAD` for an import that there is not
 */
export function unknownNames(source: string, rules: Rules): readonly UnknownName[] {
  const declared = new Set<string>()
  const used = new Map<string, { line: number; column: number }>()
  const open: AnyNode[] = [parseContract(source, rules).program]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const name of declaredBy(node)) declared.add(name)
    if (node.type === 'Identifier') {
      const { line, column } = node.loc!.start
      const first = used.get(node.name)
      const isFirst =
        first === undefined || line < first.line || (line === first.line && column + 1 < first.column)
      if (isFirst) used.set(node.name, { line, column: column + 1 })
    } else open.push(...usedBy(node))
  }
  const unknown = [...used].filter(([name]) => !declared.has(name) && !THERE.has(name))
  return unknown
    .map(([name, place]) => ({ name, ...place, reason: reasonFor(name) }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
}

function reasonFor(name: string): string {
  const instead = Object.hasOwn(GONE, name) ? `: ${GONE[name]}` : ''
  return `there is no \`${name}\` in a contract${instead}`
}

function declaredBy(node: AnyNode): string[] {
  switch (node.type) {
    case 'VariableDeclarator':
      return boundNames(node.id)
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return [...(node.id ? [node.id.name] : []), ...node.params.flatMap(boundNames)]
    case 'ClassDeclaration':
    case 'ClassExpression':
      return node.id ? [node.id.name] : []
    case 'CatchClause':
      return node.param ? boundNames(node.param) : []
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      return [node.local.name]
    default:
      return []
  }
}

/** The parts of a node in which a name stands for a variable; `typeof` may ask for one that there is not. */
function usedBy(node: AnyNode): AnyNode[] {
  switch (node.type) {
    case 'MemberExpression':
      return node.computed ? childrenOf(node) : childrenOf(node).filter((child) => child !== node.property)
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition': {
      if (node.computed) return childrenOf(node)
      return node.value ? [node.value as AnyNode] : []
    }
    case 'UnaryExpression':
      return node.operator === 'typeof' && node.argument.type === 'Identifier' ? [] : childrenOf(node)
    case 'LabeledStatement':
      return [node.body]
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return node.type === 'ImportDeclaration' ? node.specifiers : []
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      return []
    case 'ExportNamedDeclaration':
      return node.source ? [] : childrenOf(node)
    case 'ExportSpecifier':
      return node.local.type === 'Identifier' ? [node.local] : []
    default:
      return childrenOf(node)
  }
}
