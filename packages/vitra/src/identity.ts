/** A participant's own key pair, kept with the database. */
import type { ExportedIdentity, KeyStore } from '@vitra/log'

/** A key pair that is kept in the folder of a database. */
export class Identity {
  /** Hand this to whoever admits participants. */
  readonly publicKey: Buffer
  readonly #keys: KeyStore

  constructor(publicKey: Uint8Array, keys: KeyStore) {
    this.publicKey = Buffer.from(publicKey)
    this.#keys = keys
  }

  /** The key pair as text, the secret key included: for moving to another machine. */
  export(): Promise<ExportedIdentity> {
    return this.#keys.export(this.publicKey)
  }

  /** The public key, hex. */
  toString(): string {
    return this.publicKey.toString('hex')
  }
}
