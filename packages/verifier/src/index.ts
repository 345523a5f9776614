/** `@vitra/verifier`: verdicts, and checks of proofs. Browser-safe; what runs contracts is in `@vitra/verifier/replay`. */
export * from './check.js'
export * from './errors.js'
export { decodeProof, encodeProof, type Proof, proofFromJson } from './fraud/codec.js'
export type { Accusation, FraudProof } from './fraud/fraud-proof.js'
export { FraudNotProvedError, type ProveFraudOptions, proveFraud } from './fraud/prove-fraud.js'
export type { FraudRunner } from './fraud/trial.js'
export * from './proof-verdict.js'
export * from './verdict.js'
