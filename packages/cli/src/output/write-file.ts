/** Files that a command writes for somebody, where they were named. */
import { CliError } from '../errors.js'

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
