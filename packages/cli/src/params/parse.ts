/**
 * Parameters of a contract's method from the command line: `--name value`, `--name=value`, `--name` alone for true, and
 * `--name-file path` for the text of a file. A value that is written as JSON is read as JSON; all else is text.
 */
import { UsageError } from '../errors.js'
import { quoteForShell } from './shell.js'

export type Params = Record<string, unknown>

export interface ParamSources {
  /** Reads the text of a file. */
  readFile(path: string): Promise<string>
}

/**
 * @param words what follows the method's name
 * @param base parameters to add to, from `--params`
 * @throws {UsageError} `PARAMETER_INVALID`
 */
export async function parseParams(
  words: readonly string[],
  sources: ParamSources,
  base: Params = {},
): Promise<Params> {
  const params = new Map(Object.entries(base))
  const add = (name: string, value: unknown) => {
    if (params.has(name)) {
      throw invalid(`--${name} is given twice`, `give a list as JSON: --${name} '["a", "b"]'`)
    }
    params.set(name, value)
  }
  for (let n = 0; n < words.length; n++) {
    const word = words[n]!
    if (word === '--') continue
    const { name, attached } = flagOf(word)
    const next = words[n + 1]
    const text = attached ?? (next === undefined || next.startsWith('--') ? undefined : words[++n]!)
    const file = FILE_FLAG.exec(name)?.[1]
    if (file === undefined) add(name, text === undefined ? true : parseValue(text, name))
    else if (text === undefined) throw invalid(`--${name} names no file`, `write --${name} <path>`)
    else add(file, await sources.readFile(text))
  }
  return fromEntries(params)
}

/**
 * A value from its text: JSON where it is written as JSON, else the text itself.
 *
 * @throws {UsageError} `PARAMETER_INVALID` for what begins like JSON and is none, and for numbers that cannot be kept
 */
export function parseValue(text: string, name: string): unknown {
  const trimmed = text.trim()
  if (WORDS.has(trimmed)) return WORDS.get(trimmed)
  if (NUMBER.test(trimmed)) {
    const number = Number(trimmed)
    if (Number.isFinite(number) && (!/^-?\d+$/.test(trimmed) || Number.isSafeInteger(number))) return number
    throw invalid(`--${name} ${trimmed} is too large for a number`, asText(name, text))
  }
  if (!/^[{["]/.test(trimmed)) return text
  try {
    return JSON.parse(trimmed)
  } catch (error) {
    throw invalid(`--${name} begins like JSON and is none: ${(error as Error).message}`, asText(name, text))
  }
}

/** The parameters of `--params`. @throws {UsageError} `PARAMETER_INVALID` */
export function parseParamsJson(text: string): Params {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw invalid(`--params is not JSON: ${(error as Error).message}`, `write --params '{"name": "value"}'`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Params
  throw invalid('--params is not an object', `write --params '{"name": "value"}'`)
}

const FILE_FLAG = /^(.+)-file$/
/** As JSON writes numbers; an exponent needs its sign, or names such as 12e5 would be numbers. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]\d+)?$/
const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
])

function flagOf(word: string): { name: string; attached: string | undefined } {
  const match = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word)
  if (match !== null) return { name: match[1]!, attached: match[2] }
  throw invalid(
    `${JSON.stringify(word)} belongs to no parameter`,
    'parameters are written --name value, those with spaces in quotes: --name "two words"',
  )
}

/** A parameter may have any name: `__proto__` must not become something else. */
function fromEntries(entries: Iterable<[string, unknown]>): Params {
  const params: Params = {}
  for (const [name, value] of entries) {
    Object.defineProperty(params, name, { value, enumerable: true, configurable: true, writable: true })
  }
  return params
}

function asText(name: string, text: string): string {
  return `to give it as text, quote it: --${name} ${quoteForShell(JSON.stringify(text))}`
}

function invalid(message: string, hint: string): UsageError {
  return new UsageError('PARAMETER_INVALID', message, hint)
}
