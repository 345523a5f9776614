/** Writes a backup of a database that is open. */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { copyOut, type DescribedDatabase, type Log, type Storage, toHex } from '@vitra/log'
import tar from 'tar-stream'
import { FRAUD_FOLDER } from '../fraud-store.js'
import { SUSPECTS_FILE } from '../suspect-store.js'
import { TRANSACTIONS_FILE } from '../transaction-store.js'
import { type BackupManifest, FILES, FORMAT, KEYS, LOGS, MANIFEST } from './format.js'

/** How a backup is made. */
export interface ExportOptions {
  /** False leaves the secret keys out: whoever restores it has a copy that only reads. Default true. */
  readonly keys?: boolean
}

/** What a backup is made of. */
export interface Exported {
  readonly storage: Storage
  readonly database: DescribedDatabase
  /** Public key of the participant that calls from here. */
  readonly participant: Uint8Array | null
  readonly index: Log
  readonly oplogs: readonly { readonly signer: Uint8Array; readonly log: Log }[]
}

/**
 * The bytes of a backup.
 *
 * @throws {LogError} `BLOCK_MISSING` where a block of a log is not here
 */
export async function* exportDatabase(
  { storage, database, participant, index, oplogs }: Exported,
  { keys = true }: ExportOptions = {},
): AsyncGenerator<Uint8Array> {
  const pack = tar.pack()
  const logs = [{ signer: null, log: index }, ...oplogs]
  const { identity } = database
  const manifest: BackupManifest = {
    format: FORMAT,
    key: toHex(database.key),
    identity:
      identity === null ? null : { signer: toHex(identity.signer), userData: toHex(identity.userData) },
    madeAt: Date.now(),
    participant: participant === null || !keys ? null : toHex(participant),
    logs: logs.map(({ signer, log }) => ({
      key: toHex(log.key),
      signer: signer === null ? null : toHex(signer),
    })),
  }
  const write = async () => {
    await put(pack, MANIFEST, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`))
    // The index first: oplogs grow meanwhile, and have every op that it speaks of.
    for (const { log } of logs) {
      let part = 0
      for await (const bytes of copyOut(log)) {
        const number = String(part++).padStart(8, '0')
        await put(pack, `${LOGS}${toHex(log.key)}/${number}`, bytes)
      }
    }
    for (const [name, bytes] of await ownFiles(storage)) await put(pack, `${FILES}${name}`, bytes)
    if (keys)
      for (const publicKey of await storage.keys.list()) {
        const text = JSON.stringify(await storage.keys.export(publicKey))
        await put(pack, `${KEYS}${toHex(publicKey)}.json`, Buffer.from(text), 0o600)
      }
    pack.finalize()
  }
  const written = write().catch((error) => pack.destroy(error))
  try {
    for await (const chunk of pack as AsyncIterable<Uint8Array>) yield chunk
  } finally {
    pack.destroy() // what is being written for nobody ends
    await written
  }
}

function put(pack: tar.Pack, name: string, bytes: Uint8Array, mode = 0o644): Promise<void> {
  return new Promise((resolve, reject) => {
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    pack.entry({ name, mode }, content, (error) => (error ? reject(error) : resolve()))
  })
}

/** What this copy knows beside its logs; what an audit here has signed for itself is left out. */
async function ownFiles(storage: Storage): Promise<[name: string, bytes: Uint8Array][]> {
  const frauds = await readdir(path.join(storage.path, FRAUD_FOLDER)).catch(noneThere)
  const names = [SUSPECTS_FILE, TRANSACTIONS_FILE, ...(frauds ?? []).map((name) => `${FRAUD_FOLDER}/${name}`)]
  const files: [string, Uint8Array][] = []
  for (const name of names) {
    const bytes = await readFile(path.join(storage.path, name)).catch(noneThere)
    if (bytes !== null) files.push([name, bytes])
  }
  return files
}

function noneThere(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
