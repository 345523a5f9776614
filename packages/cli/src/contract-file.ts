/** The contract that a command is given as a file: built where it has to be, and errors that name the author's own lines. */
import path from 'node:path'
import type { Place } from '@vitra/contract-sdk/build'
import type { ContractOptions, ContractWarning } from 'vitra'
import type { PlaceOf } from './code-place.js'
import type { Context } from './context.js'
import { CliError } from './errors.js'
import { tameLine } from './output/text.js'
import { WARNINGS_MEAN, warningLine } from './output/warnings.js'

/** A contract from a file. */
export interface ContractFile {
  /** Of a script the script, as it is published. */
  readonly source: string
  /** The files that it is made of, absolute. */
  readonly files: readonly string[]
  readonly isBundled: boolean
  /** Where something in `source` comes from, from the working directory; null where it comes from no file. */
  readonly placeOf: PlaceOf
  /** Does something with the contract; where it is refused, the error names the place in the author's file. */
  using<T>(work: (contract: ContractOptions) => Promise<T>): Promise<T>
  /** What is to be warned of, as texts for people. @param warnings of the contract, as the library gives them */
  warningTexts(warnings: readonly ContractWarning[]): Promise<string[]>
}

/**
 * @param name of the file, `-` for standard input
 * @param isScript true for a script
 * @throws {CliError} `FILE_UNREADABLE`; {@link BuildError}
 */
export async function readContract(context: Context, name: string, isScript = false): Promise<ContractFile> {
  const source = await context.readText(name)
  if (source.trim() === '')
    throw new CliError('FILE_UNREADABLE', `${name === '-' ? 'standard input' : name} is empty`, {
      hint: 'name the file of a contract, or with --script that of a script',
    })
  const asItIs = { source, isScript, isBundled: false, placeOf: () => null }
  if (name === '-') return contractFile({ ...asItIs, files: [] })
  const { buildContract } = await import('@vitra/contract-sdk/build')
  const { cwd } = context.io
  const built = await buildContract(name, { cwd, isScript })
  const placeOf = (line: number, column: number) => {
    const place = built.original(line, column)
    return place === null ? null : { ...place, file: path.relative(cwd, place.file) }
  }
  const { source: text, files, isBundled } = built
  return contractFile({ source: text, isScript, files, isBundled, placeOf })
}

interface Parts extends Pick<ContractFile, 'source' | 'files' | 'isBundled' | 'placeOf'> {
  readonly isScript: boolean
}

function contractFile({ isScript, ...parts }: Parts): ContractFile {
  const { source, placeOf } = parts
  return Object.freeze({
    ...parts,
    async using<T>(work: (contract: ContractOptions) => Promise<T>): Promise<T> {
      try {
        return await work(isScript ? { script: source } : { source })
      } catch (error) {
        throw placed(error, placeOf)
      }
    },
    async warningTexts(warnings: readonly ContractWarning[]): Promise<string[]> {
      const lineOf = (warning: ContractWarning) => {
        const place = placeOf(warning.line, warning.column)
        return place === null ? warningLine(warning) : `${nameOf(place)}: ${tameLine(warning.reason)}`
      }
      const { unknownNamesOf } = await import('vitra')
      const unknown = isScript ? [] : unknownNamesOf(source)
      return [
        ...(warnings.length === 0 ? [] : [[WARNINGS_MEAN, ...warnings.map(lineOf)].join('\n  ')]),
        ...(unknown.length === 0 ? [] : [[UNKNOWN_MEANS, ...unknown.map(lineOf)].join('\n  ')]),
      ]
    },
  })
}

/** The same error, with the place in the author's file instead of the one in what was made of it. */
function placed(error: unknown, placeOf: Parts['placeOf']): unknown {
  const { details, message } = (error ?? {}) as {
    details?: { line?: unknown; column?: unknown }
    message?: string
  }
  if (!(error instanceof Error) || typeof details?.line !== 'number' || typeof details.column !== 'number')
    return error
  const place = placeOf(details.line, details.column)
  const [made] = /^(?:contract|script)\.js:\d+:\d+/.exec(message ?? '') ?? []
  if (place !== null && made?.endsWith(`:${details.line}:${details.column}`))
    error.message = nameOf(place) + message!.slice(made.length)
  return error
}

/** What the places have in common. */
const UNKNOWN_MEANS = 'the contract uses what is not there: an op or a method that comes to it fails'

function nameOf({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`
}
