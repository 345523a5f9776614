/** Errors of the command line itself. Those of the library pass through with their own codes. */
import { EXIT, type ExitCode } from './exit-codes.js'

/** What an error of the command line carries besides code and message. */
export interface CliErrorOptions {
  readonly exit?: ExitCode
  /** What to try next: a sentence, with the command in it. */
  readonly hint?: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** Codes of {@link CliError}. */
export type CliErrorCode =
  | 'DATABASE_LOCKED'
  | 'ENTRY_NOT_FOUND'
  | 'FILE_EXISTS'
  | 'FILE_UNREADABLE'
  | 'FILE_UNWRITABLE'
  | 'FOLDER_NOT_FOUND'
  | 'FOLDER_NOT_PRIVATE'
  | 'FRAUD_NOT_FOUND'
  | 'FRAUD_NOT_PROVED'
  | 'HOLDER_GONE'
  | 'HOLDER_VERSION'
  | 'INTERRUPTED'
  | 'NOT_CONFIRMED'
  | 'NO_ADMITTING_METHOD'
  | 'NO_PEER'
  | 'SERVE_NOT_STARTED'
  | 'SERVE_NOT_STOPPED'
  | 'PARAMETER_INVALID'
  | 'TESTS_NOT_FOUND'
  | 'TX_NOT_FOUND'
  | 'USAGE'

/** A command that could not be done. */
export class CliError extends Error {
  override name = 'CliError'
  readonly code: CliErrorCode
  readonly exit: ExitCode
  readonly hint: string | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: CliErrorCode, message: string, options: CliErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.exit = options.exit ?? EXIT.failed
    this.hint = options.hint
    this.details = Object.freeze({ ...options.details })
  }
}

/** The command line is wrong. */
export class UsageError extends CliError {
  override name = 'UsageError'

  constructor(code: 'USAGE' | 'PARAMETER_INVALID', message: string, hint?: string) {
    super(code, message, { exit: EXIT.usage, ...(hint === undefined ? {} : { hint }) })
  }
}

/** What keeps a file from being read, in words. */
export function whyUnreadable({ code, message }: NodeJS.ErrnoException): string {
  return WHY_UNREADABLE[code ?? ''] ?? message
}

const WHY_UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'its folder is a file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
}
