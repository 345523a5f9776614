/** Text for people in a narrow terminal, which would break it in the middle of a word. */
import { stripVTControlCharacters } from 'node:util'

/**
 * Lines of at most `width` characters, broken between words, the rest indented as the line begins or as its second column
 * stands. What is there to be copied stays whole, however long: words, what is in backticks, a command line behind a colon.
 */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n')
}

function wrapLine(line: string, width: number): string {
  if (lengthOf(line) <= width) return line
  const [start] = HANGING.exec(line)!
  const indent = lengthOf(start) <= width / 2 ? ' '.repeat(lengthOf(start)) : ''
  const lines = [start]
  let isEmpty = true
  for (const word of line.slice(start.length).match(WORD) ?? []) {
    const last = lines.at(-1)!
    const joined = isEmpty ? last + word : `${last} ${word}`
    if (isEmpty || lengthOf(joined) <= width) lines[lines.length - 1] = joined
    else lines.push(indent + word)
    isEmpty = false
  }
  return lines.join('\n')
}

/** The indent of a line, with its first column where two spaces or more end that. */
const HANGING = /^ *(?:\S+(?: \S+){0,2} {2,})?/
const WORD = /(?<=: )vitra .*|[^\s`]*`[^`]*`\S*|\S+/g

/** As a terminal shows it: colours take no room. */
function lengthOf(text: string): number {
  return stripVTControlCharacters(text).length
}
