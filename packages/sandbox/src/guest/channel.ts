/**
 * The guest's end of the channel (spec/4-execution §6): frames over one blocking descriptor, read and written
 * synchronously. End of input means that the host is gone.
 */
import { readSync, writeSync } from 'node:fs'
import { FRAME_HEADER_BYTES, frameOf, HOST_FRAME_BYTES_MAX } from '../wire.js'

const DESCRIPTOR = 3
const RETRY_MS = 1

export interface Frame {
  readonly kind: number
  readonly payload: Uint8Array
}

/** What was read and is not taken yet: one read brings a whole frame, where it is small. */
const room = new Uint8Array(64 * 1024)
let from = 0
let until = 0

/** Waits for the next frame; null once the host is gone. */
export function readFrame(): Frame | null {
  while (until - from < FRAME_HEADER_BYTES) if (!fill()) return null
  const length =
    (room[from]! | (room[from + 1]! << 8) | (room[from + 2]! << 16) | (room[from + 3]! << 24)) >>> 0
  const kind = room[from + 4]!
  from += FRAME_HEADER_BYTES
  if (length > HOST_FRAME_BYTES_MAX) throw new RangeError(`a frame of ${length} bytes is too long`)
  const payload = takeBytes(length)
  return payload === null ? null : { kind, payload }
}

export function writeFrame(kind: number, payload: Uint8Array): void {
  const frame = frameOf(kind, payload)
  for (let at = 0; at < frame.length; ) at += retried(() => writeSync(DESCRIPTOR, frame, at))
}

/** Reads on, behind what is there. False at the end of input. */
function fill(): boolean {
  room.copyWithin(0, from, until)
  until -= from
  from = 0
  const count = retried(() => readSync(DESCRIPTOR, room, until, room.length - until, null))
  until += count
  return count > 0
}

/** Never a Buffer: a small one shares its memory with others, and these bytes go into the realm. */
function takeBytes(length: number): Uint8Array | null {
  const bytes = new Uint8Array(length)
  const here = Math.min(length, until - from)
  bytes.set(room.subarray(from, from + here))
  from += here
  for (let at = here; at < length; ) {
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
