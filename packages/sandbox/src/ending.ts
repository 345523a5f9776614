/** How a run ended, as the guest says and the host checks (spec/4-execution §3, §5, §6). */
import { FAILURE_CODES, type FailureCode, type RuleLimits } from '@vitra/log'
import { EMITS_MAX, TEXT_UNITS_MAX } from './constants.js'
import { type RawEnding, unpackEndings, type Write } from './ending-fields.js'
import { protocolError } from './guest-process.js'
import { checked, expectArray, expectEncoded } from './messages.js'
import { unpack } from './pack.js'
import { MODE, type Mode } from './wire.js'

/** A place in the contract's source, 1-based. */
export interface ErrorPlace {
  readonly line: number
  readonly column: number
}

/** How one run of a contract ended. */
export type Ending = {
  /** Fuel that the run used. */
  readonly fuel: number
} & (
  | {
      readonly kind: 'ok'
      /** Encoded return value; null where there is none. */
      readonly value: Uint8Array | null
      /** Changes that the host has not seen yet, unchecked; `apply` only. */
      readonly changes: readonly Write[]
      /** Ops that a method emitted. */
      readonly ops: Uint8Array[]
    }
  | {
      readonly kind: 'failed'
      readonly code: FailureCode
      readonly message: string
      /** Name of the error. */
      readonly name: string
      readonly frames: readonly ErrorPlace[]
      /** The error's own `code`; empty where it has none, or nobody asked. */
      readonly reason: string
    }
  | { readonly kind: 'pending' }
  /** The run met a limit of the machine, which is no outcome: it has to be tried elsewhere. */
  | { readonly kind: 'resource' }
)

/** The endings that one frame brings. @throws {SandboxError} `GUEST_PROTOCOL` */
export function readEndings(
  payload: Uint8Array,
  mode: Mode,
  limits: RuleLimits,
  endingsMax = Number.MAX_SAFE_INTEGER,
): Ending[] {
  const max = { endings: endingsMax, writes: mode === MODE.call ? EMITS_MAX : limits.opChangesMax }
  const endings = checked('endings that do not decode', () => unpackEndings(payload, max))
  return endings.map((ending) => readEnding(ending, mode, limits))
}

function readEnding(ending: RawEnding, mode: Mode, limits: RuleLimits): Ending {
  const { fuel } = ending
  if (!Number.isSafeInteger(fuel) || fuel > limits.fuelMax) throw protocolError('fuel that no run has')
  if (!ending.isOk) return { ...readTold(ending.told, limits), fuel }
  const { value, writes } = ending
  if (value !== null)
    expectEncoded(
      value,
      { bytesMax: limits.valueBytesMax, depthMax: limits.valueDepthMax },
      'a return value that is none',
    )
  const isCall = mode === MODE.call
  return {
    fuel,
    kind: 'ok',
    value,
    changes: isCall ? [] : writes,
    ops: isCall ? readOps(writes, limits) : [],
  }
}

function readTold(
  bytes: Uint8Array,
  limits: RuleLimits,
): DistributiveOmit<Exclude<Ending, { kind: 'ok' }>, 'fuel'> {
  const [kind, ...rest] = expectArray(
    checked('an ending that does not decode', () => unpack(bytes)),
    'no ending',
  )
  if (kind === 'pending' || kind === 'resource') return { kind }
  if (kind !== 'failed') throw protocolError('no ending')
  return readFailure(rest, limits)
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

function readFailure(
  [code, message, name, frames, reason = '']: readonly unknown[],
  limits: RuleLimits,
): DistributiveOmit<Extract<Ending, { kind: 'failed' }>, 'fuel'> {
  if (!FAILURE_CODES.includes(code as FailureCode)) throw protocolError('an unknown failure')
  if (typeof message !== 'string' || typeof name !== 'string' || typeof reason !== 'string')
    throw protocolError('a failure without a message')
  return {
    kind: 'failed',
    code: code as FailureCode,
    message: cut(message, limits.messageUnitsMax),
    name: cut(name, limits.messageUnitsMax),
    frames: expectArray(frames, 'no places').map(readPlace),
    reason: cut(reason, limits.messageUnitsMax),
  }
}

function readPlace(place: unknown): ErrorPlace {
  const [line, column] = expectArray(place, 'no place')
  if (!Number.isSafeInteger(line) || !Number.isSafeInteger(column)) throw protocolError('no place')
  return { line: line as number, column: column as number }
}

function readOps(writes: readonly Write[], limits: RuleLimits): Uint8Array[] {
  const valueLimits = { bytesMax: limits.opBytesMax, depthMax: limits.valueDepthMax }
  return writes.map(([, op]) => expectEncoded(op, valueLimits, 'an op that is no value'))
}

/** The first part of a text; half a character at the end is replaced. */
export function cut(text: string, unitsMax: number): string {
  return text.length <= unitsMax ? text : text.slice(0, Math.min(unitsMax, TEXT_UNITS_MAX)).toWellFormed()
}
