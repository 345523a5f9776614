/** What a call of a script rejects with. */

import { scriptPlace } from '@vitra/contract-sdk/script'
import { type FailureCode, type Outcome, VitraError } from '@vitra/log'
import { ContractError, type ContractErrorCode } from '@vitra/sandbox'
import { TransactionError } from '../errors.js'
import type { OpFailure } from '../explain-failure.js'
import { failureText } from '../failure-text.js'

/** Codes of {@link ScriptCallError}. */
export type ScriptCallErrorCode = 'CALL_FAILED'

/**
 * A call that the script refused: the message is the one that it threw. `details` has `call`, `failure` (the code of the
 * outcome), `reason` and, for calls that were executed, `txId`: `db.explain(txId)` finds out where it was thrown. That of a
 * read-only call, and of `init`, has `place`, line and column in the script, and `errorName`.
 */
export class ScriptCallError extends VitraError<ScriptCallErrorCode> {
  override name = 'ScriptCallError'

  /** The `code` of what was thrown, where it is known: errors of `state` begin with it. @example 'ENOENT' */
  get reason(): string | undefined {
    return (this.details as { reason?: string }).reason
  }

  /**
   * The error of a call whose op was executed and failed.
   *
   * @param call name of the function
   * @param error `OP_REJECTED`
   * @param why what `db.explain` has found out of it
   * @example ScriptCallError.of('addPost', error, await db.explain(error.details.txId))
   */
  static of(call: string, error: TransactionError, why: OpFailure | null = null): ScriptCallError {
    const { txId, kind, failure, message } = error.details as unknown as Refusal
    const said = failureText({ kind, ...(failure && { code: failure }), ...(message && { message }) })
    const { errorName, reason, places } = why ?? {}
    return failed(
      why?.message ?? said,
      {
        call,
        txId,
        failure,
        ...(errorName === undefined ? {} : { errorName }),
        ...(reason === undefined ? {} : { reason }),
        ...(places?.[0] === undefined ? {} : { place: places[0] }),
      },
      error,
    )
  }
}

/** `details` of `OP_REJECTED`. */
interface Refusal {
  readonly txId: string
  readonly kind: Outcome['kind']
  readonly failure: FailureCode | null
  readonly message: string | null
}

const REASON = /^(E[A-Z]{2,15}): /

/** The error of an op that was executed and failed; any other as it is. */
export function asCallError(call: string, error: unknown, why: OpFailure | null = null): unknown {
  const isRefusal = error instanceof TransactionError && error.code === 'OP_REJECTED'
  return isRefusal ? ScriptCallError.of(call, error, why) : error
}

/** The error of a read-only call, with places in the script. */
export function asReadError(call: string, source: string, error: unknown): unknown {
  const codes: readonly ContractErrorCode[] = ['CONTRACT_ERROR']
  if (!(error instanceof ContractError) || !codes.includes(error.code)) return error
  const { line, column, errorName, details } = error
  const place = line === undefined ? null : scriptPlace(source, { line, column: column ?? 1 })
  const { reason } = details as { reason?: string }
  const found = {
    ...(errorName ? { errorName } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(place === null ? {} : { place }),
  }
  return failed(error.message, { call, ...found }, error)
}

function failed(message: string, details: Record<string, unknown>, cause: unknown): ScriptCallError {
  const reason = REASON.exec(message)?.[1]
  return new ScriptCallError('CALL_FAILED', message, {
    cause,
    details: { ...(reason === undefined ? {} : { reason }), ...details },
  })
}
