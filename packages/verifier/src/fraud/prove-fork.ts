/** Proves that an executor rewrote its log: two heads that it signed and that cannot both be of one history. */
import {
  type Crypto,
  checkEquivocation,
  type EquivocationProof,
  logKey,
  type ProofSource,
  proveEquivocation,
  type SignedHead,
} from '@vitra/log/proofs'
import { VitraError } from '@vitra/log/values'
import { notProved } from './prove-fraud.js'

/**
 * @param index a copy of the log as it is now
 * @param others heads that were seen before or that peers showed; those that are of the copy's own history do no harm
 * @throws {FraudNotProvedError} where no head contradicts the copy's own
 */
export async function proveFork(
  crypto: Crypto,
  index: ProofSource,
  others: readonly SignedHead[],
): Promise<EquivocationProof> {
  const head = await index.head()
  if (head === null) throw notProved('nothing of the index is here')
  const key = logKey(crypto, index.identity)
  for (const other of others) {
    const proof = await proveEquivocation(index, other, head).catch(unlessMissing)
    if (proof !== null && checkEquivocation(crypto, key, proof)) return proof
  }
  throw notProved('no second signed head is here that contradicts the first')
}

/** A longer history than the copy's own cannot be joined to it: its blocks are not here. */
function unlessMissing(error: unknown): null {
  if (error instanceof VitraError && error.code === 'BLOCK_MISSING') return null
  throw error
}
