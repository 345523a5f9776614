/** Why an op failed, for people who are told that it did. */
import type { Database, OpFailure, Transaction } from 'vitra'

/** What there is to say; null where none failed, or where this copy lacks blocks or guests to run it again. */
export async function whyFailed(db: Database, call: Transaction | string): Promise<OpFailure | null> {
  const { VitraError } = await import('vitra')
  try {
    return await db.explain(call)
  } catch (error) {
    if (error instanceof VitraError) return null
    throw error
  }
}
