/**
 * The guest's end of the channel (spec/4-execution §6): frames over one blocking descriptor, read and written
 * synchronously. End of input means that the host is gone.
 */
import { readSync, writeSync } from 'node:fs'
import { FRAME_HEADER_BYTES, HOST_FRAME_BYTES_MAX } from '../wire.js'

const DESCRIPTOR = 3
const RETRY_MS = 1

export interface Frame {
  readonly kind: number
  readonly payload: Uint8Array
}

/** Waits for the next frame; null once the host is gone. */
export function readFrame(): Frame | null {
  const header = readBytes(FRAME_HEADER_BYTES)
  if (header === null) return null
  const view = new DataView(header.buffer)
  const length = view.getUint32(0, true)
  if (length > HOST_FRAME_BYTES_MAX) throw new RangeError(`a frame of ${length} bytes is too long`)
  const payload = readBytes(length)
  return payload === null ? null : { kind: view.getUint8(4), payload }
}

export function writeFrame(kind: number, payload: Uint8Array): void {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + payload.length)
  const view = new DataView(frame.buffer)
  view.setUint32(0, payload.length, true)
  view.setUint8(4, kind)
  frame.set(payload, FRAME_HEADER_BYTES)
  for (let at = 0; at < frame.length; ) at += retried(() => writeSync(DESCRIPTOR, frame, at))
}

/** Never a Buffer: a small one shares its memory with others, and these bytes go into the realm. */
function readBytes(length: number): Uint8Array | null {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const count = retried(() => readSync(DESCRIPTOR, bytes, at, length - at, null))
    if (count === 0) return null
    at += count
  }
  return bytes
}

/** The descriptor blocks; where a platform hands it over non-blocking all the same, try again a little later. */
function retried(operation: () => number): number {
  for (;;) {
    try {
      return operation()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(pause, 0, 0, RETRY_MS)
    }
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4))
