/**
 * Fuel and depth of the run in progress (spec/6-determinism §7): what a contract's own code and the built-in functions that it
 * calls take. The driver's own work is never metered as such: what it does for the contract has a price of its own,
 * whatever it takes.
 */

const FUEL_MAX = 2 ** 31 - 1

/** Fuel left, depth left. Instrumented code counts in it; below zero it calls {@link exhausted}. */
export const meter = new Int32Array(2).fill(FUEL_MAX)
// Node 20 compiles no assignment to an element where the prototypes are frozen: it takes forty times as long.
Object.setPrototypeOf(meter, null)

/** Why a run cannot go on. */
export type Exhaustion = 'fuel' | 'depth'
/** What of the engine a run has run into: then its outcome says nothing about the contract. */
export type Taint = 'stack' | 'memory'

let given = FUEL_MAX
let fuelOfModule = FUEL_MAX
let depthGiven = FUEL_MAX
let usedAtEnd = 0
let exhaustion: Exhaustion | undefined
let taintOfRun: Taint | undefined
let isSuspended = false

/** Thrown where fuel or depth has run out. Nothing that catches it changes the outcome. */
const OUT = Object.freeze(new RangeError('out of fuel'))

/** Gives a run its fuel, by default as much as the module had, and all of its depth. */
export function refuel(fuel = fuelOfModule): void {
  given = Math.min(fuel, FUEL_MAX)
  meter[0] = given
  meter[1] = depthGiven
  exhaustion = undefined
  taintOfRun = undefined
}

/** What a module begins with: its own fuel for being evaluated, and the depth of every run. */
export function begin(fuel: number, depth: number): Int32Array {
  fuelOfModule = fuel
  depthGiven = depth
  refuel()
  return meter
}

/** Fuel that the run has used; at most what it was given. */
export function fuelUsed(): number {
  if (meter[0]! >= 0) return given - meter[0]!
  return exhaustion === 'depth' ? usedAtEnd : given
}

/** True once a run cannot go on: the op fails, whatever it does about it. See {@link exhaustedBy} and {@link taintedBy}. */
export function isOutOfFuel(): boolean {
  return meter[0]! < 0
}

/** What a run has used up first: the failure's code. */
export function exhaustedBy(): Exhaustion | undefined {
  return isOutOfFuel() ? (exhaustion ?? 'fuel') : undefined
}

/** Ends the run: less than nothing is left, and it stays so. */
export function exhausted(): never {
  if (exhaustion === undefined) {
    exhaustion = meter[0]! < 0 ? 'fuel' : 'depth'
    usedAtEnd = given - meter[0]!
  }
  meter[0] = -1
  throw OUT
}

/** Throws on where the run is over. */
export function checkFuel(): void {
  if (meter[0]! < 0) exhausted()
}

/** Takes fuel on behalf of a built-in function; nothing while the driver works. */
export function charge(units: number): void {
  if (!isSuspended) take(units)
}

/** Takes the price of a service of the driver. Nothing gives fuel back: what is no number from 0 on takes all that there is. */
export function take(units: number): void {
  if (units >= 0 && units <= meter[0]!) meter[0]! -= units
  else {
    exhaustion ??= 'fuel'
    exhausted()
  }
}

/** Says that the run has met a limit of the engine, which is no outcome; nothing goes on after it. */
export function taint(by: Taint): void {
  taintOfRun ??= by
  exhaustion ??= 'fuel'
  meter[0] = -1
}

/** The limit of the engine that the run has met; it ends as a resource limit. */
export function taintedBy(): Taint | undefined {
  return taintOfRun
}

/** Takes fuel and depth for what runs before a function's body. */
export function enter(levels: number): void {
  meter[0]! -= 1
  meter[1]! -= levels
  if (meter[0]! < 0 || meter[1]! < 0) exhausted()
}

/** Gives back the depth of {@link enter}. */
export function leave<T>(value: T, levels: number): T {
  meter[1]! += levels
  return value
}

/** Most arguments that a list gives to one call. */
export const ARGUMENTS_MAX = 32_768
/** Arguments lie on the engine's stack: a call on the level n gets no more than this, divided by n. */
export const ARGUMENTS_SHARED = 98_304

/** Most arguments that a list may give to a call here, so that depth runs out before the engine's stack does. */
export function argumentsMax(): number {
  const level = depthGiven - meter[1]!
  return level > 3 ? Math.floor(ARGUMENTS_SHARED / level) : ARGUMENTS_MAX
}

/** Gives the whole depth to what starts on an empty stack. */
export function onEmptyStack(): void {
  meter[1] = depthGiven
}

/** Runs what may call code of the contract, whose built-in functions cost as ever, amid the driver's own work. */
export function metered<T>(work: () => T): T {
  const wasSuspended = isSuspended
  isSuspended = false
  try {
    return work()
  } finally {
    isSuspended = wasSuspended
  }
}

/** Runs the driver's own work, in which built-in functions cost nothing. */
export function unmetered<T>(work: () => T): T {
  if (isSuspended) return work()
  isSuspended = true
  try {
    return work()
  } finally {
    isSuspended = false
  }
}
