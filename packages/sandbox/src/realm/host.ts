/**
 * The realm's only way out (spec/4-execution §6): one function of the guest process that takes bytes and
 * gives bytes. It blocks, so whatever a contract reads is there when the call returns.
 */
import { encodeValue, type Value } from '@vitra/log/values'
import { GUEST_FRAME_BYTES_MAX, type HostFunction, SERVICE } from '../wire.js'
import { decodeFresh } from './values.js'

let host: HostFunction

export function connect(hostFunction: HostFunction): void {
  host = hostFunction
}

/** Limits of the rules, as the host packed them. */
export function takeLimits(): Uint8Array {
  return host(SERVICE.limits) as Uint8Array
}

/** A batch that this realm is to run. */
export function takeItems(): Uint8Array {
  return host(SERVICE.items) as Uint8Array
}

/** Tells how runs ended. @param stop of {@link STOP} */
export function tellEndings(endings: Uint8Array, count: number, stop: number): void {
  host(SERVICE.endings, endings, count, stop)
}

/** What is at a path before the first op whose ending is not told; see {@link SERVICE}. */
export function fetchState(path: string): Uint8Array | string | undefined {
  return host(SERVICE.get, path)
}

/** Asks the host anything else and waits. */
export function askHost(...question: unknown[]): Value {
  return decodeFresh(host(SERVICE.ask, encodeValue(question, FRAME_LIMITS)) as Uint8Array)
}

/** Tells the guest process a line of the console. */
export function tellLine(line: readonly string[]): void {
  host(SERVICE.log, encodeValue(line, FRAME_LIMITS))
}

const FRAME_LIMITS = { bytesMax: GUEST_FRAME_BYTES_MAX }
