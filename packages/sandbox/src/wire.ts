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
  /** host> runs of one contract, one after the other: see runs.ts */
  run: 6,
  /** guest> how the runs ended that no part told of */
  result: 7,
  /** guest> how long the run was busy so far, in ms, which run it is, and its packed question; the guest waits for the reply */
  call: 8,
  /** host> */
  reply: 9,
  /** guest> a line of the contract's console */
  log: 10,
  /** guest> why the guest gives up; it exits */
  fatal: 11,
  /** guest> how the next runs ended; any number of these frames before the result */
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

/** A frame. */
export function frameOf(kind: number, payload: Uint8Array): Uint8Array {
  const { length } = payload
  const frame = new Uint8Array(FRAME_HEADER_BYTES + length)
  for (let at = 0; at < 4; at++) frame[at] = length >>> (8 * at)
  frame[4] = kind
  frame.set(payload, FRAME_HEADER_BYTES)
  return frame
}

/** Largest frame that the host accepts: the changes of one op with their paths, and its return value. */
export const GUEST_FRAME_BYTES_MAX = 32 * 1024 * 1024
/** Largest frame that the guest accepts. */
export const HOST_FRAME_BYTES_MAX = 512 * 1024 * 1024

/** What a realm runs; the numbers are part of the run message. */
export const MODE = { apply: 0, process: 1, call: 2 } as const
export type Mode = (typeof MODE)[keyof typeof MODE]

/** What a realm is told of a batch. */
export const BATCH = {
  /** The state is one that lasts from batch to batch. */
  isLasting: 1,
  /** It is where the last such batch in this realm left it. */
  goesOn: 2,
  /** Each ending is told at once, since a guest did not survive the batch. */
  isCareful: 4,
  /** Nothing changes the state: methods read it. */
  isFixed: 8,
  /** Endings tell where ops failed: they are run once more for that alone. */
  isExplained: 16,
} as const

/** Whether a realm goes on: 0 where it does. */
export const STOP = {
  /** It does not. */
  here: 1,
  /** It is not to be used again. */
  spent: 2,
  /** No other realm is to go on with the batch either. */
  over: 4,
} as const

/** What the guest wants with a realm's next turn. */
export const ORDER = {
  goOn: 0,
  /** Tell all endings. */
  tell: 1,
  /** Begin no further run. */
  stop: 2,
} as const
export type Order = (typeof ORDER)[keyof typeof ORDER]

/** Stands for the path behind all others. */
export const TO_THE_END = ''

/** What a realm asks of the guest process. The numbers are the first argument of the realm's host function. */
export const SERVICE = {
  /** Gives the packed limits of the rules. */
  limits: 0,
  /** Gives what the realm is to run: flags of {@link BATCH}, then each `RunItem`. */
  items: 1,
  /**
   * Takes a path, gives the encoded value there before the op. Where there is none, it gives nothing, or the path up to
   * which there is no entry either, {@link TO_THE_END} where there is none behind it at all.
   */
  get: 2,
  /** Takes any other question, gives the host's reply. */
  ask: 3,
  /** Takes a line of the console. */
  log: 4,
  /** Takes endings, see `RawEnding`, how many they are, and of {@link STOP} whether the realm goes on with the next item. */
  endings: 5,
} as const
export type Service = (typeof SERVICE)[keyof typeof SERVICE]

/** What the guest process does for the realm; see {@link SERVICE} for what goes in and what comes back. */
export type HostFunction = (
  service: Service,
  payload?: Uint8Array | string,
  ...numbers: number[]
) => Uint8Array | string | undefined
