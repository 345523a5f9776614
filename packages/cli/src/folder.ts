/** Which folder a command works on. */
import { existsSync, statSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import path from 'node:path'
import { CliError } from './errors.js'
import type { Io } from './io.js'
import type { GlobalOptions } from './options.js'
import { usedFolder } from './used.js'

/** The folder that is made, and looked for, where none is named. */
const FOLDER_NAME = '.vitra'

/** What the command line itself keeps in the folder of a database. */
export const OWN_FILES = [
  'command.json',
  'command.json.next',
  'vitra.sock',
  'serve.log',
  'serve.log.1',
  'monitor.json',
  'monitor.json.next',
]

/** The folder that a new database goes to. */
export function newFolder(io: Io, options: GlobalOptions): string {
  return path.resolve(io.cwd, named(io, options) ?? FOLDER_NAME)
}

/**
 * The folder of the database that a command works on: the named one, else the nearest `.vitra` upwards, else the one in use.
 *
 * @throws {CliError} `FOLDER_NOT_FOUND`
 */
export function existingFolder(io: Io, options: GlobalOptions): string {
  const found = foundFolder(io, options)
  if (found !== null) return found
  const name = named(io, options)
  if (name === undefined) throw notFound(`there is no database in ${io.cwd} or above it`)
  const by = options.dir === undefined ? 'VITRA_DIR names it' : '--dir names it'
  throw notFound(`there is no folder ${path.resolve(io.cwd, name)} (${by})`)
}

/** The same, or null where there is none. */
export function foundFolder(io: Io, options: GlobalOptions): string | null {
  const name = named(io, options)
  if (name !== undefined) {
    const folder = path.resolve(io.cwd, name)
    return existsSync(folder) ? folder : null
  }
  for (let folder = path.resolve(io.cwd); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, FOLDER_NAME)
    if (statSync(candidate, { throwIfNoEntry: false })?.isDirectory()) return candidate
    if (folder === path.dirname(folder)) break
  }
  const used = usedFolder(io)
  return used !== null && existsSync(used) ? used : null
}

function named(io: Io, options: GlobalOptions): string | undefined {
  return options.dir ?? (io.env.VITRA_DIR || undefined)
}

function notFound(message: string): CliError {
  return new CliError('FOLDER_NOT_FOUND', message, {
    hint: 'make one with `vitra init <contract.js>`, copy one with `vitra load <key>`, or name one with --dir',
  })
}

/** Makes a database in a folder; a folder that was not there, and is empty where that fails, goes again. */
export async function inNewFolder<T>(folder: string, make: () => Promise<T>): Promise<T> {
  const isNew = !existsSync(folder)
  try {
    return await make()
  } catch (error) {
    if (isNew) await rmdir(folder).catch(() => {}) // it may hold what others have put there
    throw error
  }
}
