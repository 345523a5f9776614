/** Bytes and JSON of all proofs, fraud proofs included (spec/7-proofs §4, §12). */

import { decodeCanonical, encodeMessage } from '@vitra/log/formats'
import {
  blocksBody,
  type Proof as LogProof,
  PROOF_BODIES,
  type ProofBody,
  type ProofCodec,
  proofCodec,
  readProofJson,
} from '@vitra/log/proofs'
import { FormatError } from '@vitra/log/values'
import { VIOLATION_CODES, type ViolationCode } from '../verdict.js'
import { FraudBody } from './fraud.generated.js'
import type { FraudProof } from './fraud-proof.js'

/** A proof of any kind. */
export type Proof = LogProof | FraudProof

/** Kind 7. */
const fraudBody = Object.freeze<ProofBody<FraudProof>>({
  encode({ accusation, index, op }) {
    return encodeMessage(FraudBody, {
      ...accusation,
      index: blocksBody.encode(index),
      ...(op === undefined ? {} : { op: blocksBody.encode(op) }),
    })
  },
  decode(body) {
    const { code, start, end, block, seq, index, op } = decodeCanonical(FraudBody, body, 'fraud proof')
    if (!Object.hasOwn(VIOLATION_CODES, code))
      throw new FormatError('FORMAT_INVALID', `fraud proof: code ${JSON.stringify(code)} is not known`)
    const accusation = Object.freeze({
      code: code as ViolationCode,
      start,
      end,
      ...(block === null ? {} : { block }),
      ...(seq === null ? {} : { seq }),
    })
    return Object.freeze({
      kind: 'fraud',
      accusation,
      index: blocksBody.decode(index),
      ...(op === null ? {} : { op: blocksBody.decode(op) }),
    })
  },
})

const codec: ProofCodec<Proof> = proofCodec<Proof>({ ...PROOF_BODIES, fraud: fraudBody })

/** Canonical bytes of a proof. */
export function encodeProof(proof: Proof): Uint8Array {
  return codec.encode(proof)
}

/**
 * Reads a proof; whether it holds is for `check` to say.
 *
 * @throws {FormatError} `FORMAT_INVALID`, `VERSION_UNKNOWN`, `TYPE_UNKNOWN` for a kind that is not known
 */
export function decodeProof(bytes: Uint8Array): Proof {
  return codec.decode(bytes)
}

/** The proof that `proofToJson` wrote down. @throws {FormatError} as {@link decodeProof} */
export function proofFromJson(json: unknown): Proof {
  return readProofJson(json, codec)
}
