/** Numbers from texts, and texts from integers: charged by what is read. */
import { chargeWritten } from './bigint.js'
import { apply, chargeScan, construct, nativesOf } from './native.js'

const EngineNumber = Number
const EngineString = String
const native = nativesOf(globalThis, 'isFinite isNaN parseFloat parseInt')
/** The text of a shorter one is not worth a price. */
const SHORT = 64

/** Puts a `Number` of ours in the place of the engine's. */
export function numberConstructor(): object {
  const ours = function (...given: unknown[]): unknown {
    if (given.length > 0) given[0] = readable(given[0])
    if (new.target === undefined) return apply(EngineNumber, undefined, given as [])
    return construct(EngineNumber, given as [], new.target === ours ? EngineNumber : new.target)
  }
  return ours
}

/** Puts a `String` of ours in the place of the engine's. */
export function stringConstructor(): object {
  const ours = function (...given: unknown[]): unknown {
    if (typeof given[0] === 'bigint') chargeWritten(given[0])
    if (new.target === undefined) return apply(EngineString, undefined, given as [])
    return construct(EngineString, given as [], new.target === ours ? EngineString : new.target)
  }
  return ours
}

const parse = {
  parseFloat(text: unknown): number {
    return native.parseFloat!.call(undefined, scanned(text))
  },
  parseInt(text: unknown, radix: unknown): number {
    return native.parseInt!.call(undefined, scanned(text), radix)
  },
}

export const number = parse

export const numberGlobals = {
  ...parse,
  isFinite(value: unknown): boolean {
    return native.isFinite!.call(undefined, readable(value))
  },
  isNaN(value: unknown): boolean {
    return native.isNaN!.call(undefined, readable(value))
  },
}

/** A value that is read as a number, paid for where it is a text. */
function readable(value: unknown): unknown {
  if (typeof value === 'string' && value.length > SHORT) chargeScan(value.length)
  return value
}

/** What is read as a text. */
function scanned(value: unknown): unknown {
  if (typeof value === 'bigint') chargeWritten(value)
  return readable(typeof value === 'object' && value !== null ? `${value as unknown as string}` : value)
}
