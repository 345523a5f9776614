/** What every command works with: where the database is, what to print to, and when to stop. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { ContractLogEntry, Database } from 'vitra'
import type { CommandOutline } from './command-outline.js'
import { CliError, whyUnreadable } from './errors.js'
import type { ExitCode } from './exit-codes.js'
import { existingFolder, newFolder } from './folder.js'
import { type Holder, holderOf } from './holder/mark.js'
import type { Io } from './io.js'
import { keptBy, type OpenDatabaseOptions, openDatabase } from './open-database.js'
import type { GlobalOptions } from './options.js'
import { Output } from './output/output.js'

/** What a command works with besides its words. */
export interface ContextOptions {
  readonly io: Io
  readonly options: GlobalOptions
  /** Version of the program. */
  readonly version: string
  /** Aborted when the command is to end. */
  readonly abort: AbortController
  /** The database of the process that runs the command for somebody else. */
  readonly database: Database | undefined
  /** All commands that there are. */
  readonly commands: readonly CommandOutline[]
  /** Runs another command line on a database of this process. */
  readonly runOn: (db: Database, argv: readonly string[], io: Io) => Promise<ExitCode>
  /** Runs the command line once more, after this command has closed what it opened. */
  readonly runAgain: () => Promise<ExitCode>
}

/** What a command works with: the world outside, its output, and the databases it opens. */
export class Context {
  readonly io: Io
  readonly options: GlobalOptions
  readonly out: Output
  /** Aborted when the user wants the command to end. */
  readonly signal: AbortSignal
  readonly version: string
  readonly commands: readonly CommandOutline[]
  /** Runs another command line on a database of this process. */
  readonly runOn: ContextOptions['runOn']
  /** Runs the command line once more, after this command has closed what it opened. */
  readonly runAgain: ContextOptions['runAgain']
  readonly #abort: AbortController
  /** The one of the process that runs this command for somebody else. */
  readonly #shared: Database | undefined
  readonly #open = new Set<Database>()
  readonly #onClosed: (() => void)[] = []

  constructor({ io, options, version, commands, abort, database, runOn, runAgain }: ContextOptions) {
    this.io = io
    this.options = options
    this.version = version
    this.commands = commands
    this.runOn = runOn
    this.runAgain = runAgain
    this.signal = abort.signal
    this.#abort = abort
    this.#shared = database
    this.out = new Output(io, {
      json: options.json ?? false,
      quiet: options.quiet ?? false,
      debug: options.debug ?? Boolean(io.env.VITRA_DEBUG),
    })
  }

  /** True where the command runs in a process that keeps the folder for long, for a command line elsewhere. */
  get isServed(): boolean {
    return this.#shared !== undefined
  }

  /** Has the command end, as Ctrl-C does. */
  stop(): void {
    this.#abort.abort()
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

  /** The command that keeps the folder, if one does. */
  get holder(): Holder | null {
    return holderOf(this.folder)
  }

  /**
   * The database that is there: opened, and closed when the command ends; or that of the process that runs the command.
   *
   * @throws {CliError} `DATABASE_LOCKED` where that process has it open with other options
   */
  async database(options: OpenOptions = {}): Promise<Database> {
    if (this.#shared !== undefined) {
      const { durability, engines = {} } = options
      if (durability !== undefined || Object.keys(engines).length > 0)
        throw keptBy(this.#shared.path, this.holder!)
      return this.#shared
    }
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
    for (const listener of this.#onClosed.splice(0)) listener()
  }

  /** Calls the listener once what the command has opened is closed, so that others may open it. */
  onClosed(listener: () => void): void {
    this.#onClosed.push(listener)
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
      throw new CliError('FILE_UNREADABLE', `${name} cannot be read: ${whyUnreadable(error)}`, {
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

type OpenOptions = Pick<OpenDatabaseOptions, 'engines' | 'durability' | 'participantLimits'>

const FILE_HINT = 'name a file, or - for standard input'
const TEXT_HINT = 'name a file of text, or - for standard input'
