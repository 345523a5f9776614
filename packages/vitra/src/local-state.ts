/**
 * What one copy of a database remembers beside its logs: which participant it is, whose oplogs it holds, and the
 * last head seen.
 */
import path from 'node:path'
import { fromHex, LogError, type SignedHead, type Storage, toHex } from '@vitra/log'

const LOCAL_FILE = 'local.json'

interface LocalRecord {
  /** Public key of the participant that calls from here. */
  participant?: string
  /** Public keys of the participants whose oplogs are here. */
  oplogs?: string[]
  /** Public keys of participants who may have written more than this copy was restored with. */
  restored?: string[]
  /** The last index head that an audit here has accepted. */
  seen?: { length: number; treeHash: string; signature: string }
}

export class LocalState {
  readonly #storage: Storage
  readonly #record: LocalRecord
  #participant: Uint8Array | null

  private constructor(storage: Storage, record: LocalRecord) {
    this.#storage = storage
    this.#record = record
    this.#participant = record.participant === undefined ? null : fromHex(record.participant)
  }

  /** @throws {LogError} `DATABASE_DAMAGED` */
  static async open(storage: Storage): Promise<LocalState> {
    const record = (await storage.readJson(LOCAL_FILE)) ?? {}
    if (isRecord(record)) return new LocalState(storage, record)
    const file = path.join(storage.path, LOCAL_FILE)
    throw new LogError('DATABASE_DAMAGED', `${file} is not what was written there: restore it from a backup`)
  }

  /** Public key of the participant that calls from here: the same object until another is chosen. */
  get participant(): Uint8Array | null {
    return this.#participant
  }

  /** @param publicKey null for none */
  async setParticipant(publicKey: Uint8Array | null): Promise<void> {
    if (publicKey === null) delete this.#record.participant
    else this.#record.participant = toHex(publicKey)
    this.#participant = publicKey?.slice() ?? null
    await this.#storage.writeJson(LOCAL_FILE, this.#record)
  }

  /** The participants whose oplogs are here: opened before any peer can show a fork of one. */
  get oplogs(): Uint8Array[] {
    return (this.#record.oplogs ?? []).map(fromHex)
  }

  async rememberOplogs(signers: readonly Uint8Array[]): Promise<void> {
    const known = new Set(this.#record.oplogs)
    const all = new Set([...known, ...signers.map(toHex)])
    if (all.size === known.size) return
    this.#record.oplogs = [...all]
    await this.#storage.writeJson(LOCAL_FILE, this.#record)
  }

  /** True for a participant who may have written more than this copy was restored with. */
  isRestored(signer: Uint8Array): boolean {
    return this.#record.restored?.includes(toHex(signer)) ?? false
  }

  /** @param signers public keys of participants who may have written more, wherever this copy comes from */
  async setRestored(signers: readonly Uint8Array[]): Promise<void> {
    this.#record.restored = signers.map(toHex)
    await this.#storage.writeJson(LOCAL_FILE, this.#record)
  }

  /** States that nobody has written more. */
  async forgetRestored(): Promise<void> {
    if (this.#record.restored === undefined) return
    delete this.#record.restored
    await this.#storage.writeJson(LOCAL_FILE, this.#record)
  }

  /** The last head seen, kept outside the log so that a log taken back is noticed. */
  get seen(): SignedHead | undefined {
    const { seen } = this.#record
    if (seen === undefined) return undefined
    return { length: seen.length, treeHash: fromHex(seen.treeHash), signature: fromHex(seen.signature) }
  }

  async remember(head: SignedHead): Promise<void> {
    if (head.length <= (this.#record.seen?.length ?? 0)) return
    this.#record.seen = {
      length: head.length,
      treeHash: toHex(head.treeHash),
      signature: toHex(head.signature),
    }
    await this.#storage.writeJson(LOCAL_FILE, this.#record)
  }
}

function isRecord(json: unknown): json is LocalRecord {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return false
  const { participant, oplogs, restored, seen } = json as { readonly [Name in keyof LocalRecord]: unknown }
  return (
    (participant === undefined || isHex(participant)) &&
    areKeys(oplogs) &&
    areKeys(restored) &&
    (seen === undefined || isSeen(seen))
  )
}

function areKeys(json: unknown): boolean {
  return json === undefined || (Array.isArray(json) && json.every(isHex))
}

function isSeen(json: unknown): boolean {
  const { length, treeHash, signature } = (json ?? {}) as Record<string, unknown>
  return Number.isSafeInteger(length) && isHex(treeHash) && isHex(signature)
}

function isHex(json: unknown): boolean {
  return typeof json === 'string' && /^([0-9a-f]{2})+$/.test(json)
}
