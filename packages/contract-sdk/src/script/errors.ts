/** What keeps a text from being a script (spec/10-scripts §5). */

import type { Node } from 'acorn'

/** Codes of {@link ScriptError}. */
export type ScriptErrorCode = 'SCRIPT_EXPORT' | 'SCRIPT_IMPORT' | 'SCRIPT_NAME' | 'SCRIPT_SYNTAX'

/** A text that is no script. Its message begins with the place. */
export class ScriptError extends Error {
  override name = 'ScriptError'
  readonly code: ScriptErrorCode
  /** In the script's own text, from 1. */
  readonly line: number
  readonly column: number

  constructor(code: ScriptErrorCode, why: string, { line, column }: Place, options?: ErrorOptions) {
    super(`script.js:${line}:${column}: ${why}`, options)
    this.code = code
    this.line = line
    this.column = column
  }
}

/** A place in a text, from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Where a node begins. */
export function placeOf({ loc }: Node): Place {
  return { line: loc!.start.line, column: loc!.start.column + 1 }
}
