/**
 * Fuel of code as it stands (spec/6-determinism §7): what each kind of syntax costs, and how much of it is paid for at once.
 * What allocates is charged for about the bytes that it takes.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn'
import { childrenOf } from './scopes.js'

/** Kinds of nodes that cost more than one. */
const COSTS: Readonly<Record<string, number>> = {
  ArrayExpression: 32,
  ArrowFunctionExpression: 48,
  AwaitExpression: 128,
  CallExpression: 4,
  CatchClause: 8,
  ClassDeclaration: 400,
  ClassExpression: 400,
  ForInStatement: 16,
  ForOfStatement: 32,
  FunctionDeclaration: 48,
  FunctionExpression: 48,
  ImportExpression: 1,
  MethodDefinition: 64,
  NewExpression: 64,
  ObjectExpression: 32,
  Property: 8,
  PropertyDefinition: 64,
  RestElement: 32,
  SpreadElement: 16,
  TaggedTemplateExpression: 16,
  TemplateLiteral: 16,
  YieldExpression: 32,
}

const REGEXP_COST = 64
/** An element of an array and an argument of a call, beside what gives it. */
const ELEMENT_COST = 8
/** What stands under a name or an index grows the object. */
const MEMBER_ASSIGNMENT_COST = 16
const COMPUTED_ASSIGNMENT_COST = 24
/** A double may need a box. */
const ARITHMETIC_COST = 2
/** A call of an async function or a generator, whose frame lives on the heap. */
const SUSPENDABLE_COST = 128
const SUSPENDABLE_NODE_COST = 4

/** Nodes of one function that count as one level of depth. */
const NODES_PER_LEVEL = 32

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])
const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '**'])

export function isFunction(node: AnyNode): node is FunctionNode & AnyNode {
  return FUNCTIONS.has(node.type)
}

/** Fuel of one node without its children. */
function costOf(node: AnyNode): number {
  const base = COSTS[node.type] ?? 1
  switch (node.type) {
    case 'Literal':
      return node.regex ? REGEXP_COST : base
    case 'ArrayExpression':
      return base + ELEMENT_COST * node.elements.length
    case 'CallExpression':
    case 'NewExpression':
      return base + ELEMENT_COST * node.arguments.length
    case 'BinaryExpression':
      return ARITHMETIC.has(node.operator) ? ARITHMETIC_COST : base
    case 'AssignmentExpression':
      if (node.left.type !== 'MemberExpression') return base
      return node.left.computed ? COMPUTED_ASSIGNMENT_COST : MEMBER_ASSIGNMENT_COST
    default:
      return base
  }
}

/** Parts of a loop that run with every turn. */
export function turnOf(loop: AnyNode): AnyNode[] {
  switch (loop.type) {
    case 'ForStatement':
      return [loop.test, loop.update, loop.body].filter((part) => part != null) as AnyNode[]
    case 'WhileStatement':
    case 'DoWhileStatement':
      return [loop.test, loop.body]
    case 'ForInStatement':
    case 'ForOfStatement':
      return [loop.left as AnyNode, loop.body]
    default:
      return []
  }
}

/**
 * Fuel of nodes with what is inside, once: without the turns of loops, inner functions, static blocks and fields of instances, which
 * are paid for each time they run.
 */
export function straightCost(nodes: readonly AnyNode[]): number {
  let sum = 0
  const open = [...nodes]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    sum += costOf(node)
    open.push(...insideOf(node))
  }
  return sum
}

/** The children that run whenever a node does. */
function insideOf(node: AnyNode): AnyNode[] {
  if (isFunction(node) || node.type === 'StaticBlock') return []
  if (node.type === 'PropertyDefinition' && !node.static) return node.computed ? [node.key as AnyNode] : []
  const turn = new Set(turnOf(node))
  return childrenOf(node).filter((child) => !turn.has(child))
}

/** Fuel of a function's entry: parameters and straight code of the body. */
export function entryCost(node: FunctionNode & AnyNode): number {
  const own = straightCost([...node.params, node.body] as AnyNode[])
  return node.async || node.generator
    ? own + SUSPENDABLE_COST + SUSPENDABLE_NODE_COST * frameNodes(node)
    : own
}

/** Fuel of one turn of a loop. */
export function turnCost(loop: AnyNode): number {
  return 1 + straightCost(turnOf(loop))
}

/** Levels of depth that a frame takes: large ones take more of the engine's stack. */
export function frameLevels(node: AnyNode): number {
  return 1 + Math.floor(frameNodes(node) / NODES_PER_LEVEL)
}

/** Nodes of a function without those of inner functions. */
function frameNodes(root: AnyNode): number {
  let count = 0
  const open = childrenOf(root)
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    count++
    if (!isFunction(node)) open.push(...childrenOf(node))
  }
  return count
}
