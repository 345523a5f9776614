/**
 * Edits of a script's text that can be taken back (spec/10-scripts §5): what is taken out of the way stays as a comment on its
 * own lines, so that the published contract holds the script as it was written.
 */

const OPEN = '/*vitra:'
const CLOSE = '*/'
/** What stands in for the keyword of an exported constant, after the comment. */
const LET = 'let'
/** What would go on with a statement that ends without a semicolon, were what stands between them hidden. */
const GOING_ON = /\s*[([`+\-/;]/y

/** Begins every mark, and so stands in no script. */
export const MARK = OPEN

/** Puts a part of the text into a comment. @param instead what stands for it */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly instead?: typeof LET
}

/** @param edits in order, none over another */
export function mark(text: string, edits: readonly Edit[]): string {
  let marked = ''
  let at = 0
  for (const { start, end, instead } of edits) {
    GOING_ON.lastIndex = end
    const rest = instead ?? (GOING_ON.test(text) ? ';' : '')
    marked += `${text.slice(at, start)}${OPEN}${hide(text.slice(start, end))}${CLOSE}${rest}`
    at = end
  }
  return marked + text.slice(at)
}

/** The text before it was marked. */
export function unmark(marked: string): string {
  return marked.replaceAll(MARKED, (_, hidden: string) => show(hidden))
}

// What is left of a declaration behind its mark never begins with a semicolon.
const MARKED = /\/\*vitra:(.*?)\*\/(?:(?<=const\*\/)let|;)?/gs

/** A comment ends at the first `*` before a `/`. */
function hide(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('*/', '*\\/')
}

function show(hidden: string): string {
  return hidden.replaceAll('*\\/', '*/').replaceAll('\\\\', '\\')
}

/**
 * The column in the script of a place in a marked line.
 *
 * @param column from 1
 */
export function unmarkColumn(line: string, column: number): number {
  return unmark(line.slice(0, column - 1)).length + 1
}
