/**
 * What a backup of a database is (spec/8-durability §4): a tar archive that begins with `vitra-backup.json`. Logs are parts of
 * blocks with what proves them, files are those of the folder.
 */
import { VitraError } from '@vitra/log'

export const MANIFEST = 'vitra-backup.json'
export const FORMAT = 1
export const LOGS = 'logs/'
export const KEYS = 'keys/'
export const FILES = 'files/'

/** The first file of a backup. */
export interface BackupManifest {
  readonly format: typeof FORMAT
  /** Key of the database, hex. */
  readonly key: string
  /** What the key is derived from, where the backup is of the copy that executes; hex. */
  readonly identity: { readonly signer: string; readonly userData: string } | null
  /** When it was begun, ms since the epoch. */
  readonly madeAt: number
  /** The participant that calls from there, hex. */
  readonly participant: string | null
  readonly logs: readonly BackupLog[]
}

interface BackupLog {
  /** Hex. */
  readonly key: string
  /** Public key of the participant whose oplog it is, hex; null for the index. */
  readonly signer: string | null
}

/** Codes of {@link BackupError}. */
export type BackupErrorCode = 'BACKUP_INVALID'

/** A backup that is none, or is damaged. */
export class BackupError extends VitraError<BackupErrorCode> {}

export function invalid(why: string, cause?: unknown): BackupError {
  return new BackupError('BACKUP_INVALID', `this is no backup that can be restored: ${why}`, { cause })
}

/** Reads a file of a backup that holds JSON. @throws {BackupError} `BACKUP_INVALID` */
export function parseJson(name: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw invalid(`${name} is not JSON`, cause)
  }
}

/** @throws {BackupError} `BACKUP_INVALID` */
export function parseManifest(bytes: Buffer): BackupManifest {
  const json = parseJson(MANIFEST, bytes) as Partial<BackupManifest> | null
  const { format, key, identity, madeAt, participant, logs } = json ?? {}
  if (typeof format === 'number' && format > FORMAT)
    throw invalid(`it has format ${format}, this version reads ${FORMAT}: use a newer version of Vitra`)
  const isSound =
    format === FORMAT &&
    isKey(key) &&
    (identity === null || (isKey(identity?.signer) && isHex(identity?.userData))) &&
    Number.isSafeInteger(madeAt) &&
    (participant === null || isKey(participant)) &&
    Array.isArray(logs) &&
    logs.every((log) => isKey(log?.key) && (log.signer === null || isKey(log.signer)))
  if (!isSound) throw invalid(`${MANIFEST} lacks what it should say`)
  return json as BackupManifest
}

function isKey(value: unknown): value is string {
  return isHex(value) && value.length === 64
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && /^([0-9a-f]{2})*$/.test(value)
}
