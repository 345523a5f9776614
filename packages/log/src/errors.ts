/**
 * The errors of `@vitra/log`. Every error carries a stable `code`; its message says what happened
 * and what to do. Codes never change meaning; `docs/errors` has a page for each.
 */

export interface VitraErrorOptions {
  cause?: unknown
  details?: Readonly<Record<string, unknown>>
}

/**
 * Base of every error that Vitra throws on purpose. A class names its codes, so that no other can be thrown.
 *
 * @example
 * try { await db.call('get', {}) } catch (error) { if (error instanceof VitraError) console.log(error.code) }
 */
export class VitraError<Code extends string = string> extends Error {
  override name = 'VitraError'
  readonly code: Code
  /** Plain data about the case, safe to print. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: Code, message: string, options: VitraErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = Object.freeze({ ...options.details })
  }
}

/** Codes of {@link ValueError}. */
export type ValueErrorCode =
  | 'VALUE_REFUSED'
  | 'VALUE_TOO_LARGE'
  | 'VALUE_BYTES_INVALID'
  | 'LIST_OPTIONS_INVALID'

/** A value outside the value model (spec/5-values). `details.at` is the path inside the value. */
export class ValueError extends VitraError<ValueErrorCode> {
  override name = 'ValueError'
}

/** A path that is not in canonical form (spec/2-index §3). */
export class PathError extends VitraError<'PATH_INVALID'> {
  override name = 'PathError'
}

/** Codes of {@link FormatError}. */
export type FormatErrorCode =
  | 'FORMAT_INVALID'
  | 'VERSION_UNKNOWN'
  | 'TYPE_UNKNOWN'
  | 'RULES_INVALID'
  | 'RULES_UNKNOWN'

/** Bytes that are not the canonical encoding of the format they claim to be. */
export class FormatError extends VitraError<FormatErrorCode> {
  override name = 'FormatError'
}

/** Codes of {@link LogError}. */
export type LogErrorCode =
  | 'DATABASE_NOT_FOUND'
  | 'DATABASE_EXISTS'
  | 'DATABASE_LOCKED'
  | 'DATABASE_COPIED'
  | 'DATABASE_DAMAGED'
  | 'DATABASE_FORMAT'
  | 'FOLDER_NOT_EMPTY'
  | 'STORAGE_CLOSED'
  | 'STORAGE_FAILED'
  | 'STORAGE_FULL'
  | 'COPY_INVALID'
  | 'KEY_INVALID'
  | 'KEY_NOT_FOUND'
  | 'KEY_WRONG'
  | 'BLOCK_MISSING'
  | 'HYPERCORE_VERSION'
  | 'INDEX_EMPTY'
  | 'INDEX_UNREADABLE'
  | 'NOT_A_BATCH_END'
  | 'LOG_BEHIND'
  | 'LOG_CONTRADICTS_JOURNAL'
  | 'LOG_DAMAGED'
  | 'LOG_FOREIGN'
  | 'LOG_FORKED'
  | 'LOG_GREW'
  | 'LOG_UNKNOWN'
  | 'LOG_UNSURE'
  | 'JOURNAL_BROKEN'
  | 'JOURNAL_FAILED'
  | 'JOURNAL_VERSION'

/** A log or its storage cannot be used as asked. */
export class LogError extends VitraError<LogErrorCode> {
  override name = 'LogError'
}
