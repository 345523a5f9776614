/** Makes fraud proofs (spec/7-proofs §12): tries the accusation on a replica and wraps the blocks that it asked for. */
import type { Input } from '@vitra/log/formats'
import { type BlocksProof, logKey, type ProofSource, proveBlocks, type SignedHead } from '@vitra/log/proofs'
import { VitraError } from '@vitra/log/values'
import { type Asked, ProofEvidence, Recorder } from './evidence.js'
import { type Accusation, type FraudProof, isAccused } from './fraud-proof.js'
import { type FoundViolation, type TrialContext, type TrialResult, tryAccusation } from './trial.js'

/** Why there is no proof of a violation; `details.reason` says it. */
export class FraudNotProvedError extends VitraError<'FRAUD_NOT_PROVED'> {
  override name = 'FraudNotProvedError'
}

/** What a fraud proof is made from. */
export interface ProveFraudOptions extends TrialContext {
  /** A replica of the index. */
  readonly index: ProofSource
  /** The head to prove it under; default the newest. */
  readonly head?: SignedHead | null
  /** Opens a replica of a participant's oplog. */
  readonly openOplog: (input: Input) => Promise<ProofSource>
}

/**
 * Proves an accusation from what a replica holds. The proof is tried once more, by itself, before it is given.
 *
 * @throws {FraudNotProvedError} `FRAUD_NOT_PROVED` where blocks are missing, or this machine does not find the violation
 */
export async function proveFraud(options: ProveFraudOptions, accusation: Accusation): Promise<FraudProof> {
  const { crypto, index } = options
  const head = options.head ?? (await index.head())
  if (head === null) throw notProved('nothing of the index is here')
  const key = logKey(crypto, index.identity)
  const recorder = new Recorder(crypto, key, { source: index, head }, options.openOplog)
  const { isExact } = expectAccused(accusation, await tryAccusation(options, recorder, accusation))
  // What no contract can give is shown without the op.
  const askedOfOplog = isExact ? null : recorder.askedOfOplog
  const proof: FraudProof = Object.freeze({
    kind: 'fraud',
    accusation,
    index: await wrap(recorder.asked),
    ...(askedOfOplog === null ? {} : { op: await wrap(askedOfOplog) }),
  })
  const evidence = ProofEvidence.open(crypto, key, proof)
  if (evidence === null) throw notProved('the replica does not hold together')
  expectAccused(accusation, await tryAccusation(options, evidence, accusation))
  return proof
}

function wrap({ source, seqs, head }: Asked): Promise<BlocksProof> {
  return proveBlocks(source, seqs, { head })
}

function expectAccused(accusation: Accusation, result: TrialResult): FoundViolation {
  if ('reason' in result) throw notProved(result.reason)
  if (!isAccused(accusation, result.violation)) throw notProved(`another violation: ${result.violation.code}`)
  return result
}

/** `FRAUD_NOT_PROVED`. */
export function notProved(reason: string, cause?: unknown): FraudNotProvedError {
  return new FraudNotProvedError('FRAUD_NOT_PROVED', `the violation cannot be proved here: ${reason}`, {
    details: { reason },
    ...(cause === undefined ? {} : { cause }),
  })
}
