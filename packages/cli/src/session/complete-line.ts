/** What Tab makes of a line: commands and their words after a dot, paths in quotes, JavaScript else. */
import type { REPLServer } from 'node:repl'
import { type Completing, completions } from '../completions.js'

type Completer = (
  line: string,
  done: (error: Error | null, result: [candidates: string[], part: string]) => void,
) => void

/** Paths are completed where the text before the cursor begins one. */
const PATH = /["'`](\/[^"'`]*)$/

export function completeLine(repl: REPLServer, of: Completing): Completer {
  const script = repl.completer as Completer
  return (line, done) => {
    const tell = (candidates: string[], part: string) => done(null, [candidates, part])
    const path = PATH.exec(line)?.[1]
    if (line.startsWith('.')) {
      const words = line.slice(1).split(/\s+/)
      if (words.length > 1) completions(words, of).then((found) => tell(found, words.at(-1)!))
      else tell(commandsWith(line, repl), line)
    } else if (path !== undefined) completions(['get', path], of).then((found) => tell(found, path))
    else script.call(repl, line, done)
  }
}

/** The commands that begin so, with their dots. */
function commandsWith(beginning: string, { commands }: REPLServer): string[] {
  return Object.keys(commands)
    .map((name) => `.${name}`)
    .filter((name) => name.startsWith(beginning))
}
