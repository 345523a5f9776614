/** A loaded contract (spec/4-execution §1, §2): its methods, `process` and `apply`. */
import { randomBytes } from 'node:crypto'
import type { FailureCode, RuleLimits, Rules } from '@vitra/log'
import { decodeValue, encodeUtf8, type Value } from '@vitra/log/values'
import { type Ending, readEndings } from './ending.js'
import { ContractError, isResourceLimit, SandboxError } from './errors.js'
import { FieldWriter } from './fields.js'
import { type GuestRun, protocolError } from './guest-process.js'
import { checked, expectArray } from './messages.js'
import { answerMethod, type MethodHost } from './method-calls.js'
import { pack, unpack } from './pack.js'
import type { ParsedContract } from './parse.js'
import { packItem, packRuns } from './runs.js'
import type { StateSession } from './state-session.js'
import type { ContractWarning } from './warnings.js'
import { FRAME, MODE, type Mode } from './wire.js'

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
}

export interface ContractFacts {
  readonly parsed: ParsedContract
  readonly methods: readonly MethodInfo[]
  readonly hasProcess: boolean
  readonly applyForm: 'function' | 'record'
}

const SEED_BYTES = 32
const NO_PARAMS = pack({})
const randomSeed = (): Uint8Array => new Uint8Array(randomBytes(SEED_BYTES))

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
  readonly warnings: readonly ContractWarning[]
  readonly #options: LoadedOptions

  constructor(options: LoadedOptions) {
    const { facts, source } = options
    this.source = source
    this.methods = Object.freeze(facts.methods.map((method) => Object.freeze({ ...method })))
    this.hasProcess = facts.hasProcess
    this.applyForm = facts.applyForm
    this.warnings = Object.freeze([...facts.parsed.impurities])
    this.#options = options
  }

  async call({ method, params, caller, signal }: CallRequest): Promise<CallResult> {
    if (!this.methods.some(({ name }) => name === method)) {
      const known = this.methods.map(({ name }) => name).join(', ') || 'none'
      throw new ContractError('METHOD_NOT_FOUND', `the contract has no method ${method}; it has ${known}`)
    }
    const item = packItem({
      subject: encodeUtf8(method),
      extra: checkParams(params),
      seed: this.#seed(randomSeed),
      key: caller.oplog?.pubkey ?? null,
      seq: 0,
      ts: 0,
    })
    const { endings, failure } = await this.#runAll(MODE.call, [item], {
      isWriter: caller.isWriter,
      answer: (_, question) => answerMethod(caller, question),
      signal,
    })
    if (failure !== undefined) throw asCallError(failure, method)
    const ending = endings[0]!
    if (ending.kind === 'ok')
      return { ops: ending.ops, ...(ending.value === null ? {} : { response: ending.value }) }
    throw this.#methodError(method, ending)
  }

  process(ops: readonly Uint8Array[], isCareful = false): Promise<RunsResult> {
    const rest = { extra: null, key: null, seq: 0, ts: 0 }
    const items = ops.map((subject) => packItem({ subject, seed: this.#seed(randomSeed), ...rest }))
    return this.#runAll(MODE.process, items, { isCareful })
  }

  apply({ items, ...how }: ApplyRequest): Promise<RunsResult> {
    const writer = new FieldWriter()
    const packed = items.map(({ op, metadata, signer, seq, ts, seed }) =>
      packItem({ subject: op, extra: metadata, seed: this.#seed(seed), key: signer, seq, ts }, writer),
    )
    return this.#runAll(MODE.apply, packed, how)
  }

  /** A seed, where the contract can draw from it. */
  #seed(make: () => Uint8Array): Uint8Array | null {
    return this.#options.facts.parsed.imports.includes('util') ? make() : null
  }

  #methodError(method: string, ending: Exclude<Ending, { kind: 'ok' }>): ContractError {
    if (ending.kind !== 'failed') {
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
    const said = message || `${method} ${LIMITS_SAID[ending.code] ?? `failed with ${name || 'an error'}`}`
    return new ContractError('CONTRACT_ERROR', said, {
      details: { method, stack },
      place: { name, line: frames[0]?.line, column: frames[0]?.column },
    })
  }

  /** Runs one item after the other, and says how far the guest got. */
  async #runAll(mode: Mode, items: readonly Uint8Array[], how: RunOptions): Promise<RunsResult> {
    const { rules, run } = this.#options
    const { isWriter = null, isCareful = false, state, answer, onEndings, signal } = how
    const endings: Ending[] = []
    const take = (payload: Uint8Array): void => {
      const next = readEndings(payload, mode, rules.limits, items.length - endings.length)
      if (next.slice(0, -1).some(({ kind }) => kind === 'resource'))
        throw protocolError('runs after the last')
      onEndings?.(next)
      endings.push(...next)
    }
    const batch = nextBatch++
    const runs = { mode, isWriter, isCareful, batch, items, state: state?.id ?? 0, after: state?.after ?? 0 }
    state?.reset()
    try {
      await run({
        kind: FRAME.run,
        payload: (id) => packRuns({ id, ...runs }),
        answer: FRAME.result,
        signal,
        onPart: take,
        ...(answer === undefined
          ? {}
          : { onCall: (asked) => answerNth(asked, endings.length, items.length, answer) }),
      })
    } catch (error) {
      if (signal?.aborted || !isResourceLimit(error)) throw error
      return { endings, failure: error }
    }
    if (endings.length === 0) throw protocolError('no ending')
    if (endings.at(-1)!.kind === 'resource')
      return { endings: endings.slice(0, -1), failure: resourceError() }
    state?.arrive(batch)
    return { endings }
  }
}

let nextBatch = 1

interface RunOptions
  extends Pick<GuestRun, 'signal'>,
    Partial<Pick<ApplyRequest, 'answer' | 'isCareful' | 'onEndings' | 'state'>> {
  /** Value of `isWriter`; null outside methods. */
  readonly isWriter?: boolean | null
}

/** A question with the position of the run that asks it: never one that has its ending. */
async function answerNth(
  asked: Value,
  ended: number,
  count: number,
  answer: ApplyRequest['answer'],
): Promise<Uint8Array> {
  const [nth, question] = expectArray(asked, 'no question')
  const isRun = Number.isSafeInteger(nth) && (nth as number) >= ended && (nth as number) < count
  if (!isRun || !(question instanceof Uint8Array)) throw protocolError('a question of no run')
  return answer(
    nth as number,
    checked('a question that does not decode', () => unpack(question)),
  )
}

function resourceError(): SandboxError {
  return new SandboxError('GUEST_MEMORY', 'the contract needs more memory or stack than it may have')
}

/** What a method did whose failure has no message of the contract's. */
const LIMITS_SAID: Partial<Record<FailureCode, string>> = {
  fuel: 'takes more fuel than a call may: let it do less',
  depth: 'nests calls too deep',
}

/** The limits that the realm keeps to, in its order. */
export function packLimits(limits: RuleLimits): Uint8Array {
  const { valueBytesMax, valueDepthMax, opBytesMax, opChangesMax, opWriteBytesMax, fuelMax } = limits
  return pack([valueBytesMax, valueDepthMax, opBytesMax, opChangesMax, opWriteBytesMax, fuelMax])
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
