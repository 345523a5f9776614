/** What the wrappers of built-in functions share: the engine's own functions, and sizes of what they are given. */
import { charge } from '../meter.js'
import { PRICE } from './prices.js'

/** A function of the engine, taken before the realm is locked; how it is called is frozen by then. */
export interface Native {
  call<T>(receiver: unknown, ...args: readonly unknown[]): T
}

export type Natives = Readonly<Record<string, Native>> & {
  readonly valueOf: Native
  readonly toString: Native
}

/** The engine's functions of these names on an object. */
export function nativesOf(object: object, names: string): Natives {
  const found: Record<string, Native> = {}
  for (const name of names.split(' ')) found[name] = (object as Record<string, Native>)[name]!
  return found as Natives
}

export const { apply, construct } = Reflect
export const { isArray } = Array
const { floor, max, min, trunc } = Math

/** Proxies of the contract: what they say of themselves is not believed. */
export const proxies = new WeakSet<object>()

/** True for arrays whose `length` is what it says. */
export function isRealArray(value: unknown): value is unknown[] {
  return isArray(value) && !proxies.has(value)
}

/** The receiver of a method of texts as a text. @throws {TypeError} what the engine throws for null and undefined */
export function textOf(receiver: unknown, native: Native): string {
  if (typeof receiver === 'string') return receiver
  if (receiver === undefined || receiver === null) return native.call(receiver)
  return `${receiver as string}`
}

/** `ToLength(value.length)`: 0 where there is none. */
export function lengthOf(value: unknown): number {
  if (isRealArray(value)) return value.length
  if (value === undefined || value === null) return 0
  return toLength((value as { length?: unknown }).length)
}

export function toLength(given: unknown): number {
  const length = trunc(+(given as number))
  if (!(length > 0)) return 0
  return min(length, Number.MAX_SAFE_INTEGER)
}

/** An index that may be given from the end, as `slice` takes it. */
export function toIndex(given: unknown, length: number, absent: number): number {
  if (given === undefined) return absent
  const index = trunc(+(given as number))
  if (index < 0) return max(index + length, 0)
  if (index < length) return index
  return index >= length ? length : 0
}

/** Takes the price of reading some characters, or items of bytes. */
export function chargeScan(length: number): void {
  charge(1 + floor(length / PRICE.scanned))
}

/** Takes the price of making a text of so many characters. */
export function chargeText(length: number): void {
  charge(1 + length * PRICE.character)
}

/** Takes the price of so many array slots. */
export function chargeSlots(length: number): void {
  charge(1 + length * PRICE.slot)
}
