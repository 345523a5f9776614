/** The database that its user has chosen with `vitra use`, in a file of this user's configuration. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { CliError } from './errors.js'
import type { Io } from './io.js'
import { makeFolder } from './make-folder.js'

const USE_FILE = 'use.json'

/** The folder in use, or null. */
export function usedFolder(io: Io): string | null {
  try {
    const { folder } = JSON.parse(readFileSync(configFile(io, USE_FILE), 'utf8')) as { folder?: unknown }
    return typeof folder === 'string' && path.isAbsolute(folder) ? folder : null
  } catch {
    return null // none was chosen, or the file is none of ours
  }
}

/** @throws {CliError} `FILE_UNWRITABLE`; the system's error where the disk is full */
export function rememberUsed(io: Io, folder: string): void {
  writing(configFile(io, USE_FILE), (file) => {
    makeFolder(path.dirname(file))
    writeFileSync(file, `${JSON.stringify({ folder })}\n`)
  })
}

/** @throws {CliError} `FILE_UNWRITABLE` */
export function forgetUsed(io: Io): void {
  writing(configFile(io, USE_FILE), (file) => rmSync(file, { force: true }))
}

function writing(file: string, work: (file: string) => void): void {
  try {
    work(file)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT') throw error
    throw new CliError('FILE_UNWRITABLE', `${file} cannot be written: ${message}`, {
      hint: 'set XDG_CONFIG_HOME to a folder of yours, or name the database with --dir or VITRA_DIR',
      details: { file },
      cause: error,
    })
  }
}

/** A file of this user's configuration, as the XDG base directory specification has it. */
export function configFile({ env }: Io, name: string): string {
  const { XDG_CONFIG_HOME: configured } = env
  const base = configured && path.isAbsolute(configured) ? configured : path.join(homedir(), '.config')
  return path.join(base, 'vitra', name)
}
