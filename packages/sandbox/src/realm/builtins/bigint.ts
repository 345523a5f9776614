/** Large integers that texts and sizes make: bounded, and charged by what the conversion takes. */
import { charge } from '../meter.js'
import { nativesOf } from './native.js'
import { BIGINT_BITS_MAX } from './prices.js'

const EngineBigInt = BigInt
const { toString: write, valueOf: read } = nativesOf(EngineBigInt.prototype, 'toString valueOf')
const { asIntN, asUintN } = nativesOf(EngineBigInt, 'asIntN asUintN')
const { floor } = Math
const WORD = 64
const BYTE = 8
/** The square of so many digits, by this, is a unit. */
const DIGITS_PER_UNIT = 4096

/** Puts a `BigInt` of ours in the place of the engine's; like that it is no constructor. */
export function bigIntFunction(): object {
  const { BigInt: ours } = {
    BigInt(given: unknown): bigint {
      const value = typeof given === 'object' && given !== null ? primitive(given) : given
      if (typeof value === 'string') chargeDigits(value.length)
      return EngineBigInt(value as bigint)
    },
  }
  return ours
}

/** `ToPrimitive` with a preference for numbers. */
function primitive(value: object): unknown {
  const convert = (value as { [Symbol.toPrimitive]?: unknown })[Symbol.toPrimitive]
  if (convert !== undefined && convert !== null)
    return (convert as (hint: string) => unknown).call(value, 'number')
  for (const name of ['valueOf', 'toString'] as const) {
    const method: unknown = (value as Record<string, unknown>)[name]
    if (typeof method !== 'function') continue
    const result: unknown = method.call(value)
    if (typeof result !== 'object' && typeof result !== 'function') return result
    if (result === null) return result
  }
  return +(value as unknown as number)
}

export const bigInt = {
  asIntN(bits: unknown, value: bigint): bigint {
    return asIntN!.call(undefined, boundedBits(bits), value)
  },
  asUintN(bits: unknown, value: bigint): bigint {
    return asUintN!.call(undefined, boundedBits(bits), value)
  },
}

/** Takes the price of the text of an integer. */
export function chargeWritten(value: bigint): void {
  if (asIntN!.call(undefined, WORD, value) !== value) chargeDigits(write.call<string>(value, 16).length)
}

export const bigIntPrototype = {
  toString(this: bigint, radix: unknown): string {
    const value = read.call<bigint>(this)
    chargeWritten(value)
    return write.call(value, radix)
  },
}

function boundedBits(given: unknown): number {
  const bits = +(given as number)
  if (bits > BIGINT_BITS_MAX && bits <= Number.MAX_SAFE_INTEGER) throw tooLarge()
  if (bits > 0 && bits <= BIGINT_BITS_MAX) charge(1 + floor(bits / BYTE))
  return bits
}

/** Takes the price of a conversion, which grows with the square of its digits. */
function chargeDigits(digits: number): void {
  if (digits > BIGINT_BITS_MAX) throw tooLarge()
  charge(1 + digits + floor((digits * digits) / DIGITS_PER_UNIT))
}

function tooLarge(): RangeError {
  return new RangeError(`an integer has more than ${BIGINT_BITS_MAX} bits or digits`)
}
