/** Violations that audit and proof check find each in its own way. */
import { toHex } from '@vitra/log/formats'
import { violation } from '../verdict.js'
import { Caught, type PublishedBatch } from './published-batch.js'

/** The entries of a batch, laid out again, give another tree than was signed. */
export function otherTree(
  code: 'genesis-invalid' | 'non-canonical-index',
  { number, start }: PublishedBatch,
  expected: Uint8Array,
): Caught {
  const kind = code === 'genesis-invalid' ? 'genesis' : 'index'
  return new Caught(violation(kind, code, { batch: number, block: start }, { expected: toHex(expected) }))
}

/** Genesis sets a contract that is none. */
export function refusedContract(why: string): Caught {
  const message = `the contract is refused: ${why}`
  return new Caught(violation('genesis', 'genesis-invalid', { batch: 0 }, { message }))
}
