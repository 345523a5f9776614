// Files of vectors of proofs, the same for each kind.
import { filled, flipped } from './json.mjs'
import { keyPair } from './keys.mjs'

/** What no head survives; `head` and `identity` are those of `proof`. */
export function tamperedHead(_api, key, proof, { head, identity }) {
  return [
    ['another key', filled(1), proof],
    ['another length', key, { ...proof, head: { ...head, length: 8 } }],
    ['no length', key, { ...proof, head: { ...head, length: 0 } }],
    ['a bit of the tree hash', key, { ...proof, head: { ...head, treeHash: flipped(head.treeHash) } }],
    ['a bit of the signature', key, { ...proof, head: { ...head, signature: flipped(head.signature) } }],
    ['another signer', key, { ...proof, identity: { ...identity, signer: keyPair(3).publicKey } }],
    ['other user data', key, { ...proof, identity: { ...identity, userData: flipped(identity.userData) } }],
  ]
}

/**
 * A file of vectors; `sample` is a valid proof, whose bytes are broken in the ways that every kind refuses, and in those
 * of `breaks`, which are given its body. Vectors with `isShort` go without JSON.
 */
export function proofFile(api, spec, { valid, invalid, inconclusive, sample, breaks = [] }) {
  const bytes = api.encodeProof(sample)
  const unproved = ([comment, key, proof, more]) => ({ comment, key, ...more, bytes: api.encodeProof(proof) })
  return {
    spec,
    valid: valid.map(([comment, key, proof, { isShort, ...more } = {}]) => ({
      comment,
      key,
      ...more,
      bytes: api.encodeProof(proof),
      ...(isShort ? {} : { json: JSON.stringify(api.proofToJson(proof)) }),
    })),
    invalid: invalid.map(unproved),
    ...(inconclusive === undefined ? {} : { inconclusive: inconclusive.map(unproved) }),
    malformed: [
      ['no byte', new Uint8Array(), 'FORMAT_INVALID'],
      ['another version', bytes.with(1, 2), 'VERSION_UNKNOWN'],
      ['an unknown kind', bytes.with(3, 99), 'TYPE_UNKNOWN'],
      ['a byte less', bytes.subarray(0, -1), 'FORMAT_INVALID'],
      ['a byte more', Uint8Array.of(...bytes, 0), 'FORMAT_INVALID'],
      ['a field that nobody knows', Uint8Array.of(...bytes, 0x20, 1), 'FORMAT_INVALID'],
      [
        'the version written with two bytes',
        Uint8Array.of(8, 0x81, 0, ...bytes.subarray(2)),
        'FORMAT_INVALID',
      ],
      ...breaks.map(([comment, rewrite]) => [comment, wrapBody(bytes, rewrite), 'FORMAT_INVALID']),
    ].map(([comment, wrong, reason]) => ({ comment, bytes: wrong, reason })),
  }
}

/** A proof with another body. */
function wrapBody(bytes, rewrite) {
  let at = 5 // version and kind, the tag of the body
  let size = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]
    size += (byte & 127) * 2 ** shift
    if (byte < 128) break
  }
  const body = rewrite(bytes.subarray(bytes.length - size))
  const length = []
  for (let left = body.length; ; left >>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left)
    if (left < 128) break
  }
  return Uint8Array.of(...bytes.subarray(0, 5), ...length, ...body)
}
