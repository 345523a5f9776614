/**
 * Hides what engines say in their errors (spec/6-determinism §3): every `catch` of a contract gets its error through a
 * function of the driver. The text around stays where it is, and places are told in the author's own.
 */
import type { CatchClause } from 'acorn'

/** A change of the source: the text from `start` to `end` becomes `text`. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

export interface Instrumented {
  readonly source: string
  /** Column in the author's source of a place in the instrumented one; both 1-based. */
  authorColumn(line: number, column: number): number
}

/** @param catches the catch clauses that bind their error, in any order */
export function instrument(source: string, catches: readonly CatchClause[]): Instrumented {
  if (catches.length === 0) return { source, authorColumn: (_, column) => column }
  const name = freeName(source)
  const edits = catches
    .flatMap((clause) => catchEdits(source, clause, name))
    .sort((a, b) => a.start - b.start)
  let text = ''
  let at = 0
  for (const { start, end, text: inserted } of edits) {
    text += source.slice(at, start) + inserted
    at = end
  }
  text += `${source.slice(at)}\nimport { clean as ${name} } from 'vitra:link'`
  return { source: text, authorColumn: (line, column) => authorColumn(source, edits, line, column) }
}

/**
 * `catch (e) {` becomes `catch (e) {e=clean(e);`, and with a pattern `catch ({ a }) { … }` becomes
 * `catch (raw) {let { a }=clean(raw);{ … }}`.
 */
function catchEdits(source: string, { param, body }: CatchClause, name: string): Edit[] {
  const inside = body.start + 1
  if (!param) return []
  if (param.type === 'Identifier') {
    return [{ start: inside, end: inside, text: `${param.name}=${name}(${param.name});` }]
  }
  const between = source.slice(param.end, inside).replace(/[^\n]/g, '')
  return [
    { start: param.start, end: param.start, text: `${name}raw) {let ` },
    { start: param.end, end: inside, text: `=${name}(${name}raw);${between}{` },
    { start: body.end, end: body.end, text: '}' },
  ]
}

/** A name that the source does not contain. */
function freeName(source: string): string {
  let name = '$clean'
  while (source.includes(name)) name += '_'
  return name
}

function authorColumn(source: string, edits: readonly Edit[], line: number, column: number): number {
  let result = column
  for (const { start, end, text } of edits) {
    const before = source.slice(0, start).split('\n')
    const startColumn = before.at(-1)!.length + 1
    if (before.length === line && startColumn < result) {
      result = Math.max(startColumn, result - (text.length - (end - start)))
    }
  }
  return result
}
