/**
 * Secret keys on disk (spec/8-durability §3): one file per key, mode 0600, in a folder of their own,
 * so that the data beside it can be copied without them.
 */
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type KeyPair, newKeyPair, sign, sodiumCrypto } from './crypto.js'
import { makeFolder } from './disk-full.js'
import { LogError } from './errors.js'
import { fromHex, toHex } from './formats/hex.js'
import { syncFolder } from './journal.js'
import { sameBytes } from './values/value.js'

/** A key pair as text, for moving an identity to another machine. It holds the secret key. */
export interface ExportedIdentity {
  readonly format: 1
  readonly publicKey: string
  readonly secretKey: string
}

/** The secret keys of one folder. */
export class KeyStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Makes a key pair and keeps it. */
  async create(): Promise<KeyPair> {
    const pair = newKeyPair()
    await this.#save(pair)
    return pair
  }

  /** The key pair with this public key, or null. @throws {LogError} `KEY_INVALID` for a damaged file */
  async get(publicKey: Uint8Array): Promise<KeyPair | null> {
    const text = await readText(this.#file(publicKey))
    if (text === null) return null
    const pair = parseIdentity(parseJson(text))
    if (sameBytes(pair.publicKey, publicKey)) return pair
    throw new LogError('KEY_INVALID', `the key file of ${toHex(publicKey)} holds another key: restore it`)
  }

  /** A pair that serves one purpose of this copy, made at the first call; it is not in the list. @throws {LogError} `KEY_INVALID` */
  async ofPurpose(name: string): Promise<KeyPair> {
    const file = path.join(this.#folder, `${name}.json`)
    const text = await readText(file)
    if (text !== null) return parseIdentity(parseJson(text))
    const pair = newKeyPair()
    await this.#save(pair, file)
    return pair
  }

  /** Public keys of all pairs kept here. */
  async list(): Promise<Uint8Array[]> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    return names.filter((name) => /^[0-9a-f]{64}\.json$/.test(name)).map((name) => fromHex(name.slice(0, 64)))
  }

  /** The pair as text. @throws {LogError} `KEY_NOT_FOUND` */
  async export(publicKey: Uint8Array): Promise<ExportedIdentity> {
    const pair = await this.get(publicKey)
    if (pair === null)
      throw new LogError('KEY_NOT_FOUND', `the secret key of ${toHex(publicKey)} is not kept here`)
    return toText(pair)
  }

  /** Keeps a pair that was exported elsewhere. @throws {LogError} `KEY_INVALID` */
  async import(identity: unknown): Promise<KeyPair> {
    const pair = parseIdentity(identity)
    await this.#save(pair)
    return pair
  }

  /** Removes a pair for good. @throws {LogError} `KEY_NOT_FOUND` */
  async remove(publicKey: Uint8Array): Promise<void> {
    if ((await this.get(publicKey)) === null)
      throw new LogError('KEY_NOT_FOUND', `the secret key of ${toHex(publicKey)} is not kept here`)
    await rm(this.#file(publicKey))
    await syncFolder(this.#folder)
  }

  async #save(pair: KeyPair, file = this.#file(pair.publicKey)): Promise<void> {
    const made = await makeFolder(this.#folder, 0o700)
    await writeFile(`${file}.next`, `${JSON.stringify(toText(pair), null, 2)}\n`, {
      mode: 0o600,
      flush: true,
    })
    await rename(`${file}.next`, file)
    await syncFolder(this.#folder)
    if (made !== undefined) await syncFolder(path.dirname(this.#folder))
  }

  #file(publicKey: Uint8Array): string {
    return path.join(this.#folder, `${toHex(publicKey)}.json`)
  }
}

async function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

function toText(pair: KeyPair): ExportedIdentity {
  return { format: 1, publicKey: toHex(pair.publicKey), secretKey: toHex(pair.secretKey) }
}

const PROBE = new TextEncoder().encode('vitra/key-check/1')

/** @throws {LogError} `KEY_INVALID` */
function parseIdentity(identity: unknown): KeyPair {
  const { format, publicKey, secretKey } = (identity ?? {}) as Record<string, unknown>
  if (format !== 1 || !isHex(publicKey, 64) || !isHex(secretKey, 128)) {
    throw new LogError('KEY_INVALID', 'an identity is {format: 1, publicKey, secretKey}, both keys in hex')
  }
  const pair = { publicKey: fromHex(publicKey), secretKey: fromHex(secretKey) }
  if (!sodiumCrypto.verify(PROBE, sign(PROBE, pair.secretKey), pair.publicKey)) {
    throw new LogError('KEY_INVALID', 'the secret key does not belong to the public key')
  }
  return pair
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new LogError('KEY_INVALID', 'a key file is not JSON: restore it from a backup', { cause })
  }
}

function isHex(value: unknown, digits: number): value is string {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value)
}
