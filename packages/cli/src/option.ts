/** An option of a command: what it is, how it is written, and how it is written again for another process. */
export interface OptionDefinition {
  /** As commander writes them; one letter may come before the name. @example '--limit <n>' @example '-l, --long' */
  readonly flags: string
  readonly says: string
  /** Reads the text given; throws a `UsageError`. */
  readonly parse?: (text: string, previous: unknown) => unknown
}

/** The name of an option, dashes and all, and whether a value follows it. */
export function readFlags({ flags }: Pick<OptionDefinition, 'flags'>): {
  readonly name: string
  readonly takesValue: boolean
} {
  const [name, value] = flags.slice(flags.indexOf('--')).split(' ')
  return { name: name!, takesValue: value !== undefined }
}

/** Options that were read, as words of a command line that takes these. */
export function optionWords(definitions: readonly OptionDefinition[], given: object): string[] {
  return definitions.flatMap((definition) => {
    const { name, takesValue } = readFlags(definition)
    const value = (given as Record<string, unknown>)[propertyOf(name)]
    if (value === undefined || value === false) return []
    if (!takesValue) return [name]
    return [value].flat().flatMap((one) => [name, String(one)])
  })
}

/** @example propertyOf('--ops-per-batch') is 'opsPerBatch' */
function propertyOf(name: string): string {
  return name.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
