/** Messages of host and guest as canonical bytes (spec/4-execution §6). */
import { decodeValue, encodeValue, type Value } from '@vitra/log/values'
import { HOST_FRAME_BYTES_MAX } from './wire.js'

const LIMITS = { bytesMax: HOST_FRAME_BYTES_MAX }

/** Bytes of a message; values of contracts are nested as bytes. */
export function pack(message: unknown): Uint8Array {
  return encodeValue(message, LIMITS)
}

/** @throws {ValueError} for anything that is not canonical */
export function unpack(bytes: Uint8Array): Value {
  return decodeValue(bytes, LIMITS)
}
