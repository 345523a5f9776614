/** Figures of ordering and time. */

/**
 * No active oplog waits while another gets more than this many ops in a row (spec/4-execution §1).
 * Small enough for a fair share of one batch, large enough to amortise a run's head.
 */
export const FAIR_OPS_MAX = 64

/**
 * A batch is closed after this long even where more waits, in ms: with ops that take their time, those
 * executed are published and the next participant gets its turn. No part of the protocol: where a batch ends is
 * the executor's choice.
 */
export const BATCH_MS_MAX = 500

/** The system clock may run ahead of the process's own by this much before the executor stops, in ms. */
export const CLOCK_JUMP_MS_MAX = 60 * 60 * 1000

/** Where no guest process starts, or the disk takes nothing, the next attempt comes after this long, in ms. */
export const RETRY_MS = 5000

/** Most blocks that are read ahead of their execution, in bytes. */
export const AHEAD_BYTES_MAX = 4 * 1024 * 1024

/** Blocks of an oplog that are read at once before their size is known. */
export const READ_AT_ONCE_MIN = 8
/** Most blocks of an oplog that are read at once. */
export const READ_AT_ONCE_MAX = 64

/** After so many batches in a row whoever waits for the executor has its turn: a forced batch, a `sync()`. */
export const PIPELINE_BATCHES_MAX = 32
