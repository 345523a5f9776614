/** The commands of a session, as wide as its terminal: Node's own list does not look. */
import type { REPLServer } from 'node:repl'
import { columns } from '../output/text.js'
import { wrap } from '../output/wrap.js'

export function helpText({ commands }: REPLServer, width = 80): string {
  const rows = Object.entries(commands).map(([name, command]) => [`.${name}`, command?.help ?? ''] as const)
  const sorted = rows.sort(([one], [other]) => (one < other ? -1 : 1))
  return [
    ...columns(sorted),
    'See more of one with .<command> --help. Ctrl-C stops what runs, Ctrl-D ends the session.',
  ]
    .map((line) => wrap(line, width))
    .join('\n')
}
