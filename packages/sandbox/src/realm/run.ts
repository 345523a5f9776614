/**
 * The run in progress in this realm: one op, one `process` or one method call (spec/4-execution §1). A realm that is
 * shared has one after the other, and nothing is left of one when the next begins. While the module is being
 * evaluated there is none, and what depends on one refuses.
 */
import { createGenerator, type Generator } from '@vitra/contract-sdk/modules'
import { MODE, type Mode } from '../wire.js'
import { forgetProxies } from './builtins/calls.js'
import { refusal } from './errors.js'

/** Limits of the rules that the realm keeps to; the host checks them again. */
export interface RunLimits {
  valueBytesMax: number
  valueDepthMax: number
  opBytesMax: number
  opChangesMax: number
  opWriteBytesMax: number
  fuelMax: number
}

export interface Run {
  readonly mode: Mode
  readonly limits: RunLimits
  /** What `util` draws from; null where the contract does not import it. */
  readonly seed: Uint8Array | null
  /** Public key of this participant in methods, of the op's signer in `apply`. */
  readonly key: Uint8Array | null
  /** False once the contract's function has settled. */
  isOpen: boolean
}

let run: Run | null = null
let next: Generator | null = null

/** Makes `begun` the run in progress. */
export function beginRun(begun: Run): void {
  forgetProxies()
  run = begun
  next = null
}

/** @throws what the contract sees when it uses `name` while its module is being evaluated */
function currentRun(name: string): Run {
  if (run === null) throw refusal('contract', `${name} is not available while the contract is being loaded`)
  return run
}

/** The run, where `name` is available in its mode. */
export function runIn(name: string, modes: readonly Mode[]): Run {
  const current = currentRun(name)
  if (!modes.includes(current.mode))
    throw refusal('contract', `${name} is not available in ${NAMES[current.mode]}`)
  return current
}

/** The generator behind `util`, seeded once for the run. */
export function generator(): Generator {
  next ??= createGenerator(currentRun('util').seed!)
  return next
}

/** Limits from their numbers, in the order in which the host packs them. */
export function readLimits(numbers: readonly number[]): RunLimits {
  const [valueBytesMax, valueDepthMax, opBytesMax, opChangesMax, opWriteBytesMax, fuelMax] =
    numbers as LimitNumbers
  return { valueBytesMax, valueDepthMax, opBytesMax, opChangesMax, opWriteBytesMax, fuelMax }
}

type LimitNumbers = [number, number, number, number, number, number]

const NAMES: Record<Mode, string> = {
  [MODE.apply]: 'apply',
  [MODE.process]: 'process',
  [MODE.call]: 'a method',
}
