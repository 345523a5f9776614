/** Commands from standard input, one a line, for `vitra dev` where nobody sits at a terminal. */
import type { Database } from 'vitra'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import type { Io } from '../io.js'
import { wordsOfShell } from '../params/shell.js'

/**
 * Runs commands until standard input ends, or until the user does.
 *
 * @param turn does a piece of work while nothing else happens to the database @param after each command
 * @returns the first exit code that is not 0
 */
export async function readCommands(
  context: Context,
  database: () => Database,
  turn: (work: () => Promise<void>) => Promise<void>,
): Promise<ExitCode> {
  let first: ExitCode = EXIT.ok
  try {
    for await (const line of context.io.readLines(context.signal)) {
      const words = wordsOfShell(line.trim().replace(/^\./, ''))
      if (words.length === 0 || words[0]!.startsWith('#')) continue
      await turn(async () => {
        const code = await runLine(context, database(), { line, words })
        if (first === EXIT.ok) first = code
      })
    }
  } catch (error) {
    if (!context.signal.aborted) throw error
  }
  return first
}

interface Line {
  readonly line: string
  readonly words: readonly string[]
}

async function runLine(context: Context, db: Database, { line, words }: Line): Promise<ExitCode> {
  const { io, out, commands } = context
  const [name] = words
  if (commands.some((command) => command.name === name && command.outsideSessions)) {
    out.warn(`${name} makes no sense here`)
    return EXIT.usage
  }
  if (!out.options.json) return context.runOn(db, words, inner(io, io.stdout, io.stderr))
  // One object a line: what the command prints is part of it.
  const said = { stdout: '', stderr: '' }
  const sink = (stream: keyof typeof said) => ({ write: (text: string) => (said[stream] += text) })
  const code = await context.runOn(db, [...words, '--json'], inner(io, sink('stdout'), sink('stderr')))
  out.event(
    { event: 'command', line, code, ...parsed('result', said.stdout), ...parsed('said', said.stderr) },
    line,
  )
  return code
}

function inner(io: Io, stdout: Io['stdout'], stderr: Io['stderr']): Io {
  return { ...io, stdout, stderr, program: null, terminal: null, readStdin: async () => new Uint8Array() }
}

function parsed(name: string, text: string): object {
  if (text === '') return {}
  try {
    return { [name]: JSON.parse(text) }
  } catch {
    return { [name]: text }
  }
}
