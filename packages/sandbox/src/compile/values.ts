/** Which expressions at module level are plainly primitive: computing them runs no code of the contract. */
import type { AnyNode, Program } from 'acorn'

/** Operators that give a primitive of primitives; `in` and `instanceof` look into objects. */
const BINARY_EXCLUDED = new Set(['in', 'instanceof'])

/** Constants of the standard namespaces. */
const CONSTANTS: Readonly<Record<string, readonly string[]>> = {
  Math: ['E', 'LN10', 'LN2', 'LOG10E', 'LOG2E', 'PI', 'SQRT1_2', 'SQRT2'],
  Number: [
    'EPSILON',
    'MAX_SAFE_INTEGER',
    'MAX_VALUE',
    'MIN_SAFE_INTEGER',
    'MIN_VALUE',
    'NaN',
    'NEGATIVE_INFINITY',
    'POSITIVE_INFINITY',
  ],
  // Symbols are no operands: they throw. They are good as keys.
  Symbol: [
    'asyncIterator',
    'hasInstance',
    'isConcatSpreadable',
    'iterator',
    'species',
    'toPrimitive',
    'toStringTag',
    'unscopables',
  ],
}

const PRIMITIVE_GLOBALS = new Set(['undefined', 'NaN', 'Infinity'])

/** Standard classes that a contract may extend. */
const CLASSES = new Set([
  'AggregateError',
  'Array',
  'ArrayBuffer',
  'BigInt64Array',
  'BigUint64Array',
  'Boolean',
  'DataView',
  'Error',
  'EvalError',
  'Float32Array',
  'Float64Array',
  'Int16Array',
  'Int32Array',
  'Int8Array',
  'Map',
  'Number',
  'Object',
  'Promise',
  'RangeError',
  'ReferenceError',
  'RegExp',
  'Set',
  'String',
  'SyntaxError',
  'TypeError',
  'URIError',
  'Uint16Array',
  'Uint32Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'WeakMap',
  'WeakSet',
])

/** @param name of nothing that the module binds */
export function isGlobalClass(name: string): boolean {
  return CLASSES.has(name)
}

/** True for `Math.PI` and its like, where the module does not bind the namespace's name to something else. */
export function isConstantMember(node: AnyNode, namespace: string, names: ReadonlySet<string>): boolean {
  if (node.type !== 'MemberExpression' || node.computed || node.optional) return false
  const { object, property } = node
  if (object.type !== 'Identifier' || object.name !== namespace || names.has(namespace)) return false
  return property.type === 'Identifier' && CONSTANTS[namespace]!.includes(property.name)
}

/** Says of an expression at module level whether it is provably primitive. */
export function primitiveCheck(program: Program, names: ReadonlySet<string>): (node: AnyNode) => boolean {
  const constants = new Set<string>()
  const isPrimitive = (node: AnyNode): boolean => {
    switch (node.type) {
      case 'Literal':
        return !node.regex
      case 'TemplateLiteral':
        return node.expressions.every(isPrimitive)
      case 'ParenthesizedExpression':
        return isPrimitive(node.expression)
      case 'UnaryExpression':
        return node.operator !== 'delete' && isPrimitive(node.argument)
      case 'BinaryExpression':
        return !BINARY_EXCLUDED.has(node.operator) && isPrimitive(node.left) && isPrimitive(node.right)
      case 'LogicalExpression':
        return isPrimitive(node.left) && isPrimitive(node.right)
      case 'ConditionalExpression':
        return isPrimitive(node.test) && isPrimitive(node.consequent) && isPrimitive(node.alternate)
      case 'Identifier':
        return names.has(node.name) ? constants.has(node.name) : PRIMITIVE_GLOBALS.has(node.name)
      default:
        return isConstantMember(node, 'Math', names) || isConstantMember(node, 'Number', names)
    }
  }
  // From the top down: a constant that stands on a later one cannot be evaluated anyway.
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue
    for (const { id, init } of declaration.declarations) {
      if (id.type === 'Identifier' && init && isPrimitive(init)) constants.add(id.name)
    }
  }
  return isPrimitive
}
