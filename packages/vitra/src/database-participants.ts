/** The participants of a database as its index admits them, and the key pairs of this copy. */
import { toHex } from '@vitra/log'
import type { DatabaseCore } from './database-core.js'
import { DatabaseError } from './errors.js'
import { Identity } from './identity.js'

/** A participant's oplog, as this copy knows it. */
export interface OplogInfo {
  /** The participant's public key. */
  readonly publicKey: Buffer
  /** Key of the oplog, derived from the participant and the database. */
  readonly key: Buffer
  /** False once removed. */
  readonly active: boolean
  /** True where calls from here go to this oplog. */
  readonly local: boolean
}

export class DatabaseParticipants {
  readonly #core: DatabaseCore

  constructor(core: DatabaseCore) {
    this.#core = core
  }

  /** See `Database.oplogs`. */
  get oplogs(): OplogInfo[] {
    return this.#core.participants.inputs.map((input) => ({
      publicKey: Buffer.from(input.signer),
      key: Buffer.from(input.oplog),
      active: input.active,
      local: toHex(input.signer) === this.#core.participant.id,
    }))
  }

  /** See `Database.createIdentity`. */
  create(): Promise<Identity> {
    return this.#core.use(async () => this.#adopt((await this.#core.storage.keys.create()).publicKey))
  }

  /** See `Database.importIdentity`. */
  import(exported: unknown): Promise<Identity> {
    return this.#core.use(async () => this.#adopt((await this.#core.storage.keys.import(exported)).publicKey))
  }

  /** See `Database.deleteIdentity`. */
  async delete(publicKey: Buffer): Promise<void> {
    const kept = (await this.identities()).map((identity) => identity.publicKey)
    const rest = kept.filter((other) => !other.equals(publicKey))
    if (rest.length === kept.length)
      throw new DatabaseError('NOT_A_PARTICIPANT', `the secret key of ${toHex(publicKey)} is not kept here`)
    await this.#core.use(() => this.#core.participant.forget(publicKey, rest))
  }

  /** See `Database.identities`. */
  async identities(): Promise<Identity[]> {
    const { index, storage } = this.#core
    const own = index.log.core.manifest === null ? null : toHex(index.log.identity.signer)
    const keys = await storage.keys.list()
    return keys.filter((key) => toHex(key) !== own).map((key) => new Identity(key, storage.keys))
  }

  /** The first key pair is the one that calls from here go by. */
  async #adopt(publicKey: Uint8Array): Promise<Identity> {
    if (this.#core.participant.id === null) await this.#core.participant.choose(publicKey)
    else await this.#core.participants.open(publicKey)
    return new Identity(publicKey, this.#core.storage.keys)
  }
}
