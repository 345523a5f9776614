/** The secret keys of a folder: whether those that it writes with are there, whole, and for their owner only. */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { type DescribedDatabase, type KeyPair, type Storage, toHex } from '@vitra/log'
import type { LocalState } from '../local-state.js'
import type { Diagnoses } from './diagnosis.js'
import { tellUnread } from './folder.js'

/** Whose logs the folder can write. */
export interface OwnKeys {
  /** Signs the index. */
  readonly executor: Uint8Array | null
  readonly participants: readonly Uint8Array[]
}

export async function examineKeys(
  storage: Storage,
  { identity }: DescribedDatabase,
  local: LocalState | null,
  found: Diagnoses,
): Promise<OwnKeys> {
  const read = (publicKey: Uint8Array) => readKey(storage, publicKey, found)
  const signer = identity?.signer ?? null
  const executor = signer === null ? null : await read(signer)
  if (signer !== null && executor === null) tellMissing(storage, signer, EXECUTES, found)
  const chosen = local?.participant ?? null
  const kept = await storage.keys.list()
  const participants: Uint8Array[] = []
  for (const publicKey of kept) {
    if (signer !== null && toHex(publicKey) === toHex(signer)) continue
    if ((await read(publicKey)) !== null) participants.push(publicKey)
  }
  if (chosen !== null && !kept.some((key) => toHex(key) === toHex(chosen)))
    tellMissing(storage, chosen, CALLS, found)
  return { executor: executor?.publicKey ?? null, participants }
}

const EXECUTES = 'without it nothing is executed from here'
const CALLS = 'without it nothing can be called from here'

function tellMissing(storage: Storage, publicKey: Uint8Array, effect: string, found: Diagnoses): void {
  const file = keyFile(storage, publicKey)
  const advice = `restore ${file} from a backup; nobody can make it anew`
  found.problem('key-missing', `the secret key of ${toHex(publicKey)} is not here: ${effect}`, advice, {
    file,
  })
}

async function readKey(storage: Storage, publicKey: Uint8Array, found: Diagnoses): Promise<KeyPair | null> {
  const file = keyFile(storage, publicKey)
  try {
    const pair = await storage.keys.get(publicKey)
    if (pair === null) return null
    const { mode } = await stat(file)
    if ((mode & 0o077) !== 0 && process.platform !== 'win32')
      found.problem('key-open', `${file} can be read by others`, `chmod 600 ${file}`, { file })
    return pair
  } catch (error) {
    tellUnread(file, error, found)
    return null
  }
}

function keyFile(storage: Storage, publicKey: Uint8Array): string {
  return path.join(storage.path, 'keys', `${toHex(publicKey)}.json`)
}
