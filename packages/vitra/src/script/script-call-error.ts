/** What a call of a script rejects with. */

import { scriptPlace } from '@vitra/contract-sdk/script'
import { VitraError } from '@vitra/log'
import { ContractError, type ContractErrorCode } from '@vitra/sandbox'
import { TransactionError } from '../errors.js'
import { failureText } from '../failure-text.js'

/** Codes of {@link ScriptCallError}. */
export type ScriptCallErrorCode = 'CALL_FAILED'

/**
 * A call that the script refused: the message is the one that it threw. `details` has `call`, `failure` (the code of the
 * outcome), `reason` and, for calls that were executed, `txId`.
 */
export class ScriptCallError extends VitraError<ScriptCallErrorCode> {
  override name = 'ScriptCallError'

  /** The code that the message begins with, as those of `state` do. @example 'ENOENT' */
  get reason(): string | undefined {
    return REASON.exec(this.message)?.[1]
  }
}

const REASON = /^(E[A-Z]{2,15}): /

/** The error of an op that was executed and failed; any other as it is. */
export function asCallError(call: string, txId: string, error: unknown): unknown {
  if (!(error instanceof TransactionError) || error.code !== 'OP_REJECTED') return error
  const { kind, failure, message } = error.details as { kind: 'failed'; failure: never; message: string }
  const said = failureText({ kind, code: failure ?? undefined, message: message ?? undefined } as never)
  return failed(said, { call, txId, failure }, error)
}

/** The error of a read-only call, with places in the script. */
export function asReadError(call: string, source: string, error: unknown): unknown {
  const codes: readonly ContractErrorCode[] = ['CONTRACT_ERROR']
  if (!(error instanceof ContractError) || !codes.includes(error.code)) return error
  const { line, column } = error
  const place = line === undefined ? null : scriptPlace(source, { line, column: column ?? 1 })
  return failed(error.message, { call, ...(place === null ? {} : { place }) }, error)
}

function failed(message: string, details: Record<string, unknown>, cause: unknown): ScriptCallError {
  const reason = REASON.exec(message)?.[1]
  return new ScriptCallError('CALL_FAILED', message, {
    cause,
    details: { ...details, ...(reason === undefined ? {} : { reason }) },
  })
}
