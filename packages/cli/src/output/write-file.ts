/** Files that a command writes for somebody, where they were named. */
import { type Stats, statSync } from 'node:fs'
import { CliError } from '../errors.js'
import type { OptionDefinition } from '../option.js'

export const FORCE_OPTION: OptionDefinition = { flags: '--force', says: 'replace the file if it is there' }

/**
 * Asks before the work whether its file may be written.
 *
 * @param file its path
 * @param name as it was given
 * @param replaces true with `--force`
 * @throws {CliError} `FILE_EXISTS`
 */
export function assertNew(file: string, { name, replaces = false }: NewFile): void {
  if (replaces || foundAt(file) === null) return
  throw new CliError('FILE_EXISTS', `${name} is there already`, {
    hint: 'name another file, or add --force to replace it',
    details: { file },
  })
}

/** What is at a place; null where there is nothing, or where that cannot be seen: writing there tells why. */
export function foundAt(file: string): Stats | null {
  try {
    return statSync(file)
  } catch {
    return null
  }
}

interface NewFile {
  readonly name: string
  readonly replaces?: boolean | undefined
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is a file',
  EISDIR: 'it is a folder',
}

/**
 * Does what writes a file.
 *
 * @param name of the file, as it was given
 * @throws {CliError} `FILE_UNWRITABLE` where the place is wrong; else what the work throws
 */
export async function writingFile<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, path } = error as { code?: unknown; path?: unknown }
    const why = typeof path === 'string' ? WHY[String(code)] : undefined
    if (why === undefined) throw error
    throw new CliError('FILE_UNWRITABLE', `${name} cannot be written: ${why}`, {
      hint: 'make the folder first, or name another file',
      details: { file: name },
      cause: error,
    })
  }
}
