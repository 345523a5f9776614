/**
 * The realm's only way out (spec/4-execution §6): one function of the guest process that takes bytes and
 * gives bytes. It blocks, so whatever a contract reads is there when the call returns.
 */
import { encodeValue, type Value } from '@vitra/log/values'
import { FRAME, GUEST_FRAME_BYTES_MAX } from '../wire.js'
import { unmetered } from './meter.js'
import { decodeFresh } from './values.js'

/** Sends a frame; for `FRAME.call` the reply comes back, for `FRAME.run` the run's message. */
export type HostFunction = (kind: number, payload: Uint8Array) => Uint8Array | undefined

let host: HostFunction

export function connect(hostFunction: HostFunction): void {
  host = hostFunction
}

/** What this realm is to run. */
export function takeMessage(): Uint8Array {
  return host(FRAME.run, new Uint8Array())!
}

/** Asks the host and waits. */
export function ask(...question: unknown[]): Value {
  return decodeFresh(
    host(
      FRAME.call,
      unmetered(() => encodeValue(question, FRAME_LIMITS)),
    )!,
  )
}

/** Tells the host without waiting. */
export function tell(kind: number, message: unknown): void {
  host(
    kind,
    unmetered(() => encodeValue(message, FRAME_LIMITS)),
  )
}

const FRAME_LIMITS = { bytesMax: GUEST_FRAME_BYTES_MAX }
