/**
 * Operators of instrumented code whose results, or whose work, grow with their operands (spec/6-determinism §7). Numbers
 * take the short way.
 */
import { pow as powerOfNumbers } from './builtins/pow.js'
import { take } from './meter.js'

type Numeric = number | bigint

/** Largest BigInt, in bits. */
const BIGINT_BITS_MAX = 2 ** 16
const WORD_BITS = 64
const WORD_MAX = 2n ** 63n

const { clz32, min } = Math
const toText = BigInt.prototype.toString
const { apply } = Reflect

/** Takes fuel for a text or a BigInt, and gives it back. */
export function measure<T>(value: T): T {
  if (typeof value === 'string') take(1 + (value.length >> 1))
  else if (typeof value === 'bigint') take(sizeOf(value) >> 2)
  return value
}

const powersOfTwo: bigint[] = []

/** Size of a BigInt in bits, up to the next power of two, from 64 on. @throws {RangeError} where it is too large */
function sizeOf(value: bigint): number {
  if (value < WORD_MAX && value >= -WORD_MAX) return WORD_BITS
  const positive = value < 0n ? -value : value
  for (let bits = 2 * WORD_BITS, n = 0; bits <= BIGINT_BITS_MAX; bits *= 2, n++) {
    powersOfTwo[n] ??= 1n << BigInt(bits)
    if (positive < powersOfTwo[n]!) return bits
  }
  throw tooLarge()
}

function tooLarge(): RangeError {
  return new RangeError(`a BigInt has at most ${BIGINT_BITS_MAX} bits`)
}

/** Exact length in bits of a value that is not negative. */
function bitLength(value: bigint): number {
  take(sizeOf(value) >> 2)
  const digits = apply(toText, value, [16])
  return digits.length * 4 - (clz32(Number(BigInt(`0x${digits[0]}`))) - 28)
}

/** What an operand is to an operator. */
function toNumeric(value: unknown): Numeric {
  let operand = value as number
  // Gives the number or BigInt that was there before.
  return operand++
}

/** Both operands in their order, and the engine's own error where one is a BigInt and the other is not. */
function operands(a: unknown, b: unknown): [Numeric, Numeric] {
  const left = toNumeric(a)
  const right = toNumeric(b)
  if (typeof left !== typeof right) void ((left as bigint) - (right as bigint))
  return [left, right]
}

export function pow(a: unknown, b: unknown): Numeric {
  if (typeof a === 'number' && typeof b === 'number') return powerOfNumbers(a, b)
  const [base, exponent] = operands(a, b)
  if (typeof base !== 'bigint' || typeof exponent !== 'bigint')
    return powerOfNumbers(base as number, exponent as number)
  const positive = base < 0n ? -base : base
  if (positive > 1n && exponent > 0n) {
    const isTooLarge =
      exponent > BIGINT_BITS_MAX || (bitLength(positive) - 1) * Number(exponent) >= BIGINT_BITS_MAX
    if (isTooLarge) throw tooLarge()
  }
  return measure(base ** exponent)
}

export function shl(a: unknown, b: unknown): Numeric {
  if (typeof a === 'number' && typeof b === 'number') return a << b
  const [value, by] = operands(a, b)
  if (typeof value !== 'bigint' || typeof by !== 'bigint') return (value as number) << (by as number)
  return shift(value, by)
}

export function shr(a: unknown, b: unknown): Numeric {
  if (typeof a === 'number' && typeof b === 'number') return a >> b
  const [value, by] = operands(a, b)
  if (typeof value !== 'bigint' || typeof by !== 'bigint') return (value as number) >> (by as number)
  return shift(value, -by)
}

function shift(value: bigint, by: bigint): bigint {
  if (value !== 0n && by > BIGINT_BITS_MAX) throw tooLarge()
  take(sizeOf(value) >> 2)
  return measure(value << by)
}

export function div(a: unknown, b: unknown): Numeric {
  if (typeof a === 'number' && typeof b === 'number') return a / b
  const [left, right] = operands(a, b)
  if (typeof left !== 'bigint' || typeof right !== 'bigint') return (left as number) / (right as number)
  takeDivision(left, right)
  return left / right
}

export function mod(a: unknown, b: unknown): Numeric {
  if (typeof a === 'number' && typeof b === 'number') return a % b
  const [left, right] = operands(a, b)
  if (typeof left !== 'bigint' || typeof right !== 'bigint') return (left as number) % (right as number)
  takeDivision(left, right)
  return left % right
}

/** Division takes a step for each pair of words, or nearly so. */
function takeDivision(a: bigint, b: bigint): void {
  const left = sizeOf(a)
  take((left >> 2) + min((left / WORD_BITS) * (sizeOf(b) / WORD_BITS), 2 ** 30) / 4)
}

const { ownKeys } = Reflect

/** A property that an operator with assignment changes; `place(o, k).pow(v)` is `o[k] **= v`. */
export function place(object: Record<PropertyKey, unknown>, property: unknown) {
  const isName = typeof property === 'string' || typeof property === 'symbol' || typeof property === 'number'
  // The engine makes a key of anything else as it does for a property.
  const key = isName ? property : ownKeys({ [property as string]: 0 })[0]!
  const old = object[key]
  const change = (operator: (a: unknown, b: unknown) => Numeric) => (value: unknown) => {
    const result = operator(old, value)
    object[key] = result
    return result
  }
  return { pow: change(pow), shl: change(shl), shr: change(shr), div: change(div), mod: change(mod) }
}
