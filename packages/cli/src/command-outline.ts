/** What a command looks like from outside: enough to complete a command line. */
import type { OptionDefinition } from './option.js'

/** What an argument is: one of some words, a method of the contract, a path of the database, or one of a script's files. */
export type Completes = readonly string[] | 'methods' | 'paths' | 'files'

export interface CommandOutline {
  readonly name: string
  /** One line, for the list of commands. */
  readonly summary: string
  /** As commander writes them. @example '<path>' */
  readonly args?: string
  /** What the shell completes an argument with, by its name; files where nothing is said. */
  readonly completes?: Readonly<Record<string, Completes>>
  readonly options?: readonly OptionDefinition[]
  /** True for a command that makes no sense in a session, or would end it. */
  readonly outsideSessions?: boolean
}
