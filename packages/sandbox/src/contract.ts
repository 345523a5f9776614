/** A loaded contract, as its users see it (spec/4-execution §1, §2): its methods, `process` and `apply`. */
import type { FailureCode } from '@vitra/log'
import type { Value } from '@vitra/log/values'
import type { Ending, ErrorPlace } from './ending.js'
import type { SandboxError } from './errors.js'
import type { MethodHost } from './method-calls.js'
import type { MethodInfo } from './method-info.js'
import type { StateSession } from './state-session.js'
import type { ContractWarning } from './warnings.js'

/** One call of a method. */
export interface CallRequest {
  readonly method: string
  /** Encoded parameters: an object, or null for none. */
  readonly params: Uint8Array
  readonly caller: MethodHost
  /** Aborting ends the method; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** What a method gave. */
export interface CallResult {
  /** Encoded return value, where there is one. */
  readonly response?: Uint8Array
  /** Encoded ops that the method emitted, in order. */
  readonly ops: Uint8Array[]
}

/** What became of `process`. */
export type ProcessResult =
  | { readonly ok: true; readonly metadata?: Uint8Array }
  | { readonly ok: false; readonly message: string }

/** One `apply` of a batch. */
export interface ApplyItem {
  readonly op: Uint8Array
  /** What `process` gave for it; null for nothing. */
  readonly metadata: Uint8Array | null
  /** Public key of the participant who signed it. */
  readonly signer: Uint8Array
  /** Place in the participant's oplog. */
  readonly seq: number
  /** Time of execution, in milliseconds. */
  readonly ts: number
  /** The 32 bytes that `util` draws from. */
  readonly seed: () => Uint8Array
}

/** `apply` over ops, one after the other; for {@link steps}, which is what everybody else calls. */
export interface ApplyRequest {
  readonly items: readonly ApplyItem[]
  /** Has the guest tell each ending at once: where it fails, all that went before is known. */
  readonly isCareful?: boolean
  /** What lets the guest go on from what it knows of the state; without it the guest asks for everything. */
  readonly state?: StateSession
  /** Answers what the op at a position reads and asks for. A rejection ends the batch. */
  answer(nth: number, question: Value): Promise<Uint8Array>
  /** Takes the endings of the next ops. What it throws ends the batch. */
  onEndings(endings: readonly Ending[]): void
}

/** How an op failed, for people: none of it is in a record, but what the outcome says. */
export interface Failure {
  readonly code: FailureCode
  /** What was thrown says; of an error of the engine too, of which the outcome has the class alone. */
  readonly message: string
  /** Name of the error; empty where it is none. */
  readonly name: string
  /** The error's own `code`, where that is a text; else empty. */
  readonly reason: string
  /** Places in the contract's source, innermost first; empty where none is known. */
  readonly places: readonly ErrorPlace[]
}

/** How a batch of runs went. It may end before its last item: the guest stops where the host has to have its say. */
export interface RunsResult {
  /** Of the first items, in order. */
  readonly endings: readonly Ending[]
  /** Why the next item has no ending, where the guest failed in it. */
  readonly failure?: SandboxError
}

/** A contract that is loaded and can be run. */
export interface Contract {
  readonly source: string
  /** In order of their names. */
  readonly methods: readonly MethodInfo[]
  readonly hasProcess: boolean
  readonly applyForm: 'function' | 'record'
  /** What keeps it from being pure, in the order of the source; empty where it is. See {@link contractWarnings}. */
  readonly warnings: readonly ContractWarning[]
  /**
   * Calls a method.
   *
   * @throws {ContractError} `CONTRACT_ERROR` with line and column, `METHOD_NOT_FOUND`, `PARAMS_INVALID`, `CALL_TIMEOUT`
   * @throws {SandboxError}
   */
  call(request: CallRequest): Promise<CallResult>
  /** Runs `process` over encoded ops; `isCareful` as in {@link ApplyRequest}. @throws {SandboxError} where it is closed or refused */
  process(ops: readonly Uint8Array[], isCareful?: boolean): Promise<RunsResult>
  /** Runs `apply`. @throws {SandboxError} where it is closed or refused, or whatever `answer` rejects with */
  apply(request: ApplyRequest): Promise<RunsResult>
  /** Runs `apply` over one op to say how it fails; null where it does not. For {@link explain}. @throws as `apply` */
  explain(item: ApplyItem, answer: (question: Value) => Promise<Uint8Array>): Promise<Failure | null>
}
