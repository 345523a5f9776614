/**
 * Floats of the value encoding (spec/5-values §2): of half, single and double precision the shortest that
 * holds a number exactly. Browser-safe.
 */

import type { Room } from './natives.js'

/** Half-precision numbers are below 2^16, and multiples of 2^-24. */
const HALF_EXPONENT_MAX = 15
const HALF_EXPONENT_MIN = -14
const HALF_LOWEST_BIT = -24
/** Bits by which a single's fraction is longer than a half's. */
const FRACTION_BITS_MORE = 23 - 10

// One place to turn numbers into bits: making a view for each would take longer than the rest.
const scratch = new DataView(new ArrayBuffer(8))

/** How many bytes the shortest exact float takes. @param value finite */
export function floatBytes(value: number): 2 | 4 | 8 {
  if (Math.fround(value) !== value) return 8
  scratch.setFloat32(0, value)
  return halfBits(scratch.getUint32(0)) === undefined ? 4 : 2
}

/** Writes a number as a float of the size that {@link floatBytes} gives. */
export function writeFloat(value: number, bytes: 2 | 4 | 8, out: Room, at: number): void {
  if (bytes === 8) {
    scratch.setFloat64(0, value)
  } else {
    scratch.setFloat32(0, value)
    if (bytes === 2) scratch.setUint16(0, halfBits(scratch.getUint32(0))!)
  }
  for (let i = 0; i < bytes; i++) out[at + i] = scratch.getUint8(i)
}

/** Reads a float of 2, 4 or 8 bytes, whatever it holds. */
export function readFloat(bytes: 2 | 4 | 8, from: Uint8Array, at: number): number {
  for (let i = 0; i < bytes; i++) scratch.setUint8(i, from[at + i]!)
  if (bytes === 8) return scratch.getFloat64(0)
  return bytes === 4 ? scratch.getFloat32(0) : readHalf(scratch.getUint16(0))
}

/** The half that equals a finite single, both as bits, where there is one. */
function halfBits(single: number): number | undefined {
  const sign = (single >>> 16) & 0x8000
  const exponent = ((single >>> 23) & 0xff) - 127
  const fraction = single & 0x7fffff
  if (exponent > HALF_EXPONENT_MAX || exponent < HALF_LOWEST_BIT) return undefined
  if (exponent >= HALF_EXPONENT_MIN) {
    if (fraction % (1 << FRACTION_BITS_MORE) !== 0) return undefined
    return sign | ((exponent + HALF_EXPONENT_MAX) << 10) | (fraction >> FRACTION_BITS_MORE)
  }
  // A subnormal half counts in units of 2^-24, the leading bit of the single among them.
  const dropped = FRACTION_BITS_MORE + HALF_EXPONENT_MIN - exponent
  const units = 0x800000 | fraction
  return units % (1 << dropped) === 0 ? sign | (units >> dropped) : undefined
}

function readHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  if (exponent === 0) return sign * fraction * 2 ** HALF_LOWEST_BIT
  return sign * (1 + fraction / 1024) * 2 ** (exponent - HALF_EXPONENT_MAX)
}
