/**
 * A fraud proof (spec/7-proofs §12): an accusation, and the blocks that show it, of the index under a head that its
 * executor signed and of the accused op's oplog under the head that the executor published with it.
 */
import type { BlocksProof } from '@vitra/log/proofs'
import type { Violation, ViolationCode } from '../verdict.js'

/** What an executor is accused of. */
export interface Accusation {
  readonly code: ViolationCode
  /** Index length before the accused batch; 0 for genesis. */
  readonly start: number
  /** Index length after it; 0 where the accusation is not about a batch that ends. */
  readonly end: number
  /** Index block of the violation. */
  readonly block?: number
  /** Sequence number of the op that it is about, in its oplog. */
  readonly seq?: number
}

/** A proof that an executor has violated the contract or the spec; it needs no log to be checked. */
export interface FraudProof {
  readonly kind: 'fraud'
  readonly accusation: Accusation
  readonly index: BlocksProof
  /** The block of the op, where the contract is to be run on it. */
  readonly op?: BlocksProof
}

/** The accusation of a violation. @param end index length after its batch; 0 where it has no end */
export function accusationOf({ code, at }: Violation, start: number, end: number): Accusation {
  const { block, seq } = at
  return Object.freeze({
    code,
    start,
    end: IS_WITHOUT_END.has(code) ? 0 : end,
    ...(block === undefined || code === 'genesis-invalid' ? {} : { block }),
    ...(seq === undefined ? {} : { seq }),
  })
}

/** True where a violation is the accused one. */
export function isAccused({ code, block, seq }: Accusation, { code: found, at }: Violation): boolean {
  if (code !== found) return false
  if (code === 'genesis-invalid') return true
  return at.block === block && at.seq === seq
}

/** Found in what stands before a batch has ended, or while all of it is read. */
const IS_WITHOUT_END: ReadonlySet<ViolationCode> = new Set([
  'genesis-invalid',
  'record-invalid',
  'non-canonical-index',
  'head-inside-batch',
])

/** True where the batch is read up to the violation alone, besides its record. */
export function isReadInPart({ code }: Accusation): boolean {
  return !IS_WITHOUT_END.has(code)
}

/** True where the contract has to be run to show it. */
export function isAboutExecution({ code, seq }: Accusation): boolean {
  return (code === 'wrong-outcome' || code === 'wrong-changes') && seq !== undefined
}
