/** Errors of `vitra`. Each has a stable code and says what to do. */
import { VitraError } from '@vitra/log'

/**
 * Codes: `DATABASE_CLOSED`, `WRONG_KEY`, `KEY_INVALID`, `NOT_A_PARTICIPANT`, `NOT_THE_EXECUTOR`,
 * `CONTRACT_VIOLATED`, `RULES_UNKNOWN`, `SYNC_TIMEOUT`, `CREATION_INVALID`.
 */
export class DatabaseError extends VitraError {
  override name = 'DatabaseError'
}

/** Codes: `TX_TIMEOUT`, `OP_REJECTED`, `TX_NOT_PROCESSED`, `TX_DETACHED`, `TX_INVALID`, `TX_UNPROVED`. */
export class TransactionError extends VitraError {
  override name = 'TransactionError'
}
