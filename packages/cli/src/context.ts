/** What every command works with: where the database is, what to print to, and when to stop. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { ContractLogEntry, Database } from 'vitra'
import { CliError } from './errors.js'
import { existingFolder, newFolder } from './folder.js'
import type { Io } from './io.js'
import { type OpenDatabaseOptions, openDatabase } from './open-database.js'
import type { GlobalOptions } from './options.js'
import { Output } from './output/output.js'

/** What a command works with: the world outside, its output, and the databases it opens. */
export class Context {
  readonly io: Io
  readonly options: GlobalOptions
  readonly out: Output
  /** Aborted when the user wants the command to end. */
  readonly signal: AbortSignal
  readonly #open = new Set<Database>()

  constructor(io: Io, options: GlobalOptions, signal: AbortSignal) {
    this.io = io
    this.options = options
    this.signal = signal
    this.out = new Output(io, {
      json: options.json ?? false,
      quiet: options.quiet ?? false,
      debug: options.debug ?? Boolean(io.env.VITRA_DEBUG),
    })
  }

  /** Folder for a database that is made. */
  get newFolder(): string {
    return newFolder(this.io, this.options)
  }

  /** Folder of the database that is there. @throws {CliError} `FOLDER_NOT_FOUND` */
  get folder(): string {
    return existingFolder(this.io, this.options)
  }

  /** The folder that is named, whether it is there or not; else the one that {@link folder} finds. */
  get namedFolder(): string {
    const { io, options } = this
    const name = options.dir ?? (io.env.VITRA_DIR || undefined)
    return name === undefined ? this.folder : path.resolve(io.cwd, name)
  }

  /** Opens the database that is there; it is closed when the command ends. */
  async database(
    options: Pick<OpenDatabaseOptions, 'engines' | 'durability' | 'participantLimits'> = {},
  ): Promise<Database> {
    return this.keep(await openDatabase(this.folder, { signal: this.signal, onLog: this.onLog, ...options }))
  }

  /** Begins a copy of a database in a new folder, or opens the copy that is there. */
  async copy(folder: string, key: string): Promise<Database> {
    return this.keep(await openDatabase(folder, { signal: this.signal, onLog: this.onLog, key }))
  }

  /** Has a database closed when the command ends. */
  keep(db: Database): Database {
    this.#open.add(db)
    return db
  }

  /** Ends what the command has opened. */
  async close(): Promise<void> {
    const open = [...this.#open]
    this.#open.clear()
    for (const db of open) await db.close()
  }

  /** What a contract prints with `console`. */
  readonly onLog = ({ level, text }: ContractLogEntry): void => {
    this.out.note(`contract ${level}: ${text}`)
  }

  /**
   * Bytes of a file, `-` for standard input.
   *
   * @throws {CliError} `FILE_UNREADABLE`
   */
  readonly readBytes = async (name: string): Promise<Uint8Array> => {
    if (name === '-') return this.io.readStdin()
    return readFile(path.resolve(this.io.cwd, name)).catch((error: NodeJS.ErrnoException) => {
      const why = WHY_UNREADABLE[error.code ?? ''] ?? error.message
      throw new CliError('FILE_UNREADABLE', `${name} cannot be read: ${why}`, {
        cause: error,
        hint: FILE_HINT,
      })
    })
  }

  /**
   * Text of a file, `-` for standard input.
   *
   * @throws {CliError} `FILE_UNREADABLE`
   */
  readonly readText = async (name: string): Promise<string> => {
    const bytes = await this.readBytes(name)
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch (cause) {
      const what = name === '-' ? 'standard input' : name
      throw new CliError('FILE_UNREADABLE', `${what} is not text in UTF-8`, { cause, hint: TEXT_HINT })
    }
  }
}

const FILE_HINT = 'name a file, or - for standard input'
const TEXT_HINT = 'name a file of text, or - for standard input'

const WHY_UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
}
