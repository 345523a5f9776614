/**
 * What passes between host, guest process and realm (spec/4-execution §6): frames on a stream and
 * canonical CBOR inside them. All three ends import this file.
 */

/** Kinds of frames; `host>` and `guest>` say who sends it. */
export const FRAME = {
  /** host> driver source, memory and time limits */
  start: 1,
  /** guest> V8's version */
  ready: 2,
  /** host> a contract: source and what the parser found */
  load: 3,
  /** guest> what the loaded module offers, or why it does not load */
  loaded: 4,
  /** host> forget a contract */
  unload: 5,
  /** host> run `apply`, `process` or a method */
  run: 6,
  /** guest> how the run ended */
  result: 7,
  /** guest> a question of the contract; the guest waits for the reply */
  call: 8,
  /** host> */
  reply: 9,
  /** guest> a line of the contract's console */
  log: 10,
  /** guest> why the guest gives up; it exits */
  fatal: 11,
  /** guest> results so far; any number of them before the frame that ends the request */
  part: 12,
  /** host> put away what the last contract left, before another one runs */
  settle: 13,
  /** guest> done; megabytes that contracts hold */
  settled: 14,
} as const
export type FrameKind = (typeof FRAME)[keyof typeof FRAME]

/** Exit code of a guest that cannot load the engine. */
export const EXIT_ENGINE = 3

/** Length of what follows, in bytes, and the frame's kind. */
export const FRAME_HEADER_BYTES = 5
/** Largest frame that the host accepts: the changes of one op with their paths, and its return value. */
export const GUEST_FRAME_BYTES_MAX = 32 * 1024 * 1024
/** Largest frame that the guest accepts. */
export const HOST_FRAME_BYTES_MAX = 512 * 1024 * 1024

/** How a realm is entered; the numbers are part of the run message. */
export const MODE = { apply: 0, process: 1, call: 2, inspect: 3 } as const
export type Mode = (typeof MODE)[keyof typeof MODE]

/** What stands before a run's message, outside of CBOR: the guest reads it for every op. */
export interface RunHeader {
  /** The loaded contract. */
  readonly id: number
  readonly mode: Mode
  /** Value of `isWriter`; null outside methods. */
  readonly isWriter: boolean | null
}

const RUN_HEADER_BYTES = 6
const NO_WRITER = 2

/** A run frame's payload. */
export function packRun({ id, mode, isWriter }: RunHeader, message: Uint8Array): Uint8Array {
  const payload = new Uint8Array(RUN_HEADER_BYTES + message.length)
  new DataView(payload.buffer).setUint32(0, id, true)
  payload[4] = mode
  payload[5] = isWriter === null ? NO_WRITER : Number(isWriter)
  payload.set(message, RUN_HEADER_BYTES)
  return payload
}

/** A run frame's parts; the message is a copy. */
export function unpackRun(payload: Uint8Array): RunHeader & { message: Uint8Array } {
  const id = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)
  const isWriter = payload[5] === NO_WRITER ? null : payload[5] === 1
  return { id, mode: payload[4] as Mode, isWriter, message: payload.slice(RUN_HEADER_BYTES) }
}
