/**
 * Bytes of proofs (spec/7-proofs §4): `{version, kind, body}`, strict. A kind is added by its {@link ProofBody};
 * packages above this one make a codec of their own with the kinds that they know.
 */
import { FormatError } from '../errors.js'
import { decodeCanonical, encodeMessage, expectVersion } from '../formats/codec.js'
import { ProofMessage } from './proofs.generated.js'

const VERSION = 1

/** Numbers of the kinds; they never change meaning. */
export const PROOF_KINDS = Object.freeze({
  head: 1,
  blocks: 2,
  consistency: 3,
  state: 4,
  equivocation: 5,
  receipt: 6,
  fraud: 7,
})

/** Names of the kinds. */
export type ProofKind = keyof typeof PROOF_KINDS

/** How proofs of one kind become bytes. */
export interface ProofBody<P> {
  /** Bytes of the body alone. */
  encode(proof: P): Uint8Array
  /** @throws {FormatError} `FORMAT_INVALID` */
  decode(body: Uint8Array): P
}

/** The kinds of a codec. */
export type ProofBodies<P extends { readonly kind: ProofKind }> = {
  readonly [K in P['kind']]: ProofBody<Extract<P, { readonly kind: K }>>
}

/** Proofs to bytes and back. */
export interface ProofCodec<P> {
  /** Bytes of a whole proof. @throws {FormatError} `TYPE_UNKNOWN` for a kind that is not among those given */
  encode(proof: P): Uint8Array
  /** @throws {FormatError} `FORMAT_INVALID`, `VERSION_UNKNOWN`, `TYPE_UNKNOWN` for a kind that is not known */
  decode(bytes: Uint8Array): P
}

/**
 * A codec for some kinds of proofs.
 *
 * @example
 * const codec = proofCodec<Proof | MyProof>({ ...PROOF_BODIES, fraud: myBody })
 */
export function proofCodec<P extends { readonly kind: ProofKind }>(bodies: ProofBodies<P>): ProofCodec<P> {
  const all = new Map(Object.entries(bodies)) as Map<unknown, ProofBody<P>>
  return Object.freeze({
    encode(proof: P): Uint8Array {
      const body = all.get(proof.kind)
      if (body === undefined) throw unknownKind(proof.kind)
      return encodeMessage(ProofMessage, {
        version: VERSION,
        kind: PROOF_KINDS[proof.kind],
        body: body.encode(proof),
      })
    },
    decode(bytes: Uint8Array): P {
      const { version, kind, body } = decodeCanonical(ProofMessage, bytes, 'proof')
      expectVersion(version, VERSION, 'proof')
      const found = all.get(KIND_NAMES.get(kind))
      if (found === undefined) throw unknownKind(kind)
      return found.decode(body)
    },
  })
}

const KIND_NAMES = new Map<number, string>(Object.entries(PROOF_KINDS).map(([name, kind]) => [kind, name]))

function unknownKind(kind: unknown): FormatError {
  return new FormatError(
    'TYPE_UNKNOWN',
    `proof: kind ${kind} is not known here, use a newer version of Vitra`,
    {
      details: { kind },
    },
  )
}
