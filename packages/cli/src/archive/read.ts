/** The files of a script, as commands read them: all at one version, with errors that say what to do. */
import type { PastFiles } from 'vitra'
import type { Context } from '../context.js'
import { CliError, UsageError } from '../errors.js'
import { databaseToRead } from '../network.js'
import { AT_OPTION, type AtOptions, READ_OPTIONS, type ReadOptions } from '../options.js'
import { quoteForShell } from '../params/shell.js'

export interface ArchiveOptions extends ReadOptions, AtOptions {}

export const ARCHIVE_OPTIONS = [AT_OPTION, ...READ_OPTIONS]

/** What a path leads to; `other` is an entry that no script has written. */
export interface Item {
  readonly name: string
  readonly kind: 'folder' | 'text' | 'bytes' | 'other'
  /** Bytes of the content, of a text in UTF-8; null for what has none. */
  readonly size: number | null
}

/** The files at the version that is asked for; the newest where none is. @throws {DatabaseError} `NOT_A_SCRIPT` */
export async function filesToRead(context: Context, options: ArchiveOptions): Promise<PastFiles> {
  const db = await databaseToRead(context, options)
  return db.files.at(options.at)
}

/** What is at a path. */
export async function itemAt(files: PastFiles, path: string, name: string): Promise<Item> {
  const stats = await explained(files.stat(path))
  if (stats.isDirectory()) return { name, kind: 'folder', size: null }
  try {
    const content = await files.readFile(path)
    return { name, kind: typeof content === 'string' ? 'text' : 'bytes', size: stats.size }
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EINVAL') throw error
    return { name, kind: 'other', size: null }
  }
}

/** Says what a file's error means at a command line. @throws {CliError} `ENTRY_NOT_FOUND`, `USAGE` */
export async function explained<T>(work: Promise<T>): Promise<T> {
  return work.catch((error) => {
    throw asCliError(error)
  })
}

function asCliError(error: Error & { code?: string; syscall?: string; path?: string }): Error {
  const { code, syscall, message, path } = error
  if (syscall === undefined || path === undefined) return error
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new CliError('ENTRY_NOT_FOUND', `there is no file and no folder at ${path}`, {
      hint: 'see what there is with `vitra tree`',
      details: { path },
      cause: error,
    })
  if (code === 'EISDIR')
    return new UsageError('USAGE', `${path} is a folder`, `list it with \`vitra ls ${quoteForShell(path)}\``)
  return new UsageError(
    'USAGE',
    message,
    'what the database keeps besides files is read with `vitra get` and `vitra list`',
  )
}
