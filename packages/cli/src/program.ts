/** The commands as a commander program: parsing and help, made from the definitions. */
import { Command, Help, Option } from 'commander'
import type { AnyCommand } from './command.js'
import { COMMAND_GROUPS, COMMANDS } from './commands/index.js'
import { UsageError } from './errors.js'
import { type OptionDefinition, readFlags } from './option.js'
import { GLOBAL_OPTIONS } from './options.js'
import { wrap } from './output/wrap.js'
import { type KnownOptions, markWords } from './params/split.js'

export interface Chosen {
  readonly command: AnyCommand
  readonly args: readonly (string | undefined)[]
  /** Words that are left: parameters of a method. */
  readonly words: readonly string[]
  readonly options: Record<string, unknown>
}

export interface ProgramOptions {
  readonly version: string
  readonly write: (text: string) => void
  readonly writeError: (text: string) => void
  readonly columns: number
  /** Is told which command was chosen; parsing runs nothing itself. */
  readonly choose: (chosen: Chosen) => void
}

export function buildProgram(options: ProgramOptions): Command {
  const program = new Command('vitra')
    .description(
      'Databases whose rules are public JavaScript contracts, run by one host and checkable by everyone.',
    )
    .usage('<command> [options]')
    .version(options.version, VERSION, 'print the version of this program')
    .helpOption('-h, --help', 'print help')
    .addHelpCommand(
      new Command('help').argument('[command]').description('Print help of a command').helpGroup('Begin:'),
    )
    .configureHelp({
      showGlobalOptions: true,
      minWidthToWrap: 20,
      subcommandTerm: (command) => command.name(),
      visibleGlobalOptions: (command) => globalOptionsOf(command),
    })
    .configureOutput({
      writeOut: options.write,
      writeErr: options.writeError,
      getOutHelpWidth: () => options.columns,
      getErrHelpWidth: () => options.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .addHelpText('after', `\n${wrap(EPILOGUE, options.columns)}`)
  for (const definition of GLOBAL_OPTIONS) program.addOption(toOption(definition))
  for (const { heading, commands } of COMMAND_GROUPS) {
    for (const command of commands) {
      program.addCommand(toCommand(command, options).helpGroup(`${heading}:`).copyInheritedSettings(program))
    }
  }
  return program
}

const VERSION = '--version'

/** Those that go with a command: `--version` goes without one. */
function globalOptionsOf(command: Command): Option[] {
  const options = Object.assign(new Help(), { showGlobalOptions: true }).visibleGlobalOptions(command)
  return options.filter(({ long }) => long !== VERSION)
}

const EPILOGUE = `Exit codes: 0 fine, 1 failed, 2 wrong command line, 3 fraud found, 4 could not be checked.

Start here:
  vitra init counter.js         make a database from a contract, in ./.vitra
  vitra call increment          call a method of the contract
  vitra host                    keep it online for others
  vitra <command> --help        everything about a command, with examples`

function toCommand(definition: AnyCommand, { choose, columns }: ProgramOptions): Command {
  const { name, args, argsSay = {}, summary, details, examples, takesParams = false } = definition
  const command = new Command(name).summary(summary).description(`${summary}\n\n${unwrap(details)}`)
  for (const argument of args?.split(' ') ?? []) {
    command.argument(argument, argsSay[argument.replace(/[<>[\].]/g, '')])
  }
  if (takesParams) command.argument('[words...]', argsSay.words ?? 'parameters of the method')
  for (const option of definition.options ?? []) command.addOption(toOption(option))
  const width = Math.max(...examples.map(({ run }) => run.length))
  const isWide = examples.every(({ says }) => width + says.length + MARGIN <= columns)
  const lines = examples.map(({ run, says }) =>
    width > EXAMPLE_COLUMNS || !isWide
      ? `  ${wrap(`# ${says}`, columns - 2).replaceAll('\n', '\n  # ')}\n  ${run}`
      : `  ${run.padEnd(width)}  # ${says}`,
  )
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
  command.action((...given: unknown[]) => {
    const values = given.slice(0, command.registeredArguments.length) as (string | undefined | string[])[]
    const words = takesParams ? ((values.pop() as string[] | undefined) ?? []) : []
    choose({
      command: definition,
      args: values.flat(),
      words,
      options: command.optsWithGlobals(),
    })
  })
  return command
}

/** Paragraphs as one line each: help wraps them to the terminal's width. */
function unwrap(text: string): string {
  return text.replace(/([^\n])\n(?!\n)/g, '$1 ')
}

/** Examples up to this wide have their comment beside them. */
const EXAMPLE_COLUMNS = 44
/** What is around an example and its comment. */
const MARGIN = 6

function toOption({ flags, says, parse }: OptionDefinition): Option {
  const option = new Option(flags, says)
  if (parse !== undefined) option.argParser(parse)
  return option
}

/** Marks the parameters among the words of a command line, so that commander leaves them alone. */
export function markParams(argv: readonly string[]): string[] {
  const command = commandIn(argv)
  if (!command?.takesParams) return [...argv]
  const from = commandAt(argv) + 1
  const known = knownOptions([...GLOBAL_OPTIONS, ...(command.options ?? []), ...HELP])
  return [...argv.slice(0, from), ...markWords(argv.slice(from), known)]
}

/** `help` of what is no command asks for nothing that is there: the word itself is told to be wrong. */
export function withoutVainHelp(argv: readonly string[]): readonly string[] {
  const at = commandAt(argv)
  const of = argv[at + 1]
  const isVain = argv[at] === 'help' && of !== undefined && !of.startsWith('-') && of !== 'help'
  return isVain && !COMMANDS.some(({ name }) => name === of) ? argv.toSpliced(at, 1) : argv
}

/**
 * `--version` where it says something else than it is typed for: with a value, or behind a command.
 *
 * @throws {UsageError}
 */
export function refuseVainVersion(argv: readonly string[]): void {
  const command = commandIn(argv)
  const end = command?.takesParams ? commandAt(argv) : [...argv, '--'].indexOf('--')
  const word = argv.slice(0, end).findIndex((word) => word.split('=', 1)[0] === VERSION)
  if (word < 0 || (argv[word] === VERSION && word < commandAt(argv) && commandAt(argv) === argv.length))
    return
  const what = 'prints the version of this program'
  const value = /^(?:--version=)?(\d+)$/.exec(
    argv[word] === VERSION ? (argv[word + 1] ?? '') : argv[word]!,
  )?.[1]
  if (command === undefined || word < commandAt(argv))
    throw new UsageError(
      'USAGE',
      `${VERSION} ${what}: it takes no value, and goes without a command`,
      AT_HINT,
    )
  const readsPast = command.options?.some(({ flags }) => readFlags({ flags }).name === '--at')
  throw new UsageError(
    'USAGE',
    `${VERSION} ${what}: it does not go with \`vitra ${command.name}\``,
    readsPast ? `an older version of the database is --at ${value ?? '<version>'}` : AT_HINT,
  )
}

const AT_HINT =
  'an older version of the database is read with --at, as in `vitra get /counter --at <version>`'

/** The command that a command line names. */
export function commandIn(argv: readonly string[]): AnyCommand | undefined {
  return COMMANDS.find(({ name }) => name === argv[commandAt(argv)])
}

/** True where a command line names no command and asks for nothing else. */
export function namesNothing(argv: readonly string[]): boolean {
  if (commandAt(argv) < argv.length) return false
  const globals = knownOptions(GLOBAL_OPTIONS)
  let at = 0
  while (at < argv.length) {
    const option = globals.get(argv[at]!.split('=', 1)[0]!)
    if (option === undefined) return false
    at += option.takesValue && !argv[at]!.includes('=') ? 2 : 1
  }
  return true
}

/** Position of the first word that is neither an option nor its value. */
function commandAt(argv: readonly string[]): number {
  const globals = knownOptions(GLOBAL_OPTIONS)
  let at = 0
  while (argv[at]?.startsWith('-')) at += globals.get(argv[at]!)?.takesValue ? 2 : 1
  return at
}

const HELP: readonly OptionDefinition[] = [
  { flags: '-h', says: '' },
  { flags: '--help', says: '' },
]

function knownOptions(definitions: readonly OptionDefinition[]): KnownOptions {
  return new Map(definitions.map(readFlags).map((option) => [option.name, option]))
}
