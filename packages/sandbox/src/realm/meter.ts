/**
 * Fuel of the run in progress (spec/6-determinism §7): what a contract's own code and the built-in functions that it
 * calls take from it. The driver's own work is never metered as such: what it does for the contract has a price of
 * its own, whatever it takes.
 */

let left = Number.MAX_SAFE_INTEGER
let given = Number.MAX_SAFE_INTEGER
let isSuspended = false

/** Thrown where fuel has run out. Nothing that catches it changes the outcome. */
const OUT_OF_FUEL = new RangeError('out of fuel')

/** Gives a run its fuel. */
export function refuel(fuel: number): void {
  left = fuel
  given = fuel
}

/** Fuel that the run has used; at most what it was given. */
export function fuelUsed(): number {
  return left < 0 ? given : given - left
}

/** True once a run has asked for more than it was given: then the op fails, whatever it does about it. */
export function isOutOfFuel(): boolean {
  return left < 0
}

/** Takes fuel on behalf of a built-in function; nothing while the driver works. */
export function charge(units: number): void {
  if (!isSuspended) take(units)
}

/** Takes the price of a service of the driver. */
export function take(units: number): void {
  left -= units
  if (left < 0) throw OUT_OF_FUEL
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
