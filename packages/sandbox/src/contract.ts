/** A loaded contract (spec/4-execution §1, §2): its methods, `process` and `apply`, each run in a fresh realm. */
import { randomBytes } from 'node:crypto'
import { type RuleLimits, type Rules, toHex } from '@vitra/log'
import { decodeValue, type Value } from '@vitra/log/values'
import { type Ending, readEnding } from './ending.js'
import { ContractError, SandboxError } from './errors.js'
import type { GuestRun } from './guest-process.js'
import { answerMethod, type MethodHost } from './method-calls.js'
import { pack } from './pack.js'
import type { ParsedContract } from './parse.js'
import { FRAME, MODE, type Mode, packRun } from './wire.js'

/** A method, as its author wrote it. */
export interface MethodInfo {
  readonly name: string
  /** Text of the first parameter with its default; empty where there is none. @example '{ amount = 1 }' */
  readonly params: string
  readonly async: boolean
}

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

/** One `apply`; for {@link step}, which is what everybody else calls. */
export interface ApplyRequest {
  readonly op: Uint8Array
  /** Encoded `ack`. */
  readonly ack: Uint8Array
  /** 32 bytes that `util` draws from. */
  readonly seed: Uint8Array
  /** Answers what the contract reads and asks for. A rejection ends the run. */
  answer(question: Value): Promise<Uint8Array>
}

/** A contract that is loaded and can be run. */
export interface Contract {
  readonly source: string
  /** In order of their names. */
  readonly methods: readonly MethodInfo[]
  readonly hasProcess: boolean
  readonly applyForm: 'function' | 'record'
  /**
   * Calls a method.
   *
   * @throws {ContractError} `CONTRACT_ERROR` with line and column, `METHOD_NOT_FOUND`, `PARAMS_INVALID`, `CALL_TIMEOUT`
   * @throws {SandboxError}
   */
  call(request: CallRequest): Promise<CallResult>
  /** Runs `process` over an encoded op. @throws {SandboxError} */
  process(op: Uint8Array): Promise<ProcessResult>
  /** @throws {SandboxError}, or whatever `answer` rejects with */
  apply(request: ApplyRequest): Promise<Ending>
}

export interface ContractFacts {
  readonly parsed: ParsedContract
  readonly methods: readonly MethodInfo[]
  readonly hasProcess: boolean
  readonly applyForm: 'function' | 'record'
}

const SEED_BYTES = 32
const NO_PARAMS = pack({})

export interface LoadedOptions {
  readonly source: string
  readonly facts: ContractFacts
  readonly rules: Rules
  /** Column in the author's source of a place that the guest tells. */
  readonly authorColumn: (line: number, column: number) => number
  readonly run: (run: GuestRun) => Promise<Uint8Array>
}

export class LoadedContract implements Contract {
  readonly source: string
  readonly methods: readonly MethodInfo[]
  readonly hasProcess: boolean
  readonly applyForm: 'function' | 'record'
  readonly #options: LoadedOptions

  constructor(options: LoadedOptions) {
    const { facts, source } = options
    this.source = source
    this.methods = Object.freeze(facts.methods.map((method) => Object.freeze({ ...method })))
    this.hasProcess = facts.hasProcess
    this.applyForm = facts.applyForm
    this.#options = options
  }

  async call({ method, params, caller, signal }: CallRequest): Promise<CallResult> {
    if (!this.methods.some(({ name }) => name === method)) {
      const known = this.methods.map(({ name }) => name).join(', ') || 'none'
      throw new ContractError('METHOD_NOT_FOUND', `the contract has no method ${method}; it has ${known}`)
    }
    const pubkey = caller.oplog === null ? null : toHex(caller.oplog.pubkey)
    const ending = await this.#runToEnd(MODE.call, method, checkParams(params), randomBytes(SEED_BYTES), {
      pubkey,
      isWriter: caller.isWriter,
      answer: (question) => answerMethod(caller, question),
      signal,
    }).catch((error) => {
      throw asCallError(error, method)
    })
    if (ending.kind === 'ok')
      return { ops: ending.ops, ...(ending.value === null ? {} : { response: ending.value }) }
    throw this.#methodError(method, ending)
  }

  async process(op: Uint8Array): Promise<ProcessResult> {
    if (!this.hasProcess) return { ok: true }
    const ending = await this.#runToEnd(MODE.process, op, null, randomBytes(SEED_BYTES), { isWriter: null })
    if (ending.kind === 'ok')
      return { ok: true, ...(ending.value === null ? {} : { metadata: ending.value }) }
    if (ending.kind === 'failed') return { ok: false, message: ending.message }
    return { ok: false, message: 'process never settles' }
  }

  apply({ op, ack, seed, answer }: ApplyRequest): Promise<Ending> {
    return this.#runToEnd(MODE.apply, op, ack, seed, { isWriter: null, answer })
  }

  #methodError(method: string, ending: Exclude<Ending, { kind: 'ok' }>): ContractError {
    if (ending.kind === 'pending') {
      return new ContractError('CONTRACT_ERROR', `${method} waits for something that never comes`, {
        details: { method, stack: [] },
      })
    }
    const { message, name } = ending
    const frames = ending.frames.map(({ line, column }) => ({
      line,
      column: this.#options.authorColumn(line, column),
    }))
    const stack = frames.map(({ line, column }) => `contract.js:${line}:${column}`)
    const said = message === '' ? `${method} failed with ${name || 'an error'}` : message
    return new ContractError('CONTRACT_ERROR', said, {
      details: { method, stack },
      place: { name, line: frames[0]?.line, column: frames[0]?.column },
    })
  }

  async #runToEnd(
    mode: Mode,
    subject: string | Uint8Array,
    extra: Uint8Array | null,
    seed: Uint8Array,
    { pubkey = null, isWriter, answer, signal }: RunOptions,
  ): Promise<Ending> {
    const { rules, run } = this.#options
    const { limits } = rules
    const message = pack([mode, subject, extra, new Uint8Array(seed), pubkey, limitNumbers(limits)])
    const ending = await run({
      kind: FRAME.run,
      payload: (id) => packRun({ id, mode, isWriter }, message),
      answer: FRAME.result,
      signal,
      ...(answer === undefined ? {} : { onCall: answer }),
    })
    return readEnding(ending, mode, limits)
  }
}

interface RunOptions extends Pick<GuestRun, 'signal'> {
  /** Value of `isWriter`; null outside methods. */
  readonly isWriter: boolean | null
  readonly pubkey?: string | null
  readonly answer?: (question: Value) => Promise<Uint8Array>
}

/** The limits that the realm keeps to, in its order. */
function limitNumbers(limits: RuleLimits): number[] {
  const { valueBytesMax, valueDepthMax, opBytesMax, opChangesMax, opWriteBytesMax } = limits
  return [valueBytesMax, valueDepthMax, opBytesMax, opChangesMax, opWriteBytesMax]
}

/** Parameters are an object, always. */
function checkParams(params: Uint8Array): Uint8Array {
  const value = decodeValue(params, { bytesMax: Number.MAX_SAFE_INTEGER })
  if (value === null) return NO_PARAMS
  if (typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array)) return params
  throw new ContractError('PARAMS_INVALID', 'the parameters of a method are an object, such as {amount: 1}')
}

function asCallError(error: unknown, method: string): unknown {
  if (!(error instanceof SandboxError) || error.code !== 'GUEST_TIMEOUT') return error
  return new ContractError('CALL_TIMEOUT', `${method} ran for too long and was ended`, { cause: error })
}
