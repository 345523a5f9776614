/** What the tests of this package share: throw-away folders, logs of their own, fixed keys, replication. */
import { cp, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sodium from 'sodium-universal'
import { onTestFinished } from 'vitest'
import {
  type KeyPair,
  Log,
  type LogStore,
  LogWriter,
  newKeyPair,
  oplogIdentity,
  randomBytes,
  Storage,
} from '../src/index.js'

/** A folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vitra-log-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A key pair that is the same at every run: `seed` fills its 32 bytes. */
export function fixedKeyPair(seed: number): KeyPair {
  const publicKey = new Uint8Array(sodium.crypto_sign_PUBLICKEYBYTES)
  const secretKey = new Uint8Array(sodium.crypto_sign_SECRETKEYBYTES)
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, new Uint8Array(32).fill(seed))
  return { publicKey, secretKey }
}

/** 32 bytes, all alike. */
export function filled(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte)
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

/** An open log with its writer, in throw-away storage or in a folder given; closed when the test ends. */
export interface OpenLog {
  readonly storage: Storage
  readonly keyPair: KeyPair
  readonly log: Log
  readonly writer: LogWriter
  close(): Promise<void>
}

export async function createLog(
  options: { folder?: string; keyPair?: KeyPair; indexKey?: Uint8Array } = {},
): Promise<OpenLog> {
  const storage = options.folder === undefined ? Storage.temporary() : Storage.at(options.folder)
  await storage.create()
  await storage.describe({ key: filled(1), identity: null })
  return openWriter(storage, options.keyPair ?? newKeyPair(), options.indexKey ?? randomBytes(32))
}

/** Opens a folder that `createLog` made. */
export async function loadLog(folder: string, keyPair: KeyPair, indexKey: Uint8Array): Promise<OpenLog> {
  const storage = Storage.at(folder)
  await storage.load()
  return openWriter(storage, keyPair, indexKey)
}

async function openWriter(storage: Storage, keyPair: KeyPair, indexKey: Uint8Array): Promise<OpenLog> {
  let log: Log | undefined
  let writer: LogWriter | undefined
  const close = async () => {
    await writer?.close()
    await log?.close()
    await storage.close()
    writer = log = undefined
  }
  onTestFinished(close)
  try {
    log = await Log.open(storage, oplogIdentity(keyPair.publicKey, indexKey))
    writer = await LogWriter.open(log, storage, keyPair)
  } catch (error) {
    await close()
    throw error
  }
  return { storage, keyPair, log, writer, close }
}

/** A second replica of a log in throw-away storage of its own. */
export async function createReplica(key: Uint8Array): Promise<{ storage: Storage; log: Log }> {
  const storage = Storage.temporary()
  await storage.create()
  const log = await Log.open(storage, key)
  onTestFinished(async () => {
    await log.close()
    await storage.close()
  })
  return { storage, log }
}

/** Connects two stores; returns what cuts the connection. */
export function connect(a: LogStore, b: LogStore): () => Promise<void> {
  const left = a.replicate(true)
  const right = b.replicate(false)
  left.on('error', ignoreCut)
  right.on('error', ignoreCut)
  left.pipe(right).pipe(left)
  const cut = async () => {
    const closed = Promise.all([onClose(left), onClose(right)])
    left.destroy()
    right.destroy()
    await closed
  }
  onTestFinished(cut)
  return cut
}

type Stream = ReturnType<LogStore['replicate']>

function onClose(stream: Stream): Promise<void> {
  if (stream.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    stream.on('close', () => resolve())
  })
}

/** A connection that is cut reports it; the tests cut them on purpose. */
function ignoreCut(): void {}

/** Waits until `condition` holds; fails after `ms`. */
export async function until(condition: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const deadline = performance.now() + ms
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('waited in vain')
    await pause(2)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Every file below a folder, relative to it. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()
}

export async function bytesBelow(folder: string): Promise<Buffer[]> {
  return Promise.all((await filesBelow(folder)).map((file) => readFile(path.join(folder, file))))
}

/** The file by which the store notices that its folder was copied: it stays where it is. */
const DEVICE_FILE = 'CORESTORE'

/** What a backup of a folder restored in place gives: the same folder with older contents. */
export async function restore(backup: string, folder: string, part: 'logs' | 'journal'): Promise<void> {
  const target = path.join(folder, part)
  for (const name of await readdir(target)) {
    if (name !== DEVICE_FILE) await rm(path.join(target, name), { recursive: true })
  }
  await cp(path.join(backup, part), target, {
    recursive: true,
    filter: (source) => path.basename(source) !== DEVICE_FILE,
  })
}

/** Takes a backup of a folder, open or not. */
export async function backUp(folder: string): Promise<string> {
  for (;;) {
    const backup = await temporaryFolder()
    try {
      await cp(folder, backup, { recursive: true })
      return backup
    } catch (error) {
      // RocksDB has merged files meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

/** The class of file handles, which Node does not export. */
export async function fileHandlePrototype(): Promise<{
  datasync(): Promise<void>
  sync(): Promise<void>
  truncate(length?: number): Promise<void>
  appendFile(bytes: Uint8Array | string): Promise<void>
}> {
  const handle = await open('.', 'r')
  const prototype = Object.getPrototypeOf(handle)
  await handle.close()
  return prototype
}

/** How a call was refused: name, code and, for values, the place. Fails where it was not. */
export function refusal(work: () => unknown): { name?: string; code?: string; at?: unknown } {
  try {
    work()
  } catch (error) {
    const { name, code, details } = error as { name: string; code: string; details?: { at?: unknown } }
    return { name, code, ...(details?.at === undefined ? {} : { at: details.at }) }
  }
  throw new Error('nothing was refused')
}

/** A copy with one bit changed. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const out = bytes.slice()
  out[bit >> 3]! ^= 1 << (bit & 7)
  return out
}
