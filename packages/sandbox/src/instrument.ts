/**
 * Hides what engines say in their errors (spec/6-determinism §3): every `catch` of a contract gets its error through a
 * function of the driver. The text around stays where it is, and places are told in the author's own.
 */
import type { AnyNode, CatchClause, Program } from 'acorn'
import { topNames } from './compile/assignments.js'
import { childrenOf } from './compile/scopes.js'

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

/** @param program the tree of `source`, with parentheses */
export function instrument(source: string, program: Program): Instrumented {
  const catches: CatchClause[] = []
  const names = new Set<string>()
  const open: AnyNode[] = [program]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'CatchClause' && node.param) catches.push(node)
    if (node.type === 'Identifier') names.add(node.name)
    open.push(...childrenOf(node))
  }
  const name = freeName(names)
  const declared = [...new Set(program.body.flatMap(topNames))]
  const edits = catches
    .flatMap((clause) => catchEdits(source, clause, name))
    .sort((a, b) => a.start - b.start)
  let text = ''
  let at = 0
  for (const { start, end, text: inserted } of edits) {
    text += source.slice(at, start) + inserted
    at = end
  }
  const imports = `import { clean as ${name}, freezeModule as ${name}freeze } from 'vitra:link'`
  text += `${source.slice(at)}\n${imports}\n${name}freeze([${declared.join(', ')}])`
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

/** A name that no name of the source begins with, however it is written there. */
function freeName(names: ReadonlySet<string>): string {
  let name = '$clean'
  while ([...names].some((other) => other.startsWith(name))) name += '_'
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
