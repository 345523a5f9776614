/** Errors of `@vitra/executor`. */
import { VitraError } from '@vitra/log'

/**
 * The executor cannot go on. Codes: `CLOCK_JUMP` (the system clock moved ahead by more than is
 * allowed: confirm it), `CONTRACT_UNUSABLE` (the contract in force does not load here),
 * `EXECUTOR_CLOSED`, `BATCH_CONTRADICTS` (the index on disk is not what was laid out: load again).
 */
export class ExecutorError extends VitraError {
  override name = 'ExecutorError'
}
