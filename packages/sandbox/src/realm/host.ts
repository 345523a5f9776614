/**
 * The realm's only way out (spec/4-execution §6): one function of the guest process that takes bytes and
 * gives bytes. It blocks, so whatever a contract reads is there when the call returns.
 */
import { encodeValue, type Value } from '@vitra/log/values'
import { GUEST_FRAME_BYTES_MAX, SERVICE, type Service } from '../wire.js'
import { decodeFresh } from './values.js'

/** What the guest process does for the realm; see {@link SERVICE} for what goes in and what comes back. */
export type HostFunction = (
  service: Service,
  payload?: Uint8Array | string,
) => Uint8Array | boolean | undefined

let host: HostFunction

export function connect(hostFunction: HostFunction): void {
  host = hostFunction
}

/** Limits of the rules, as the host packed them. */
export function takeLimits(): Uint8Array {
  return host(SERVICE.limits) as Uint8Array
}

/** What this realm is to run, one item after the other. */
export function takeItems(): Uint8Array {
  return host(SERVICE.items) as Uint8Array
}

/** Tells how the run ended. True where another one is to follow. */
export function tellEnding(ending: Uint8Array): boolean {
  return host(SERVICE.ending, ending) === true
}

/** The encoded value at a path of the state before the op. */
export function readState(path: string): Uint8Array | undefined {
  return host(SERVICE.get, path) as Uint8Array | undefined
}

/** Asks the host and waits. */
export function ask(...question: unknown[]): Value {
  return decodeFresh(host(SERVICE.ask, encodeValue(question, FRAME_LIMITS)) as Uint8Array)
}

/** Tells the guest process a line of the console. */
export function tellLine(line: readonly string[]): void {
  host(SERVICE.log, encodeValue(line, FRAME_LIMITS))
}

const FRAME_LIMITS = { bytesMax: GUEST_FRAME_BYTES_MAX }
