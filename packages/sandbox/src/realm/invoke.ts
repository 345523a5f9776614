/**
 * Runs one function of the contract and says how it ended (spec/4-execution §2–§5). The function's promise is
 * watched, never waited for: what is still pending when nothing is left to do can never settle.
 */
import { MODE } from '../wire.js'
import { keepFrames, refusal } from './errors.js'
import { describe } from './failure.js'
import type { Run } from './run.js'
import { createTx, Queue } from './tx.js'
import { decodeFresh, encodeFromContract } from './values.js'

/** Exports of a contract. */
export type Exports = Readonly<Record<string, unknown>>
type AnyFunction = (...args: unknown[]) => unknown

/** Most ops that one method call may emit. */
const EMITS_MAX = 1000
/** Most bytes that one method call may emit. */
const EMIT_BYTES_MAX = 8 * 1024 * 1024
/** What an envelope adds to an op's own bytes, at most. */
const ENVELOPE_BYTES_MAX = 32

/** How a run ended; the host reads it from the result frame. */
export type Ending = readonly unknown[]
/** Gives the ending once nothing is left to do. */
export type Finish = () => Ending

export function runApply(contract: Exports, run: Run, op: Uint8Array, ack: unknown): Finish {
  const queue = new Queue(run)
  const value = decodeFresh(op)
  const handler = findHandler(contract.apply, value)
  if (handler === null) return () => ['failed', 'no-handler', '', '', []]
  const finish = watch(run, () => handler(createTx(queue), value, Object.freeze(ack)))
  return () => {
    const ending = finish()
    if (ending[0] === 'pending') return ending
    if (queue.isExhausted) return ['failed', 'size', '', '', []]
    return ending[0] === 'ok' ? [...ending, queue.takeNew()] : ending
  }
}

export function runProcess(contract: Exports, run: Run, op: Uint8Array): Finish {
  return watch(run, () => (contract.process as AnyFunction)(decodeFresh(op)))
}

export function runMethod(contract: Exports, run: Run, name: string, params: Uint8Array): Finish {
  keepFrames()
  const ops: Uint8Array[] = []
  let bytes = 0
  const emit = (op: unknown): void => {
    if (!run.isOpen) throw refusal('contract', 'emit is closed: the method has settled')
    const encoded = encodeFromContract(
      op,
      run,
      Math.min(run.limits.valueBytesMax, run.limits.opBytesMax - ENVELOPE_BYTES_MAX),
    )
    bytes += encoded.length
    if (ops.length >= EMITS_MAX || bytes > EMIT_BYTES_MAX) {
      throw refusal('size', `a method emits at most ${EMITS_MAX} ops and ${EMIT_BYTES_MAX} bytes`)
    }
    ops.push(encoded)
  }
  const finish = watch(run, () => (contract[name] as AnyFunction)(decodeFresh(params), emit))
  return () => {
    const ending = finish()
    return ending[0] === 'ok' ? [...ending, ops] : ending
  }
}

/** What the contract offers, for the host's list of methods. */
export function inspect(contract: Exports): Ending {
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
  if (typeof apply === 'function') return (...args) => Reflect.apply(apply, undefined, args)
  if (typeof op !== 'object' || op === null || Array.isArray(op) || op instanceof Uint8Array) return null
  if (typeof apply !== 'object' || apply === null || !Object.hasOwn(op, 'op')) return null
  const name = (op as { op: unknown }).op
  if (typeof name !== 'string' || !Object.hasOwn(apply, name)) return null
  const handler: unknown = (apply as Exports)[name]
  return typeof handler === 'function' ? (...args) => Reflect.apply(handler, apply, args) : null
}

/** Calls, and follows the result to its end. */
function watch(run: Run, call: () => unknown): Finish {
  let ending: Ending = ['pending']
  const settle = async (): Promise<void> => {
    try {
      const value = await call()
      run.isOpen = false
      ending = ['ok', value === undefined ? null : encodeFromContract(value, run)]
    } catch (thrown) {
      run.isOpen = false
      const { code, message, name, frames } = describe(thrown)
      const places = run.mode === MODE.call ? frames : []
      ending = ['failed', code, message.toWellFormed(), name.toWellFormed(), places]
    }
  }
  void settle()
  return () => ending
}
