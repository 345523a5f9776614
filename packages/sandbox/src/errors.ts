/**
 * The errors of `@vitra/sandbox` (spec/4-execution §5). Only {@link ContractError} and {@link ContractLoadError} are the
 * contract's doing; the others say that this machine could not run it, which is never an outcome.
 */
import { VitraError, type VitraErrorOptions } from '@vitra/log/values'

/** A source that is no contract: `CONTRACT_SYNTAX`, `CONTRACT_LOAD`, `CONTRACT_NO_APPLY`. */
export class ContractLoadError extends VitraError {
  override name = 'ContractLoadError'
}

/** A method call that failed: `CONTRACT_ERROR`, `METHOD_NOT_FOUND`, `PARAMS_INVALID`, `CALL_TIMEOUT`. */
export class ContractError extends VitraError {
  override name = 'ContractError'
  /** Name of the error that the contract threw. */
  readonly errorName: string | undefined
  /** 1-based line in the contract's source, where it is known. */
  readonly line: number | undefined
  /** 1-based column. */
  readonly column: number | undefined

  constructor(code: string, message: string, options: VitraErrorOptions & { place?: Place } = {}) {
    super(code, message, options)
    this.errorName = options.place?.name
    this.line = options.place?.line
    this.column = options.place?.column
  }
}

interface Place {
  readonly name: string
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/**
 * The guest failed: `GUEST_TIMEOUT`, `GUEST_MEMORY`, `GUEST_CRASHED`, `GUEST_PROTOCOL`; or it cannot be used:
 * `ENGINE_MISSING`, `ENGINE_REFUSED`, `SANDBOX_CLOSED`.
 */
export class SandboxError extends VitraError {
  override name = 'SandboxError'
}

/** `UNEXECUTABLE`: an op that two guests could not run to its end. The `cause` says why. */
export class UnexecutableError extends VitraError {
  override name = 'UnexecutableError'
}
