/** Which operators may give a long text or a large BigInt, as their operands are written (spec/6-determinism §7). */
import type { AnyNode } from 'acorn'

/** Operators whose result is a number, or they throw, as soon as one operand is a number. */
const EITHER = new Set(['-', '*', '/', '%', '**', '&', '|', '^', '<<', '>>'])

/** Operators that give numbers, texts or BigInts. */
const MEASURED = new Set(['+', '-', '*', '&', '|', '^'])

/** Operators that the driver computes, by the name of its function. */
const CALLED: Readonly<Record<string, 'pow' | 'shl' | 'shr' | 'div' | 'mod'>> = {
  '**': 'pow',
  '<<': 'shl',
  '>>': 'shr',
  '/': 'div',
  '%': 'mod',
}

/** True for an expression that gives a number, or throws. */
function isNumber(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'number'
    case 'ParenthesizedExpression':
      return isNumber(node.expression)
    case 'UnaryExpression':
      return node.operator === '+' || (/[-~]/.test(node.operator) && isNumber(node.argument))
    case 'BinaryExpression':
      if (node.operator === '>>>') return true
      if (node.operator === '+') return isNumber(node.left) && isNumber(node.right)
      return EITHER.has(node.operator) && (isNumber(node.left) || isNumber(node.right))
    default:
      return false
  }
}

/** The driver's function for an operator; undefined where the engine's own is as good. */
export function calledOperator(node: AnyNode): string | undefined {
  if (node.type === 'BinaryExpression') {
    const name = CALLED[node.operator]
    // Powers of numbers differ between engines.
    return name === 'pow' || !isNumber(node) ? name : undefined
  }
  if (node.type !== 'AssignmentExpression') return undefined
  const name = CALLED[node.operator.slice(0, -1)]
  return name === 'pow' || !isNumber(node.right) ? name : undefined
}

/** True where the result has to be measured: it may be a text or a BigInt. */
export function isMeasured(node: AnyNode): boolean {
  switch (node.type) {
    case 'BinaryExpression':
      return MEASURED.has(node.operator) && !isNumber(node)
    case 'AssignmentExpression':
      if (node.operator === '+=') return true
      return MEASURED.has(node.operator.slice(0, -1)) && !isNumber(node.right)
    case 'UnaryExpression':
      return /^[-~]$/.test(node.operator) && node.argument.type !== 'Literal' && !isNumber(node)
    case 'UpdateExpression':
      return true
    default:
      return false
  }
}
