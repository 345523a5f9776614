/** Scripts as contracts, with the errors that contracts have. */
import { compileScript, ScriptError, scriptPlace } from '@vitra/contract-sdk/script'
import { ContractLoadError } from '@vitra/sandbox'

/** @throws {ContractLoadError} `SCRIPT_SYNTAX`, `SCRIPT_EXPORT`, `SCRIPT_IMPORT`, `SCRIPT_NAME` with line and column */
export function compile(text: string): string {
  try {
    return compileScript(text)
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    const { code, message, line, column } = error
    throw new ContractLoadError(code, message, { cause: error, details: { line, column } })
  }
}

/** An error about a compiled script, with the place in the script as it was written. */
export function inScript(source: string, error: unknown): unknown {
  if (!(error instanceof ContractLoadError)) return error
  const { line, column } = error.details as { line?: number; column?: number }
  const place = line === undefined ? null : scriptPlace(source, { line, column: column ?? 1 })
  if (place === null) return error
  const message = error.message.replace(/^contract\.js:\d+:\d+/, `script.js:${place.line}:${place.column}`)
  return new ContractLoadError(error.code, message, { cause: error, details: { ...error.details, ...place } })
}
