/** Why an op failed, for people who are told that it did. */
import type { Database, OpFailure, Transaction } from 'vitra'
import { authorPlace, type CodePlace } from './code-place.js'

/** What the library says of it, with places in the author's files where they are known. */
export interface WhyFailed extends OpFailure {
  readonly places: readonly CodePlace[]
}

/** What there is to say; null where none failed, or where this copy lacks blocks or guests to run it again. */
export async function whyFailed(db: Database, call: Transaction | string): Promise<WhyFailed | null> {
  const { VitraError } = await import('vitra')
  try {
    const why = await db.explain(call)
    return why && { ...why, places: why.places.map((place) => authorPlace(db, place)) }
  } catch (error) {
    if (error instanceof VitraError) return null
    throw error
  }
}

/** What a call of a script rejects with, told where the script threw it; any other error as it is. */
export async function explained(db: Database, error: unknown): Promise<unknown> {
  const { ScriptCallError, TransactionError } = await import('vitra')
  if (!(error instanceof ScriptCallError)) return error
  const { code, message, cause, details } = error
  const { call, txId, place } = details as { call: string; txId?: string; place?: CodePlace }
  if (cause instanceof TransactionError && txId !== undefined)
    return ScriptCallError.of(call, cause, await whyFailed(db, txId))
  if (place === undefined) return error
  return new ScriptCallError(code, message, { cause, details: { ...details, place: authorPlace(db, place) } })
}
