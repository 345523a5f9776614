/**
 * The realm's only way out (spec/4-execution §6): one function of the guest process that takes bytes and
 * gives bytes. It blocks, so whatever a contract reads is there when the call returns.
 */
import { encodeValue, type Value } from '@vitra/log/values'
import { GUEST_FRAME_BYTES_MAX, SERVICE, type Service } from '../wire.js'
import { decodeFresh } from './values.js'

/** What the guest process does for the realm; see {@link SERVICE} for what goes in and what comes back. */
export type HostFunction = (service: Service, payload?: Uint8Array | string) => Uint8Array | undefined

let host: HostFunction

export function connect(hostFunction: HostFunction): void {
  host = hostFunction
}

/** Limits of the rules, as the host packed them. */
export function takeLimits(): Uint8Array {
  return host(SERVICE.limits)!
}

/** What this realm is to run. */
export function takeMessage(): Uint8Array {
  return host(SERVICE.message)!
}

/** The encoded value at a path of the state before the op. */
export function readState(path: string): Uint8Array | undefined {
  return host(SERVICE.get, path)
}

/** Asks the host and waits. */
export function ask(...question: unknown[]): Value {
  return decodeFresh(host(SERVICE.ask, encodeValue(question, FRAME_LIMITS))!)
}

/** Tells the guest process without waiting. */
export function tell(service: Service, message: unknown): void {
  host(service, encodeValue(message, FRAME_LIMITS))
}

const FRAME_LIMITS = { bytesMax: GUEST_FRAME_BYTES_MAX }
