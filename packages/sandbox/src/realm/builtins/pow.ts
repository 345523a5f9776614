/**
 * Powers of numbers, for `Math.pow` and the operator `**` (spec/6-determinism §2): engines round fractions differently.
 * A port of e_pow.c of FDLIBM 5.3: its error is below 0.70 units in the last place, but
 * for exponents beyond 2^31 of bases next to 1.
 *
 * Copyright (C) 2004 by Sun Microsystems, Inc. All rights reserved. Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice is preserved.
 */

const { abs, sqrt, trunc } = Math
const number = new Float64Array(1)
const words = new Uint32Array(number.buffer)
number[0] = 1
/** Where the word with sign and exponent is. */
const HIGH = words[1] === 0 ? 0 : 1
const LOW = 1 - HIGH

const { LN2 } = Math
const LN2_HIGH = 0.6931471824645996
const LN2_LOW = -1.904654299957768e-9
/** -(1024 - log2(overflow + half a unit in the last place)) */
const OVERFLOW_REST = 8.008566259537294e-17
const INV_LN2 = Math.LOG2E
const INV_LN2_HIGH = 1.4426950216293335
const INV_LN2_LOW = 1.9259629911266175e-8
/** 2 / (3 ln 2) */
const CP = 0.9617966939259756
const CP_HIGH = 0.9617967009544373
const CP_LOW = -7.028461650952758e-9
/** log2(1.5) */
const LOG2_1_5_HIGH = 0.5849624872207642
const LOG2_1_5_LOW = 1.350039202129749e-8

const MIN_NORMAL = 2 ** -1022
/** Between these, the high word says no more than that x is 1, or just below. */
const NEAR_ONE_MIN = 1 - 2 ** -20
const NEAR_ONE_END = 1 + 2 ** -20

/** `x ** y` of two numbers, the same on every engine. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN
  const size = abs(x)
  if (y === Number.POSITIVE_INFINITY || y === Number.NEGATIVE_INFINITY) {
    if (size === 1) return Number.NaN
    return size > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0
  }
  if (y === 1) return x
  if (y === 2) return x * x
  if (y === -1) return 1 / x
  if (y === 0.5 && x >= 0) return x === 0 ? 0 : sqrt(x)
  if (y === -0.5 && x > 0) return 1 / sqrt(x)
  const isWhole = trunc(y) === y
  const isOdd = isWhole && abs(y) < 2 ** 53 && y % 2 !== 0
  const isNegative = x < 0 || (x === 0 && 1 / x < 0)
  if (size === 0 || size === 1 || size === Number.POSITIVE_INFINITY) {
    if (size === 1 && isNegative && !isWhole) return Number.NaN
    const result = y < 0 ? 1 / size : size
    return isNegative && isOdd ? -result : result
  }
  if (isNegative && !isWhole) return Number.NaN
  const result = powOfPositive(size, y)
  return isNegative && isOdd ? -result : result
}

/** Neither of both is 0, infinite or NaN, and `x` is above 0 and not 1. */
function powOfPositive(x: number, y: number): number {
  const isHuge = abs(y) > 2 ** 31
  if (isHuge) {
    // Over- or underflow, where x is not close to 1.
    if (abs(y) > 2 ** 64 || x < NEAR_ONE_MIN || x >= NEAR_ONE_END) {
      return x > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0
    }
    logNearOne(x)
  } else log2(x)
  // Split y into two parts, and multiply it by the logarithm in two parts.
  const yHigh = withoutLow(y)
  const low = (y - yHigh) * logHigh + y * logLow
  const high = yHigh * logHigh
  const sum = low + high
  if (sum >= 1024) {
    if (sum > 1024 || low + OVERFLOW_REST > sum - high) return Number.POSITIVE_INFINITY
  } else if (sum <= -1075) {
    if (sum < -1075 || low <= sum - high) return 0
  }
  return exp2(sum, high, low)
}

/** The logarithm to base 2 in two parts, as the last call found it. */
let logHigh = 0
let logLow = 0

/** By x - x²/2 + x³/3 - x⁴/4. */
function logNearOne(x: number): void {
  const t = x - 1
  const w = t * t * (0.5 + t * (-0.3333333333333333 + t * 0.25))
  const u = INV_LN2_HIGH * t
  const v = t * INV_LN2_LOW - w * INV_LN2
  logHigh = withoutLow(u + v)
  logLow = v - (logHigh - u)
}

function log2(given: number): void {
  let x = given
  let n = 0
  if (x < MIN_NORMAL) {
    x *= 2 ** 53
    n = -53
  }
  let highWord = highOf(x)
  n += (highWord >> 20) - 1023
  const significand = highWord & 0xfffff
  highWord = significand | 0x3ff00000
  // Is x, between 1 and 2 by now, nearest to 1, 1.5 or 2?
  const isMiddle = significand > 0x3988e && significand < 0xbb67a
  if (significand >= 0xbb67a) {
    n++
    highWord -= 0x100000
  }
  x = withHigh(x, highWord)
  // s = (x - 1) / (x + 1), or with 1.5, in two parts
  const center = isMiddle ? 1.5 : 1
  let u = x - center
  let v = 1 / (x + center)
  const s = u * v
  const sHigh = withoutLow(s)
  let tHigh = withHigh(0, ((highWord >> 1) | 0x20000000) + 0x80000 + (isMiddle ? 0x40000 : 0))
  let tLow = x - (tHigh - center)
  const sLow = v * (u - sHigh * tHigh - sHigh * tLow)
  // log(x)
  let square = s * s
  let rest = square * square * logPolynomial(square)
  rest += sLow * (sHigh + s)
  square = sHigh * sHigh
  tHigh = withoutLow(3 + square + rest)
  tLow = rest - (tHigh - 3 - square)
  u = sHigh * tHigh
  v = sLow * tHigh + tLow * s
  const pHigh = withoutLow(u + v)
  const pLow = v - (pHigh - u)
  const zHigh = CP_HIGH * pHigh
  const zLow = CP_LOW * pHigh + pLow * CP + (isMiddle ? LOG2_1_5_LOW : 0)
  const middle = isMiddle ? LOG2_1_5_HIGH : 0
  logHigh = withoutLow(zHigh + zLow + middle + n)
  logLow = zLow - (logHigh - n - middle - zHigh)
}

function logPolynomial(x: number): number {
  const upper = 0.272728123808534 + x * (0.23066074577556175 + x * 0.20697501780033842)
  return 0.5999999999999946 + x * (0.4285714285785502 + x * (0.33333332981837743 + x * upper))
}

/** 2 to the power of `high + low`, whose sum is given too. */
function exp2(sum: number, high: number, low: number): number {
  const word = highOf(sum)
  let n = 0
  let rest = high
  if ((word & 0x7fffffff) > 0x3fe00000) {
    // |sum| is above a half: n is the nearest whole number.
    const exponent = ((word & 0x7fffffff) >> 20) - 1023
    const rounded = word + (0x100000 >> (exponent + 1))
    const kept = ((rounded & 0x7fffffff) >> 20) - 1023
    rest -= withHigh(0, rounded & ~(0xfffff >> kept))
    n = ((rounded & 0xfffff) | 0x100000) >> (20 - kept)
    if (word < 0) n = -n
  }
  let t = withoutLow(low + rest)
  const u = t * LN2_HIGH
  const v = (low - (t - rest)) * LN2 + t * LN2_LOW
  let z = u + v
  const w = v - (z - u)
  t = z * z
  const t1 = z - t * expPolynomial(t)
  z = 1 - ((z * t1) / (t1 - 2) - (w + z * w) - z)
  const resultWord = highOf(z) + n * 0x100000
  // A subnormal result is rounded once, by the second product.
  if (resultWord >> 20 <= 0) return z * 2 ** -1000 * withHigh(0, (n + 1000 + 1023) << 20)
  return withHigh(z, resultWord)
}

function expPolynomial(x: number): number {
  const upper = 0.00006613756321437934 + x * (-0.0000016533902205465252 + x * 4.1381367970572385e-8)
  return 0.16666666666666602 + x * (-0.0027777777777015593 + x * upper)
}

function highOf(value: number): number {
  number[0] = value
  return words[HIGH]! | 0
}

function withHigh(value: number, word: number): number {
  number[0] = value
  words[HIGH] = word
  return number[0]!
}

function withoutLow(value: number): number {
  number[0] = value
  words[LOW] = 0
  return number[0]!
}
