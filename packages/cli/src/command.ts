/** What a command is: one file in `commands/` defines one; help, documentation and parsing are made from it. */
import type { CommandOutline } from './command-outline.js'
import type { Context } from './context.js'
import type { ExitCode } from './exit-codes.js'

export interface Example {
  /** @example 'vitra get /counter' */
  readonly run: string
  readonly says: string
}

export interface Invocation<Options> {
  readonly context: Context
  /** The arguments, in order; one that is left out is undefined. */
  readonly args: readonly (string | undefined)[]
  readonly options: Options
  /** Words that are neither arguments nor options of the command; see `takesParams`. */
  readonly words: readonly string[]
}

export interface CommandDefinition<Options = Record<string, never>> extends CommandOutline {
  /** What each argument is, by its name. */
  readonly argsSay?: Readonly<Record<string, string>>
  /** What help says beyond the summary. */
  readonly details: string
  /** True where the words that follow are parameters of a contract's method. */
  readonly takesParams?: boolean
  /** True for a command that goes on until Ctrl-C and then ends by itself, in order. */
  readonly staysUntilStopped?: boolean
  /** True for a command that has the terminal to itself. */
  readonly needsTerminal?: boolean
  /**
   * True for a command that never runs in the process that keeps its folder: it makes one, or needs it for itself. Where
   * that depends on its arguments and on the command that keeps the folder, a function says so.
   */
  readonly runsAlone?: boolean | ((args: readonly (string | undefined)[], holder: string) => boolean)
  /**
   * What is said where the command was stopped with Ctrl-C before it was done: what is kept, and how to go on.
   *
   * @param again the command line that was typed, with one more option
   */
  readonly resume?: (options: Options, again: (option?: string) => string) => string
  readonly examples: readonly Example[]
  /** Does the work. What it throws is explained to whoever runs it. */
  run(invocation: Invocation<Options>): Promise<ExitCode>
}

/** Any command, whatever its options are. */
// biome-ignore lint/suspicious/noExplicitAny: the options of a command are its own affair.
export type AnyCommand = CommandDefinition<any>

export function defineCommand<Options>(definition: CommandDefinition<Options>): CommandDefinition<Options> {
  return Object.freeze(definition)
}
