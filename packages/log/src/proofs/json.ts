/** Proofs as JSON for people: the fields of the proof, bytes as `{"$hex": "…"}` (spec/7-proofs §4). */
import { FormatError } from '../errors.js'
import { fromHex, toHex } from '../formats/hex.js'
import { decodeProof, encodeProof, type Proof } from './bodies.js'

/** A proof as JSON: `{"version": 1, "kind": …}` and its fields. */
export function proofToJson(proof: { readonly kind: string }): unknown {
  return { version: 1, ...(hexed(proof) as object) }
}

/**
 * The proof that {@link proofToJson} wrote down.
 *
 * @throws {FormatError} `FORMAT_INVALID`, `VERSION_UNKNOWN`, `TYPE_UNKNOWN`
 */
export function proofFromJson(json: unknown): Proof {
  return readProofJson(json, { encode: encodeProof, decode: decodeProof })
}

/** Like {@link proofFromJson}, for the kinds of another codec. */
export function readProofJson<P extends { readonly kind: string }>(
  json: unknown,
  codec: { encode(proof: P): Uint8Array; decode(bytes: Uint8Array): P },
): P {
  const { version, ...fields } = Object(json) as { version?: unknown }
  if (version !== 1)
    throw new FormatError('VERSION_UNKNOWN', `proof: version ${JSON.stringify(version)} is not known here`)
  let proof: P
  try {
    proof = codec.decode(codec.encode(unhexed(fields) as P))
  } catch (cause) {
    if (cause instanceof FormatError) throw cause
    throw new FormatError('FORMAT_INVALID', 'proof: the JSON is not that of a proof', { cause })
  }
  if (!sameJson(proofToJson(proof), json))
    throw new FormatError('FORMAT_INVALID', 'proof: the JSON holds what no proof of its kind has')
  return proof
}

function hexed(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $hex: toHex(value) }
  if (Array.isArray(value)) return value.map(hexed)
  if (typeof value !== 'object' || value === null) return value
  const present = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(present.map(([name, item]) => [name, hexed(item)]))
}

function unhexed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unhexed)
  if (typeof value !== 'object' || value === null) return value
  const { $hex } = value as { $hex?: unknown }
  if (typeof $hex === 'string' && /^(?:[0-9a-f]{2})*$/.test($hex)) return fromHex($hex)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unhexed(item)]))
}

/** The same data, in whatever order of the fields. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every(
    (name) =>
      Object.hasOwn(b, name) &&
      sameJson((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
  )
}
