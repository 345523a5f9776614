/** What keeps files from becoming a contract, with the place in the author's own file. */

/** Codes of {@link BuildError}. */
export type BuildErrorCode = 'BUILDER_MISSING' | 'BUILD_FILE' | 'BUILD_IMPORT' | 'BUILD_SYNTAX'

/** One thing that is wrong. */
export interface BuildProblem {
  readonly code: BuildErrorCode
  readonly message: string
  /** Absolute path; absent where it is about no file. */
  readonly file?: string
  /** 1-based. */
  readonly line?: number
  /** 1-based, in UTF-16 units. */
  readonly column?: number
}

/** What a {@link BuildError} carries besides code and message. */
export interface BuildErrorDetails {
  /** Everything that is wrong, the first one as in `code`. */
  readonly problems: readonly BuildProblem[]
}

/** Files that make no contract. The message names file, line and column, and what to do. */
export class BuildError extends Error {
  override name = 'BuildError'
  readonly code: BuildErrorCode
  readonly details: BuildErrorDetails

  constructor(
    code: BuildErrorCode,
    message: string,
    { problems = [], cause }: { problems?: readonly BuildProblem[]; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = Object.freeze({ problems: Object.freeze([...problems]) })
  }
}
