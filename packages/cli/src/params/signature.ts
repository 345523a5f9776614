/** What a method takes, as its author wrote it, in the words of a command line. */
import type { MethodInfo, MethodParameter } from 'vitra'
import { UsageError } from '../errors.js'
import { tameLine } from '../output/text.js'
import { quoteForShell } from './shell.js'

type Signature = Pick<MethodInfo, 'name' | 'parameters' | 'takesOthers'>

/** The parameters of a method; empty where it names none. @example '--key <value> [--amount 1]' */
export function usageOf({ parameters }: Pick<Signature, 'parameters'>): string {
  return parameters.map(flagText).join(' ')
}

function flagText({ name, default: given }: MethodParameter): string {
  const flag = tameLine(`--${quoteForShell(name)}`)
  return given === undefined ? `${flag} <value>` : `[${flag} ${defaultText(given)}]`
}

/** Numbers and plain texts as they are typed; of what is more the signature tells. */
function defaultText(given: string): string {
  const text = /^(['"`])([\w .,:/-]*)\1$/.exec(given)?.[2]
  if (text !== undefined) return quoteForShell(text)
  return /^(-?[\d.]+|true|false|null)$/.test(given) ? given : '<value>'
}

/**
 * Refuses a flag that the method does not look at: a mistyped name would have it go by its default.
 *
 * @param flags names of the parameters that were given as flags
 * @throws {UsageError} `PARAMETER_INVALID`
 */
export function assertTaken(method: Signature, flags: readonly string[]): void {
  if (method.takesOthers) return
  const unknown = flags.find((flag) => !method.parameters.some(({ name }) => name === flag))
  if (unknown === undefined) return
  const usage = usageOf(method)
  const takes = usage === '' ? 'it takes none' : `it takes ${usage}`
  throw new UsageError(
    'PARAMETER_INVALID',
    `${method.name} has no parameter ${unknown}`,
    `${takes}; what is in --params is handed over as it is`,
  )
}

/** What was not given and has no default; null where there is nothing of that kind. @example '--key is not given: put takes --key <value>' */
export function lackingText(method: Signature, params: object): string | null {
  const lacking = method.parameters.filter(
    ({ name, default: given }) => given === undefined && !Object.hasOwn(params, name),
  )
  if (lacking.length === 0) return null
  const names = lacking.map(({ name }) => tameLine(`--${name}`)).join(', ')
  return `${names} ${lacking.length === 1 ? 'is' : 'are'} not given: ${method.name} takes ${usageOf(method)}`
}
