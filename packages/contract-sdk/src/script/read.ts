/** Scripts out of the contracts that they were compiled to (spec/10-scripts §5). */
import { compileScript, HEAD_LINES, splitCompiled } from './compile.js'
import type { Place } from './errors.js'
import { MARK, unmark, unmarkColumn } from './marks.js'

/**
 * The script of a published contract, as it was written; null where the contract is none that the compiler makes.
 *
 * @example readScript(await db.source()) // "exports.topicCounter = 0\n…"
 */
export function readScript(source: string): string | null {
  const split = splitCompiled(source)
  if (split === null) return null
  const text = split.kind === 'module' ? unmark(split.body) : split.body
  try {
    return compileScript(text) === source ? text : null
  } catch {
    return null
  }
}

/** A place in the script for one in its contract; null for what the compiler added. */
export function scriptPlace(source: string, { line, column }: Place): Place | null {
  const split = splitCompiled(source)
  const written = split?.body.split('\n')[line - 1 - HEAD_LINES]
  if (written === undefined) return null
  return { line: line - HEAD_LINES, column: written.includes(MARK) ? unmarkColumn(written, column) : column }
}
