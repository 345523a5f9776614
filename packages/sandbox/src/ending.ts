/** How a run ended, as the guest says and the host checks (spec/4-execution §3, §5, §6). */
import { FAILURE_CODES, type FailureCode, type RuleLimits } from '@vitra/log'
import { TEXT_UNITS_MAX } from './constants.js'
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
export type Ending =
  | {
      readonly kind: 'ok'
      /** Encoded return value; null where there is none. */
      readonly value: Uint8Array | null
      /** Changes that the host has not seen yet, unchecked; `apply` only. */
      readonly changes: unknown
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
    }
  | { readonly kind: 'pending' }

/** @throws {SandboxError} `GUEST_PROTOCOL` */
export function readEnding(payload: Uint8Array, mode: Mode, limits: RuleLimits): Ending {
  const [kind, ...rest] = expectArray(
    checked('an ending that does not decode', () => unpack(payload)),
    'no ending',
  )
  if (kind === 'pending') return { kind }
  if (kind === 'failed') return readFailure(rest, limits)
  if (kind !== 'ok') throw protocolError('no ending')
  const [value, extra] = rest
  const valueLimits = { bytesMax: limits.valueBytesMax, depthMax: limits.valueDepthMax }
  return {
    kind,
    value: value === null ? null : expectEncoded(value, valueLimits, 'a return value that is none'),
    changes: mode === MODE.apply ? extra : [],
    ops: mode === MODE.call ? readOps(extra, limits) : [],
  }
}

function readFailure([code, message, name, frames]: readonly unknown[], limits: RuleLimits): Ending {
  if (!FAILURE_CODES.includes(code as FailureCode)) throw protocolError('an unknown failure')
  if (typeof message !== 'string' || typeof name !== 'string')
    throw protocolError('a failure without a message')
  return {
    kind: 'failed',
    code: code as FailureCode,
    message: cut(message, limits.messageUnitsMax),
    name: cut(name, limits.messageUnitsMax),
    frames: expectArray(frames, 'no places').map(readPlace),
  }
}

function readPlace(place: unknown): ErrorPlace {
  const [line, column] = expectArray(place, 'no place')
  if (!Number.isSafeInteger(line) || !Number.isSafeInteger(column)) throw protocolError('no place')
  return { line: line as number, column: column as number }
}

function readOps(ops: unknown, limits: RuleLimits): Uint8Array[] {
  const valueLimits = { bytesMax: limits.opBytesMax, depthMax: limits.valueDepthMax }
  return expectArray(ops, 'no ops').map((op) => expectEncoded(op, valueLimits, 'an op that is no value'))
}

/** The first part of a text; half a character at the end is replaced. */
export function cut(text: string, unitsMax: number): string {
  return text.length <= unitsMax ? text : text.slice(0, Math.min(unitsMax, TEXT_UNITS_MAX)).toWellFormed()
}
