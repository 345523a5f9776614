/** Errors of `vitra`. Each has a stable code and says what to do. */
import { VitraError } from '@vitra/log'

/** Codes of {@link DatabaseError}. */
export type DatabaseErrorCode =
  | 'CONNECT_TIMEOUT'
  | 'CONTRACT_VIOLATED'
  | 'CREATION_INVALID'
  | 'DATABASE_CLOSED'
  | 'KEY_INVALID'
  | 'NOT_A_PARTICIPANT'
  | 'NOT_A_SCRIPT'
  | 'NOT_THE_EXECUTOR'
  | 'OPTIONS_INVALID'
  | 'SYNC_TIMEOUT'
  | 'TOO_MANY_CALLS'
  | 'WRONG_KEY'

/** A database that cannot be used as asked. */
export class DatabaseError extends VitraError<DatabaseErrorCode> {
  override name = 'DatabaseError'
}

/** Codes of {@link TransactionError}. */
export type TransactionErrorCode =
  | 'OP_REJECTED'
  | 'TX_DETACHED'
  | 'TX_INVALID'
  | 'TX_NOT_PROCESSED'
  | 'TX_TIMEOUT'
  | 'TX_UNPROVED'

/** A transaction that failed, or whose result is not known yet. */
export class TransactionError extends VitraError<TransactionErrorCode> {
  override name = 'TransactionError'
}
