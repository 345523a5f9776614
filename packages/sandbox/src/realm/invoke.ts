/**
 * Runs one function of the contract and says how it ended (spec/4-execution §2–§5). The function's promise is
 * watched, never waited for: what is still pending when nothing is left to do can never settle.
 */
import { decodeUtf8 } from '@vitra/log/values'
import { EMITS_MAX } from '../constants.js'
import type { Write } from '../ending-fields.js'
import type { RunItem } from '../runs.js'
import { isTalkative, refusal } from './errors.js'
import { describe } from './failure.js'
import { hex } from './hex.js'
import { take, unmetered } from './meter.js'
import { PRICE, valuePrice } from './prices.js'
import type { Run } from './run.js'
import { createTx, Queue } from './tx.js'
import { decodeFresh, decodePriced, encodeFromContract, encodePriced, service } from './values.js'

/** The engine's own: a contract pays for ours. */
const { apply: engineApply } = Reflect

/** Exports of a contract. */
export type Exports = Readonly<Record<string, unknown>>
type AnyFunction = (...args: unknown[]) => unknown

/** Most bytes that one method call may emit. */
const EMIT_BYTES_MAX = 8 * 1024 * 1024
/** Of a message and a name each, at three bytes a unit at most: more than any rules keep. */
const TOLD_UNITS_MAX = 128 * 1024
/** What an envelope adds to an op's own bytes, at most. */
const ENVELOPE_BYTES_MAX = 32

/** How a run ended; fuel comes to it when it is told. */
export type Ending =
  /** Encoded return value, null where there is none, and what `apply` wrote or a method emitted. */
  | { readonly isOk: true; readonly value: Uint8Array | null; readonly writes: readonly Write[] }
  | { readonly isOk: false; readonly told: Told }
/** Kind of an ending, and what the kind tells. */
export type Told = readonly unknown[]
/** Gives the ending once nothing is left to do. */
export type Finish = () => Ending

/** What is still pending when nothing is left to do. */
export const PENDING: Ending = Object.freeze({ isOk: false, told: ['pending'] })

/** A run that is ready: the call of the contract's function, and what its ending adds to that of the call. */
export interface Prepared {
  /** Null where there is nothing to call. */
  readonly call: (() => unknown) | null
  readonly finish: (ending: Ending) => Ending
  /** What a run that ends well changes in the state, in order. */
  readonly writes?: () => readonly Write[]
}

export function prepareApply(contract: Exports, run: Run, { subject, ...item }: RunItem): Prepared {
  const queue = new Queue(run)
  const value = decodePriced(subject)
  const handler = findHandler(contract.apply, value)
  if (handler === null) return { call: null, finish: () => failedBy('no-handler') }
  const tx = createTx(queue)
  const ack = createAck(item)
  return {
    call: () => handler(tx, value, ack),
    finish(ending) {
      if (queue.isExhausted && ending !== PENDING) return failedBy('size')
      return ending.isOk ? { ...ending, writes: queue.takeNew() } : ending
    },
    writes: () => queue.writes,
  }
}

/** The fields in the order of their encodings, as all values have them. */
function createAck({ extra, key, seq, ts }: Omit<RunItem, 'subject'>): object {
  const ack = { ts, seq, origin: hex(key!) }
  return Object.freeze(extra === null ? ack : { ...ack, metadata: decodeFresh(extra) })
}

export function prepareProcess(contract: Exports, { subject }: RunItem): Prepared {
  const value = decodePriced(subject)
  return { call: () => (contract.process as AnyFunction)(value), finish: (ending) => ending }
}

export function prepareMethod(contract: Exports, run: Run, { subject, extra }: RunItem): Prepared {
  const ops: Write[] = []
  let bytes = 0
  const emit = (op: unknown): void =>
    service(PRICE.write, () => {
      if (!run.isOpen) throw refusal('contract', 'emit is closed: the method has settled')
      const encoded = encodeFromContract(
        op,
        run,
        Math.min(run.limits.valueBytesMax, run.limits.opBytesMax - ENVELOPE_BYTES_MAX),
      )
      take(valuePrice(encoded))
      bytes += encoded.length
      if (ops.length >= EMITS_MAX || bytes > EMIT_BYTES_MAX) {
        throw refusal('size', `a method emits at most ${EMITS_MAX} ops and ${EMIT_BYTES_MAX} bytes`)
      }
      ops.push(['', encoded])
    })
  const name = decodeUtf8(subject)!
  const value = decodePriced(extra!)
  return {
    call: () => (contract[name] as AnyFunction)(value, emit),
    finish: (ending) => (ending.isOk ? { ...ending, writes: ops } : ending),
  }
}

/** What the contract offers, for the host's list of methods. */
export function inspect(contract: Exports): Told {
  const { apply } = contract
  const form =
    typeof apply === 'function' ? 'function' : typeof apply === 'object' && apply !== null ? 'record' : null
  const functions = Reflect.ownKeys(contract).filter(
    (name) => typeof name === 'string' && isFunction(contract, name),
  )
  return ['inspected', form, functions]
}

/** False too where the export has no value in this mode, as a re-exported `isWriter`. */
function isFunction(contract: Exports, name: string): boolean {
  try {
    return typeof contract[name] === 'function'
  } catch {
    return false
  }
}

/** The handler of an op; of a record only its own functions. */
function findHandler(apply: unknown, op: unknown): AnyFunction | null {
  if (typeof apply === 'function') return (...args) => engineApply(apply, undefined, args)
  if (typeof op !== 'object' || op === null || Array.isArray(op) || op instanceof Uint8Array) return null
  if (typeof apply !== 'object' || apply === null || !Object.hasOwn(op, 'op')) return null
  const name = (op as { op: unknown }).op
  if (typeof name !== 'string' || !Object.hasOwn(apply, name)) return null
  const handler: unknown = (apply as Exports)[name]
  return typeof handler === 'function' ? (...args) => engineApply(handler, apply, args) : null
}

/**
 * Calls the contract's function and follows the result to its end. What the contract does is metered, what this
 * function does is not.
 */
export function watch(run: Run, call: () => unknown): Finish {
  let ending: Ending = PENDING
  const settle = async (): Promise<void> => {
    try {
      const value = await call()
      run.isOpen = false
      ending = unmetered(() => ({
        isOk: true,
        value: value === undefined ? null : encodePriced(value, run),
        writes: [],
      }))
    } catch (thrown) {
      run.isOpen = false
      ending = unmetered(() => failure(thrown))
    }
  }
  void settle()
  return () => ending
}

function failure(thrown: unknown): Ending {
  const { code, message, name, frames, reason } = describe(thrown)
  const told: Told = ['failed', code, cut(message), cut(name), isTalkative() ? frames : []]
  return { isOk: false, told: reason === undefined ? told : [...told, cut(reason)] }
}

/** As much of a text as the host may want: it cuts what the rules leave out, and an ending is one value. */
function cut(text: string): string {
  return text.slice(0, TOLD_UNITS_MAX).toWellFormed()
}

/** The ending of a run that the contract has no words for. */
export function failedBy(code: string): Ending {
  return { isOk: false, told: ['failed', code, '', '', []] }
}
