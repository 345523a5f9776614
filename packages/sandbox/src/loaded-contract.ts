/** A contract that is loaded in the guests of a sandbox: packs what it is to run, checks what comes back (spec/4-execution §6). */
import { randomBytes } from 'node:crypto'
import type { FailureCode, RuleLimits, Rules } from '@vitra/log'
import { decodeValue, encodeUtf8, type Value } from '@vitra/log/values'
import { CallQueue } from './call-queue.js'
import type {
  ApplyItem,
  ApplyRequest,
  CallRequest,
  CallResult,
  Contract,
  Failure,
  RunsResult,
} from './contract.js'
import { type Ending, type ErrorPlace, readEndings } from './ending.js'
import { ContractError, isResourceLimit, SandboxError } from './errors.js'
import { type GuestRun, protocolError } from './guest-process.js'
import { checked, expectArray } from './messages.js'
import type { MethodInfo } from './method-info.js'
import { pack, unpack } from './pack.js'
import type { PreparedContract } from './prepare.js'
import type { RunOptions } from './run-options.js'
import { packItem, packRuns } from './runs.js'
import type { ContractWarning } from './warnings.js'
import { FRAME, MODE, type Mode } from './wire.js'

export interface ContractFacts {
  readonly parsed: PreparedContract['parsed']
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
  readonly #calls = new CallQueue((items, how) => this.#runAll(MODE.call, items, how))

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
    const ending = await this.#calls.add({ item, caller, signal }).catch((error) => {
      throw asCallError(error, method)
    })
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
    return this.#runAll(
      MODE.apply,
      items.map((item) => this.#packOp(item)),
      how,
    )
  }

  async explain(item: ApplyItem, answer: (question: Value) => Promise<Uint8Array>): Promise<Failure | null> {
    const { endings, failure } = await this.#runAll(MODE.apply, [this.#packOp(item)], {
      isExplained: true,
      answer: (_, question) => answer(question),
    })
    const [ending] = endings
    if (ending === undefined) throw failure
    if (ending.kind !== 'failed') return null
    const { code, message, name, reason } = ending
    return { code, message, name, reason, places: this.#placesOf(ending) }
  }

  #packOp({ op, metadata, signer, seq, ts, seed }: ApplyItem): Uint8Array {
    return packItem({ subject: op, extra: metadata, seed: this.#seed(seed), key: signer, seq, ts })
  }

  /** In the author's source. */
  #placesOf({ frames }: Extract<Ending, { kind: 'failed' }>): ErrorPlace[] {
    const { authorColumn } = this.#options
    return frames.map(({ line, column }) => ({ line, column: authorColumn(line, column) }))
  }

  /** A seed, where the contract can draw from it. */
  #seed(make: () => Uint8Array): Uint8Array | null {
    const { imports } = this.#options.facts.parsed
    return imports.includes('util') || imports.includes('vitra:util') ? make() : null
  }

  #methodError(method: string, ending: Exclude<Ending, { kind: 'ok' }>): ContractError {
    if (ending.kind !== 'failed') {
      return new ContractError('CONTRACT_ERROR', `${method} waits for something that never comes`, {
        details: { method, stack: [] },
      })
    }
    const { message, name, reason } = ending
    const frames = this.#placesOf(ending)
    const stack = frames.map(({ line, column }) => `contract.js:${line}:${column}`)
    const said = message || `${method} ${LIMITS_SAID[ending.code] ?? `failed with ${name || 'an error'}`}`
    return new ContractError('CONTRACT_ERROR', said, {
      details: { method, stack, ...(reason === '' ? {} : { reason }) },
      place: { name, line: frames[0]?.line, column: frames[0]?.column },
    })
  }

  /** Runs one item after the other, and says how far the guest got. */
  async #runAll(mode: Mode, items: readonly Uint8Array[], how: RunOptions): Promise<RunsResult> {
    const { rules, run } = this.#options
    const { isWriter = null, isCareful = false, isExplained = false, state, answer, onEndings, signal } = how
    const endings: Ending[] = []
    let toldAt = 0
    const take = (payload: Uint8Array): void => {
      const next = readEndings(payload, mode, rules.limits, items.length - endings.length)
      if (next.slice(0, -1).some(({ kind }) => kind === 'resource'))
        throw protocolError('runs after the last')
      toldAt = performance.now()
      onEndings?.(next)
      endings.push(...next)
    }
    const batch = nextBatch++
    const place = { batch, state: state?.id ?? 0, after: state?.after ?? 0 }
    const runs = { mode, isWriter, isCareful, isExplained, items, ...place }
    state?.reset()
    try {
      await run({
        kind: FRAME.run,
        payload: (id) => packRuns({ id, ...runs }),
        answer: FRAME.result,
        isFirst: mode !== MODE.call,
        signal,
        onPart: take,
        toldAt: () => toldAt,
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
