/**
 * The errors of `@vitra/log`. Every error carries a stable `code`; its message says what happened
 * and what to do. Codes never change meaning.
 */

export interface VitraErrorOptions {
  cause?: unknown
  details?: Readonly<Record<string, unknown>>
}

/**
 * Base of every error that Vitra throws on purpose.
 *
 * @example
 * try { await db.call('get', {}) } catch (error) { if (error instanceof VitraError) console.log(error.code) }
 */
export class VitraError extends Error {
  override name = 'VitraError'
  readonly code: string
  /** Plain data about the case, safe to print. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, options: VitraErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = Object.freeze({ ...options.details })
  }
}

/** A value outside the value model (spec/5-values). `details.at` is the path inside the value. */
export class ValueError extends VitraError {
  override name = 'ValueError'
}

/** A path that is not in canonical form (spec/2-index §3). */
export class PathError extends VitraError {
  override name = 'PathError'
}

/** Bytes that are not the canonical encoding of the format they claim to be. */
export class FormatError extends VitraError {
  override name = 'FormatError'
}

/** A log or its storage cannot be used as asked. */
export class LogError extends VitraError {
  override name = 'LogError'
}
