/**
 * Built-ins of the engine, kept as they are when this package is loaded: a sandbox realm puts metered ones in their
 * place before it lets a contract in, and what works for the contract must neither pay nor wait for them.
 */

/** The constructor of byte arrays. */
export const Bytes = Uint8Array
export const { fromCharCode } = String
export const { isView } = ArrayBuffer
export const { apply } = Reflect

/** Up to so many bytes a loop is faster than a call. */
const LOOP_BYTES = 64

/** A copy of a part of bytes, in memory of its own. */
export function copyOf(bytes: Uint8Array, from: number, to: number): Uint8Array<ArrayBuffer> {
  const length = to - from
  const copy = new Bytes(length)
  if (length > LOOP_BYTES) copy.set(bytes.subarray(from, to))
  else for (let i = 0; i < length; i++) copy[i] = bytes[from + i]!
  return copy
}
