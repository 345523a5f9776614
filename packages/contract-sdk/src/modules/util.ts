/**
 * The module 'util' (spec/4-execution §2, spec/6-determinism). In `apply` the generator is seeded from
 * the op, so a replay draws the same numbers; in methods and in `process` the host supplies real
 * randomness as seed. The code is the same.
 */
import type { Generator } from './generator.js'

/** What the module `util` exports. */
export interface Util {
  /** A number from 0 up to, not including, 1. */
  random(): number
  /** A version 4 UUID, lower case. */
  genUUID(): string
}

/**
 * @param generator gives the current run's generator, and throws outside a run
 * @example createUtil(() => createGenerator(seed)).genUUID()
 */
export function createUtil(generator: () => Generator): Util {
  return {
    random() {
      const next = generator()
      // 53 bits, the precision of a number: 27 high ones, 26 low ones.
      return ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53
    },
    genUUID() {
      const next = generator()
      let hex = ''
      for (let i = 0; i < 4; i++) hex += next().toString(16).padStart(8, '0')
      const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
    },
  }
}
