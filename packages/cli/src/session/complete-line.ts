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
      const last = words.at(-1)!
      const isName = words.length === 1
      completions(words, of).then((found) =>
        isName
          ? tell(
              found.map((name) => `.${name}`),
              line,
            )
          : tell(found, last),
      )
    } else if (path !== undefined) completions(['get', path], of).then((found) => tell(found, path))
    else script.call(repl, line, done)
  }
}
