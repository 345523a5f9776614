/**
 * The random generator of `util` (spec/6-determinism): xoshiro128** over 32-bit integers, so that
 * one seed gives one sequence on every machine. Not for secrets: in `apply` the seed is public.
 */

/** Gives the next 32 random bits, as an unsigned integer. */
export type Generator = () => number

const SEED_BYTES_MIN = 16

/**
 * A generator over the first 16 bytes of `seed`.
 *
 * @throws {RangeError} for a shorter seed
 */
export function createGenerator(seed: Uint8Array): Generator {
  if (seed.length < SEED_BYTES_MIN) throw new RangeError(`a seed takes at least ${SEED_BYTES_MIN} bytes`)
  let [a, b, c, d] = [word(seed, 0), word(seed, 4), word(seed, 8), word(seed, 12)]
  // The state must not be all zero: it would stay so.
  if ((a | b | c | d) === 0) d = 1
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result
  }
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
