/** Errors of `@vitra/executor`. */
import { VitraError } from '@vitra/log'

/** Codes of {@link ExecutorError}. */
export type ExecutorErrorCode = 'CLOCK_JUMP' | 'CONTRACT_UNUSABLE' | 'EXECUTOR_CLOSED' | 'BATCH_CONTRADICTS'

/** The executor cannot go on. */
export class ExecutorError extends VitraError<ExecutorErrorCode> {
  override name = 'ExecutorError'
}
