/** Proves that an executor rewrote its log: two heads that it signed and that cannot both be of one history. */
import {
  type EquivocationProof,
  type ProofSource,
  proveEquivocation,
  type SignedHead,
} from '@vitra/log/proofs'
import { notProved } from './prove-fraud.js'

/**
 * @param index a copy of the log as it is now
 * @param remembered a head of it that was seen before
 * @throws {FraudNotProvedError} where no second head is known: hypercore keeps none of a fork that it refused
 */
export async function proveFork(
  index: ProofSource,
  remembered: SignedHead | undefined,
): Promise<EquivocationProof> {
  const head = await index.head()
  if (head === null || remembered === undefined) throw notProved('a second signed head is not here')
  return proveEquivocation(index, remembered, head)
}
