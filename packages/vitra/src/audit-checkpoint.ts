/**
 * Up to where audits and monitors of a copy have checked everything, kept in its folder (spec/8-durability §1), so that
 * the next one can go on from there. It is signed with a key of this copy, since whoever believes it checks less.
 * Nothing depends on the file: an audit that finds its place not in the log begins at genesis.
 */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import {
  fromHex,
  type KeyPair,
  LogError,
  type Storage,
  sign,
  sodiumCrypto,
  taggedHash,
  toHex,
  uint64,
} from '@vitra/log'
import type { AuditPlace } from '@vitra/verifier/replay'
import { Throttle } from './throttle.js'

export const CHECKPOINT_FILE = 'audit.json'
/** Name of the key in the folder that signs it; it is nobody's identity. */
const KEY = 'audit'
/** Raised where an audit checks more than before, so that what older software has passed is checked again. */
const FORMAT = 1
const TAG = 'vitra/audit/1'
/** The place is written this often at most, in ms; what a crash loses is checked again. */
const WRITE_MS = 1000

/** What is in the folder: a place, or one that this copy has not signed, which is not gone on from. */
export interface KeptPlace {
  readonly place: AuditPlace | null
  /** Index length that a refused one names; 0 where there is none. */
  readonly refused: number
}

export class AuditCheckpoint {
  readonly #storage: Storage
  /** The database's public key. */
  readonly #database: Uint8Array
  #refused = 0
  readonly #onFailure: (error: Error) => void
  readonly #write: Throttle
  #place: AuditPlace | null = null
  #written: AuditPlace | null = null
  #isClosed = false
  #writing: Promise<void> = Promise.resolve()

  constructor(storage: Storage, database: Uint8Array, onFailure: (error: Error) => void) {
    this.#storage = storage
    this.#database = database
    this.#onFailure = onFailure
    this.#write = new Throttle(WRITE_MS, () => void this.flush().catch(this.#onFailure))
  }

  /** The place that was kept last; null where there is none, or none that can be read, or was signed here. */
  async load(): Promise<KeptPlace> {
    if (this.#place === null && this.#written === null) {
      const kept = parseCheckpoint(await this.#read())
      const isOwn = kept !== null && (await this.#isOwn(kept))
      this.#refused = kept === null || isOwn ? 0 : kept.version
      if (isOwn) this.#place = this.#written = { version: kept.version, treeHash: kept.treeHash }
    }
    return { place: this.#place, refused: this.#refused }
  }

  /** Keeps a place; the furthest one of several audits. */
  keep(place: AuditPlace): void {
    if (this.#isClosed || place.version <= (this.#place?.version ?? 0)) return
    this.#place = place
    this.#write.ask()
  }

  /** Forgets the place. */
  async drop(): Promise<void> {
    this.#place = null
    this.#refused = 0
    await this.#inTurn(async () => {
      await rm(path.join(this.#storage.path, CHECKPOINT_FILE), { force: true })
      this.#written = null
    })
  }

  /** Writes what is kept and not written yet. */
  flush(): Promise<void> {
    return this.#inTurn(async () => {
      const place = this.#place
      if (place === null || place === this.#written) return
      const key = await this.#storage.keys.ofPurpose(KEY)
      await this.#storage.writeJson(CHECKPOINT_FILE, signedCheckpoint(key, this.#database, place))
      this.#written = place
    })
  }

  /** Writes for the last time. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#write.end()
    await this.flush()
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(work)
    this.#writing = done.catch(forget)
    return done
  }

  async #isOwn(kept: SignedPlace): Promise<boolean> {
    try {
      const { publicKey } = await this.#storage.keys.ofPurpose(KEY)
      return sodiumCrypto.verify(signable(this.#database, kept), kept.signature, publicKey)
    } catch (error) {
      if (error instanceof LogError) return false
      throw error
    }
  }

  async #read(): Promise<unknown> {
    try {
      return await this.#storage.readJson(CHECKPOINT_FILE)
    } catch (error) {
      if (error instanceof LogError) return null
      throw error
    }
  }
}

interface SignedPlace extends AuditPlace {
  readonly signature: Uint8Array
}

/** What the file holds. */
export function signedCheckpoint(key: KeyPair, database: Uint8Array, place: AuditPlace): object {
  return {
    format: FORMAT,
    version: place.version,
    treeHash: toHex(place.treeHash),
    signature: toHex(sign(signable(database, place), key.secretKey)),
  }
}

function signable(database: Uint8Array, { version, treeHash }: AuditPlace): Uint8Array {
  return taggedHash(sodiumCrypto, TAG, database, uint64(version), treeHash)
}

function parseCheckpoint(json: unknown): SignedPlace | null {
  const { format, version, treeHash, signature } = (json ?? {}) as Record<string, unknown>
  if (format !== FORMAT || !Number.isSafeInteger(version) || Number(version) < 0) return null
  if (!isHex(treeHash, 32) || !isHex(signature, 64)) return null
  return { version: version as number, treeHash: fromHex(treeHash), signature: fromHex(signature) }
}

function isHex(json: unknown, bytes: number): json is string {
  return typeof json === 'string' && json.length === 2 * bytes && /^[0-9a-f]+$/.test(json)
}

/** Whoever asked for the write is told. */
function forget(): void {}
