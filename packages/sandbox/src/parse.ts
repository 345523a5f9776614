/**
 * The pinned parser (spec/6-determinism §5): it alone decides what is a contract, so that every engine accepts the
 * same sources. Gives what the sandbox has to know before a contract runs.
 */

import { type Abi, abiOf, offers } from '@vitra/contract-sdk'
import type { Rules } from '@vitra/log'
import type { AnyNode, ecmaVersion, Node, Program } from 'acorn'
import { NestingError, parseBounded } from './bounded-parser.js'
import { isFunction } from './compile/costs.js'
import { type Impurity, impurities } from './compile/purity.js'
import { lexicalNames, varNames } from './compile/scopes.js'
import { SOURCE_DEPTH_MAX } from './constants.js'
import { ContractLoadError } from './errors.js'
import { exportedFunctions } from './exports.js'
import type { MethodInfo } from './method-info.js'

/** A contract's syntax. */
export interface ParsedContract {
  /** Standard modules that it imports. */
  readonly imports: readonly string[]
  /** True where it awaits at top level or may read `isWriter`. */
  readonly hasTail: boolean
  readonly functions: readonly MethodInfo[]
  /** What may keep state from one op to the next; empty for a pure contract, which may share a realm. */
  readonly impurities: readonly Impurity[]
  /** Its syntax tree, with parentheses. */
  readonly program: Program
}

/** @throws {ContractLoadError} `CONTRACT_SYNTAX`, or `CONTRACT_LOAD` for an import that the ABI does not offer */
export function parseContract(source: string, rules: Rules): ParsedContract {
  const program = parseModule(source, rules.ecmaVersion)
  const abi = abiOf(rules.abi)
  const imports = new Set<string>()
  let hasTail = false
  for (const node of program.body) {
    if (
      node.type !== 'ImportDeclaration' &&
      node.type !== 'ExportNamedDeclaration' &&
      node.type !== 'ExportAllDeclaration'
    )
      continue
    if (node.source === null || node.source === undefined) continue
    const specifier = String(node.source.value)
    const names = importedNames(node as unknown as SpecifierHolder)
    checkImport(abi, specifier, names, node)
    imports.add(specifier)
    if (specifier === 'contract' && (names === null || names.includes('isWriter'))) hasTail = true
  }
  visit(program, (node, isInFunction) => {
    const twice = declaredTwice(node as AnyNode)
    if (twice !== undefined) throw syntaxError(`${twice} is declared twice in one function`, node)
    if (node.type === 'ImportExpression')
      throw loadError('import() is not available: import at the top', node)
    if (isInFunction) return
    if (
      node.type === 'AwaitExpression' ||
      (node.type === 'ForOfStatement' && (node as { await?: boolean }).await)
    ) {
      hasTail = true
    }
  })
  return {
    imports: [...imports].sort(),
    hasTail,
    functions: exportedFunctions(program, source),
    impurities: impurities(program, source),
    program,
  }
}

function parseModule(source: string, version: number): Program {
  try {
    return parseBounded(source, {
      ecmaVersion: version as ecmaVersion,
      sourceType: 'module',
      locations: true,
      // Parentheses count as a level: the parser recurses into them.
      preserveParens: true,
    })
  } catch (cause) {
    if (cause instanceof NestingError) throw tooDeep()
    if (!(cause instanceof SyntaxError)) throw cause
    const { line, column } = (cause as SyntaxError & { loc: { line: number; column: number } }).loc
    const said = cause.message.replace(/ \(\d+:\d+\)$/, '')
    throw new ContractLoadError('CONTRACT_SYNTAX', `contract.js:${line}:${column + 1}: ${said}`, {
      cause,
      details: { line, column: column + 1 },
    })
  }
}

function tooDeep(): ContractLoadError {
  return new ContractLoadError(
    'CONTRACT_SYNTAX',
    `contract.js is nested deeper than ${SOURCE_DEPTH_MAX} levels`,
  )
}

interface SpecifierHolder {
  type: string
  specifiers?: { type: string; imported?: NameNode; local: NameNode }[]
}

type NameNode = { name?: string; value?: unknown }

/** Names taken from a module; null stands for all of them. */
function importedNames(node: SpecifierHolder): string[] | null {
  if (node.type === 'ExportAllDeclaration') return null
  const names: string[] = []
  for (const specifier of node.specifiers ?? []) {
    if (specifier.type === 'ImportNamespaceSpecifier') return null
    const taken = specifier.type === 'ImportSpecifier' ? specifier.imported! : specifier.local
    names.push(specifier.type === 'ImportDefaultSpecifier' ? 'default' : String(taken.name ?? taken.value))
  }
  return names
}

function checkImport(abi: Abi, specifier: string, names: string[] | null, node: Node): void {
  if (offers(abi, specifier, names)) return
  if (!offers(abi, specifier, null)) {
    const known = Object.keys(abi.modules).join(', ')
    throw loadError(`there is no module ${JSON.stringify(specifier)}: a contract can import ${known}`, node)
  }
  const name = names!.find((one) => !offers(abi, specifier, [one]))
  throw loadError(`module ${JSON.stringify(specifier)} does not export ${name}`, node)
}

/** A name that a function's body declares as a function and once more; the instrumenter makes a block of the body. */
function declaredTwice(node: AnyNode): string | undefined {
  if (!isFunction(node) || node.body.type !== 'BlockStatement') return undefined
  const statements = node.body.body as AnyNode[]
  const functions = lexicalNames(statements.filter(({ type }) => type === 'FunctionDeclaration'))
  if (functions.length === 0) return undefined
  const others = new Set(varNames(statements))
  return functions.find((name, n) => others.has(name) || functions.indexOf(name) !== n)
}

function syntaxError(why: string, node: Node): ContractLoadError {
  const { line, column } = node.loc!.start
  return new ContractLoadError('CONTRACT_SYNTAX', `contract.js:${line}:${column + 1}: ${why}`, {
    details: { line, column: column + 1 },
  })
}

function loadError(why: string, node: Node): ContractLoadError {
  const { line, column } = node.loc!.start
  return new ContractLoadError('CONTRACT_LOAD', `contract.js:${line}:${column + 1}: ${why}`, {
    details: { line, column: column + 1 },
  })
}

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'PropertyDefinition',
  'StaticBlock',
])

/**
 * Every node, without recursion.
 *
 * @throws {ContractLoadError} where the source is nested too deep, the same on every machine
 */
function visit(root: Node, see: (node: Node, isInFunction: boolean) => void): void {
  const open: [node: Node, isInFunction: boolean, depth: number][] = [[root, false, 1]]
  while (open.length > 0) {
    const [node, isInFunction, depth] = open.pop()!
    if (depth > SOURCE_DEPTH_MAX) throw tooDeep()
    see(node, isInFunction)
    const isInside = isInFunction || FUNCTIONS.has(node.type)
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child?.type === 'string') open.push([child as Node, isInside, depth + 1])
      }
    }
  }
}
