/** Tells places of an instrumented source in the author's. */
import type MagicString from 'magic-string'

/** A function from a 1-based place of the text to the author's column; lines are the same. */
export function authorColumns(text: MagicString): (line: number, column: number) => number {
  let lines: number[][][] | undefined
  return (line, column) => {
    lines ??= text.generateDecodedMap({ hires: true }).mappings as number[][][]
    const segments = lines[line - 1] ?? []
    const at = segments.findIndex(([generated]) => generated! >= column - 1)
    // What was put in belongs to what stands after it, at the end of a line to what stands before.
    const author = (at === -1 ? segments.at(-1) : segments[at])?.[3]
    return author === undefined ? column : author + 1
  }
}
