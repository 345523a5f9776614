/** What an option of a command is. */
export interface OptionDefinition {
  /** @example '--limit <n>' */
  readonly flags: string
  readonly says: string
  /** Reads the text given; throws a `UsageError`. */
  readonly parse?: (text: string, previous: unknown) => unknown
}
