/**
 * Values and paths at the contract's side of the boundary (spec/5-values): what is refused becomes an error
 * that the contract can catch and that, uncaught, fails the op with code `value`.
 */
import {
  assertPath,
  assertPrefix,
  checkListOptions,
  decodeValue,
  encodeValue,
  isContractReadable,
  isSystemPath,
  type ListOptions,
  VALUE_DEPTH_MAX,
  type Value,
  VitraError,
} from '@vitra/log/values'
import { refusal } from './errors.js'
import { metered, take, unmetered } from './meter.js'
import { valuePrice } from './prices.js'
import type { Run } from './run.js'

/** Canonical bytes of a value that the contract hands over. */
export function encodeFromContract(
  value: unknown,
  run: Run,
  bytesMax = run.limits.valueBytesMax,
): Uint8Array {
  // Getters and traps pay for what they call; encoding itself calls nothing that is charged.
  return refusing(() => metered(() => encodeValue(value, { depthMax: run.limits.valueDepthMax, bytesMax })))
}

/** Does the driver's work for a contract, at the price of the service. */
export function service<T>(price: number, work: () => T): T {
  take(price)
  return unmetered(work)
}

/** A value for the contract, at its price. */
export function decodePriced(bytes: Uint8Array): Value {
  take(valuePrice(bytes))
  return decodeFresh(bytes)
}

/** Canonical bytes of a value that is written or returned, at its price. */
export function encodePriced(value: unknown, run: Run): Uint8Array {
  const bytes = encodeFromContract(value, run)
  take(valuePrice(bytes))
  return bytes
}

/** The value that bytes of the host hold, or bytes of this realm; fresh at each call. */
export function decodeFresh(bytes: Uint8Array): Value {
  return unmetered(() => decodeValue(bytes, HOST_LIMITS))
}

/**
 * The host sends more than values: replies that hold many, a source, which has its own limit, and the ack, in
 * which metadata lies one level deeper.
 */
const HOST_LIMITS = { bytesMax: Number.MAX_SAFE_INTEGER, depthMax: VALUE_DEPTH_MAX + 1 }

/** A path that the contract may read. */
export function readablePath(path: unknown): string {
  return refusing(() => {
    const checked = assertPath(path)
    if (!isContractReadable(checked)) throw refusal('value', `${checked} is not readable by contracts`)
    return checked
  })
}

/** A prefix that the contract may list. */
export function readablePrefix(prefix: unknown): string {
  return prefix === '/' ? refusing(() => assertPrefix(prefix)) : readablePath(prefix)
}

/** A path that the contract may write. */
export function writablePath(path: unknown): string {
  return refusing(() => {
    const checked = assertPath(path)
    if (isSystemPath(checked)) throw refusal('value', `${checked} cannot be written by contracts`)
    return checked
  })
}

/** Options of a listing as plain data. */
export function listOptions(options: unknown): Required<Omit<ListOptions, 'cursor'>> & { cursor?: string } {
  if (options === undefined) return checkListOptions({})
  if (typeof options !== 'object' || options === null) throw refusal('value', 'list: options is an object')
  const { reverse, offset, limit, cursor } = metered(() => {
    const { reverse, offset, limit, cursor } = options as ListOptions
    return { reverse, offset, limit, cursor }
  })
  return refusing(() => {
    const given = Object.entries({ reverse, offset, limit, cursor }).filter(
      ([, value]) => value !== undefined,
    )
    return checkListOptions(Object.fromEntries(given))
  })
}

function refusing<T>(run: () => T): T {
  try {
    return unmetered(run)
  } catch (error) {
    throw error instanceof VitraError ? refusal('value', error.message) : error
  }
}
