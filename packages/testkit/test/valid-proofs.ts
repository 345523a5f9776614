/** One valid proof of each kind of accusation, for tests that change them. */
import type { Sandbox } from '@vitra/sandbox'
import { EXECUTION_LIES, GENESIS_LIES, ORDER_LIES, readHistory, SCHEMA_LIES } from '../src/index.js'
import { accuse } from './accusers.js'
import type { ValidProof } from './proof-mutations.js'

/** Proofs of the first lie of each code. @param honest folder of a closed, honest database */
export async function validFraudProofs(honest: string, sandbox: Sandbox): Promise<ValidProof[]> {
  const proofs = new Map<string, ValidProof>()
  const history = await readHistory(honest)
  for (const Lie of [...ORDER_LIES, ...EXECUTION_LIES, ...SCHEMA_LIES, ...GENESIS_LIES]) {
    const liar = new Lie()
    if (proofs.has(liar.expected)) continue
    const { proof, key } = await accuse(structuredClone(history), liar, sandbox)
    if (proof !== null) proofs.set(liar.expected, { proof, key })
  }
  return [...proofs.values()]
}
