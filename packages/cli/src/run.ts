/** Runs one command line from its words to its exit code. Whatever happens, what was opened is closed first. */
import { CommanderError } from 'commander'
import type { Database } from 'vitra'
import { COMMANDS } from './commands/index.js'
import { Context } from './context.js'
import { CliError, UsageError } from './errors.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { explain } from './explain.js'
import { foundFolder } from './folder.js'
import { forward } from './holder/forward.js'
import { holderOf } from './holder/mark.js'
import type { Io } from './io.js'
import type { GlobalOptions } from './options.js'
import { Output } from './output/output.js'
import { quoteForShell } from './params/shell.js'
import { unmark } from './params/split.js'
import {
  buildProgram,
  type Chosen,
  commandIn,
  markParams,
  namesNothing,
  refuseVainVersion,
  withoutVainHelp,
} from './program.js'

/** What a run needs besides its words. */
export interface RunOptions {
  readonly io: Io
  /** What `--version` prints. */
  readonly version: string
  /** Where the command is run for a command line elsewhere: the database that this process has open. */
  readonly database?: Database
}

/**
 * @param given the words after the program's name
 * @example process.exitCode = await run(process.argv.slice(2), { io, version })
 */
export async function run(
  given: readonly string[],
  { io, version, database }: RunOptions,
): Promise<ExitCode> {
  // Without a command it is a session, where somebody sits at a terminal.
  const argv = namesNothing(given) ? [...given, io.terminal === null ? '--help' : 'session'] : given
  const chosen = choose(argv, io, version)
  if (typeof chosen === 'number') return chosen
  const abort = new AbortController()
  const unsubscribe = io.onInterrupt(() => abort.abort(interrupted(chosen, argv)))
  const options = chosen.options as GlobalOptions
  const runAgain = () => run(given, { io, version })
  const runOn: Context['runOn'] = (db, words, theirs) => run(words, { io: theirs, version, database: db })
  const context = new Context({ io, options, version, commands: COMMANDS, abort, database, runOn, runAgain })
  try {
    const elsewhere = context.isServed ? null : await runElsewhere(argv, chosen, { io, version })
    if (elsewhere !== null) return elsewhere
    return await untilAborted(execute(chosen, context), chosen.command.staysUntilStopped, abort.signal)
  } catch (error) {
    const problem = explain(error)
    context.out.problem(problem)
    return problem.exit
  } finally {
    await context.close().catch((error) => context.out.warn(`closing failed: ${explain(error).message}`))
    unsubscribe()
  }
}

/** Where another process keeps the folder, the command is run there; null where none does, or none answers. */
async function runElsewhere(
  argv: readonly string[],
  { command, args, options }: Chosen,
  { io, version }: RunOptions,
): Promise<ExitCode | null> {
  const { needsTerminal = false, runsAlone = false } = command
  if (runsAlone === true) return null
  const folder = foundFolder(io, options as GlobalOptions)
  const holder = folder === null ? null : holderOf(folder)
  if (holder === null || (runsAlone !== false && runsAlone(args, holder.command))) return null
  return forward(holder, argv, { io, version, needsTerminal })
}

async function execute({ command, args, words, options }: Chosen, context: Context): Promise<ExitCode> {
  return command.run({ context, args: args.map(unmarkOne), words: unmark(words), options })
}

function unmarkOne(word: string | undefined): string | undefined {
  return word === undefined ? undefined : unmark([word])[0]
}

/** How long a command that was told to end may take to leave everything in order, in ms. */
const END_MS = 10_000

/** A command that stays ends when it is told to; others are waited for a while, so that they clean up. */
function untilAborted(
  work: Promise<ExitCode>,
  stopsItself: boolean | undefined,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (stopsItself) return work
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', () => setTimeout(stop, END_MS).unref(), { once: true })
    work.then(resolve, (error) => (signal.aborted ? stop() : reject(error)))
  })
}

function interrupted({ command, options }: Chosen, argv: readonly string[]): CliError {
  const again = (option?: string) => {
    const added = option === undefined || argv.includes(option) ? [] : [option]
    return ['vitra', ...argv, ...added].map(quoteForShell).join(' ')
  }
  const hint = command.resume?.(options, again)
  return new CliError('INTERRUPTED', 'stopped before it was done', {
    exit: EXIT.interrupted,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** The command that the words choose, or the exit code where they choose none. */
function choose(argv: readonly string[], io: Io, version: string): Chosen | ExitCode {
  let chosen: Chosen | null = null
  let complaint = ''
  const program = buildProgram({
    version,
    write: (text) => io.stdout.write(text),
    writeError: (text) => {
      complaint += text
    },
    columns: io.stdout.isTTY ? (io.stdout.columns ?? 80) : 100,
    choose: (choice) => {
      chosen = choice
    },
  })
  try {
    refuseVainVersion(argv)
    program.parse(markParams(withoutVainHelp(argv)), { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
    return refuse(error, complaint, argv, io)
  }
  return chosen ?? EXIT.ok
}

function refuse(error: unknown, complaint: string, argv: readonly string[], io: Io): ExitCode {
  const command = commandIn(argv)
  const name = command?.name
  const said = complaint.replace(/^error: /, '').trim() || (error as Error).message
  const [, missing] = /^missing required argument '(\w+)'$/.exec(said) ?? []
  const says = command?.argsSay?.[missing ?? '']
  const message = says === undefined ? said : `${said}: ${says}`
  const hint = `see \`vitra ${name === undefined ? '' : `${name} `}--help\``
  const usage = error instanceof CommanderError ? new UsageError('USAGE', message, hint) : error
  const problem = explain(usage)
  const options = { json: argv.includes('--json'), quiet: false, debug: argv.includes('--debug') }
  new Output(io, options).problem(problem)
  return problem.exit
}
