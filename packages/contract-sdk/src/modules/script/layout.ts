/** Where a script's database keeps things (spec/10-scripts §2): files at their own paths, the rest below reserved names. */

/** That the script has begun, who owns it, and which variables are kept. */
export const RECORD_PATH = '/.script'
/** Exported variables, one entry each. */
export const EXPORTS_PATH = '/.exports'

const RESERVED = [RECORD_PATH, EXPORTS_PATH, '/.sys']

/** What the entry of a folder holds; that of a file holds its text or its bytes. */
export const FOLDER: Readonly<Record<string, never>> = Object.freeze({})

/** What stands in {@link RECORD_PATH}. */
export interface ScriptRecord {
  /** Public key of the participant that made the first call, hex. */
  readonly owner: string
  /** Names of the variables that are kept, in the order in which they came. */
  readonly variables: readonly string[]
}

/** True for a path that is no file's and no folder's. */
export function isReserved(path: string): boolean {
  return RESERVED.some((name) => path === name || path.startsWith(`${name}/`))
}

/** What an entry is, from the first byte of its encoded value (spec/5-values). */
export type EntryKind = 'folder' | 'text' | 'bytes' | 'other'

/**
 * What the entry of a path is to a script.
 *
 * @param encoded the canonical bytes of the entry's value
 */
export function kindOf(encoded: Uint8Array): EntryKind {
  const first = encoded[0]!
  if (first === 0xa0) return 'folder'
  if (first >> 5 === 3) return 'text'
  return first >> 5 === 2 ? 'bytes' : 'other'
}

/** Bytes of the text or of the bytes that an encoded value holds. */
export function contentLength(encoded: Uint8Array): number {
  const info = encoded[0]! & 0x1f
  return encoded.length - 1 - (info < 24 ? 0 : 1 << (info - 24))
}
