/** Names of the archive as names on disk: contracts choose them, and a system holds not all of them. */
import path from 'node:path'
import { CliError } from '../errors.js'

/** Names that Windows keeps for devices, and characters that it has no names with. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no name holds there.
const UNUSABLE = /[<>:"\\|?*\u0000-\u001f]|[. ]$/

/**
 * Sees that a path leads to below the folder that it is put in, and nowhere else.
 *
 * @param platform that the files are for
 * @throws {CliError} `FILE_UNWRITABLE`
 */
export function assertName(from: string, platform: NodeJS.Platform = process.platform): void {
  const { sep } = platform === 'win32' ? path.win32 : path.posix
  for (const name of from.slice(1).split('/')) {
    const leads = name === '' || name === '.' || name === '..' || name.includes(sep) || name.includes('\0')
    if (leads || (platform === 'win32' && (DEVICE.test(name) || UNUSABLE.test(name)))) throw noName(from)
  }
}

/** What the system's refusal of a name means; any other error as it is. */
export function unwritable(from: string, error: NodeJS.ErrnoException): unknown {
  const { code } = error
  if (code === 'ENAMETOOLONG' || code === 'EILSEQ' || code === 'EINVAL') return noName(from, error)
  if (code === 'EEXIST')
    return noName(from, error, 'the disk takes its name for another one of the same folder')
  return error
}

function noName(from: string, cause?: unknown, why = 'this system has no such names'): CliError {
  return new CliError('FILE_UNWRITABLE', `${from} cannot be written: ${why}`, {
    hint: 'write the file elsewhere with `vitra cat`',
    details: { path: from },
    cause,
  })
}
