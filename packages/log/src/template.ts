/** The one manifest that Vitra's logs have (spec/1-identity §1), in hypercore's terms. */
import type Hypercore from 'hypercore'
import { sodiumCrypto } from './crypto.js'
import { LogError } from './errors.js'
import { toHex } from './formats/hex.js'
import { type LogIdentity, logKey } from './proofs/manifest.js'
import { sameBytes } from './values/value.js'

/** The manifest of a log, as hypercore wants it. */
export function manifestOf(identity: LogIdentity): Hypercore.ManifestInput {
  return {
    version: 2,
    hash: 'blake2b',
    allowPatch: false,
    quorum: 1,
    signers: [{ signature: 'ed25519', publicKey: Buffer.from(identity.signer) }],
    userData: Buffer.from(identity.userData),
  }
}

/** @throws {LogError} `LOG_FOREIGN` for every manifest that is not exactly the template */
export function readIdentity(manifest: Hypercore.Manifest, key: Uint8Array): LogIdentity {
  const signer = manifest.signers[0]?.publicKey
  const { userData } = manifest
  if (signer && userData && userData.length <= 0xfc) {
    const identity = { signer: new Uint8Array(signer), userData: new Uint8Array(userData) }
    // The key is the hash of the manifest's bytes: equal keys mean that no other field differs.
    if (sameBytes(logKey(sodiumCrypto, identity), key)) return identity
  }
  throw new LogError(
    'LOG_FOREIGN',
    `log ${toHex(key)} was not made by Vitra: its manifest differs from the template`,
  )
}
