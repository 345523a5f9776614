/** Violations that audit and proof check find each in its own way. */
import { toHex } from '@vitra/log/formats'
import { VIOLATION_CODES, violation } from '../verdict.js'
import { Caught, type PublishedBatch } from './published-batch.js'

/**
 * The entries of a batch, laid out again, give another tree than was signed.
 *
 * @param differing the first block that differs, where it is known
 */
export function otherTree(
  code: 'genesis-invalid' | 'non-canonical-index',
  { number, start }: PublishedBatch,
  expected: Uint8Array,
  differing?: number,
): Caught {
  const kind = code === 'genesis-invalid' ? 'genesis' : 'index'
  const named =
    differing === undefined
      ? {}
      : { message: `${VIOLATION_CODES[code]}: first in block ${differing}`, published: { block: differing } }
  return new Caught(
    violation(kind, code, { batch: number, block: start }, { expected: toHex(expected), ...named }),
  )
}

/** Genesis sets a contract that is none. */
export function refusedContract(why: string): Caught {
  const message = `the contract is refused: ${why}`
  return new Caught(violation('genesis', 'genesis-invalid', { batch: 0 }, { message }))
}
