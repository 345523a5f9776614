/**
 * The errors of `@vitra/sandbox` (spec/4-execution §5). Only {@link ContractError} and {@link ContractLoadError} are the
 * contract's doing; the others say that this machine could not run it, which is never an outcome.
 */
import { VitraError, type VitraErrorOptions } from '@vitra/log/values'

/** Codes of {@link ContractLoadError}. */
export type ContractLoadErrorCode =
  | 'CONTRACT_SYNTAX'
  | 'CONTRACT_LOAD'
  | 'CONTRACT_NO_APPLY'
  | 'SCRIPT_EXPORT'
  | 'SCRIPT_IMPORT'
  | 'SCRIPT_NAME'
  | 'SCRIPT_SYNTAX'

/** A source that is no contract. */
export class ContractLoadError extends VitraError<ContractLoadErrorCode> {
  override name = 'ContractLoadError'
}

/** Codes of {@link ContractError}. */
export type ContractErrorCode = 'CONTRACT_ERROR' | 'METHOD_NOT_FOUND' | 'PARAMS_INVALID' | 'CALL_TIMEOUT'

/** A method call that failed. */
export class ContractError extends VitraError<ContractErrorCode> {
  override name = 'ContractError'
  /** Name of the error that the contract threw. */
  readonly errorName: string | undefined
  /** 1-based line in the contract's source, where it is known. */
  readonly line: number | undefined
  /** 1-based column. */
  readonly column: number | undefined

  constructor(code: ContractErrorCode, message: string, options: VitraErrorOptions & { place?: Place } = {}) {
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

/** Codes of {@link SandboxError}. */
export type SandboxErrorCode =
  | 'GUEST_TIMEOUT'
  | 'GUEST_MEMORY'
  | 'GUEST_CRASHED'
  | 'GUEST_PROTOCOL'
  | 'GUEST_NOT_STARTED'
  | 'ENGINE_MISSING'
  | 'ENGINE_REFUSED'
  | 'ENGINE_UNKNOWN'
  | 'CONTRACT_REFUSED'
  | 'SANDBOX_CLOSED'

/** The guest failed, or it cannot be used. */
export class SandboxError extends VitraError<SandboxErrorCode> {
  override name = 'SandboxError'
}

/** What one op can bring about in its guest. */
const RESOURCE_LIMITS: readonly SandboxErrorCode[] = [
  'GUEST_TIMEOUT',
  'GUEST_MEMORY',
  'GUEST_CRASHED',
  'GUEST_PROTOCOL',
]

/**
 * True for a resource limit (spec/4-execution §5): the op is tried again, then it is unexecutable. Any other
 * failure of the sandbox says that this machine runs nothing now; no outcome comes of that.
 */
export function isResourceLimit(error: unknown): error is SandboxError {
  return error instanceof SandboxError && RESOURCE_LIMITS.includes(error.code)
}

/** An op that two guests could not run to its end. The `cause` says why. */
export class UnexecutableError extends VitraError<'UNEXECUTABLE'> {
  override name = 'UnexecutableError'
}
