/** How much work each form of the bench does. */

export interface Sizes {
  /** After this time no further round begins, and rows that have not begun are left out; in minutes. */
  readonly minutesMax: number
  /** How often every contestant has its turn. */
  readonly rounds: number
  /** Ops of one round where each is a call or an append of its own. */
  readonly ops: number
  /** Ops of one round where they come in arrays of {@link ARRAY_OPS}. */
  readonly arrayOps: number
  /** Calls of one round of which each is timed. */
  readonly calls: number
  /** Reads of one round. */
  readonly reads: number
  /** Ops of each participant of three, in one round. */
  readonly replicated: number
  /** Batches of 500 ops that the sandbox executes in one round. */
  readonly sandboxBatches: number
  /** Turns of the tight loop in one op, and 100,000 times as many as transfers. */
  readonly turns: number
  /** Rounds of what is measured beside a hostile contract. */
  readonly isolationRounds: number
  /** Ops of a history in which an op is wrong. */
  readonly histories: readonly number[]
  /** Ops of the histories over which costs are plotted. */
  readonly grown: readonly number[]
  /** Ops of the history that a new copy fetches from a peer. */
  readonly synced: number
  /** Ops whose room on the disk is measured. */
  readonly disk: number
  /** Databases that lie idle in one process. */
  readonly idle: number
  /** Ops in the logs of which proofs are made. */
  readonly proved: readonly number[]
}

/** Ops in one array: as many as Autobase's own users give at a time, and a call of a Vitra contract emits. */
export const ARRAY_OPS = 100

/** Two to four minutes on two cores. */
export const QUICK: Sizes = {
  minutesMax: 5,
  rounds: 3,
  ops: 200,
  arrayOps: 600,
  calls: 100,
  reads: 400,
  replicated: 40,
  sandboxBatches: 10,
  turns: 50_000_000,
  isolationRounds: 5,
  histories: [1000, 5000],
  grown: [1000, 10_000, 100_000],
  synced: 10_000,
  disk: 10_000,
  idle: 25,
  proved: [1000, 100_000],
}

/** About an hour on two cores, most of it for the histories of a million ops. */
export const FULL: Sizes = {
  minutesMax: 90,
  rounds: 5,
  ops: 2000,
  arrayOps: 5000,
  calls: 1000,
  reads: 5000,
  replicated: 300,
  sandboxBatches: 40,
  turns: 50_000_000,
  isolationRounds: 5,
  histories: [1000, 10_000, 50_000],
  grown: [10_000, 100_000, 1_000_000],
  synced: 100_000,
  disk: 100_000,
  idle: 1000,
  proved: [1000, 100_000, 1_000_000],
}

/** Only to see that the program works; its figures mean nothing. */
export const TINY: Sizes = {
  minutesMax: 5,
  rounds: 1,
  ops: 5,
  arrayOps: 100,
  calls: 4,
  reads: 5,
  replicated: 3,
  sandboxBatches: 1,
  turns: 100_000,
  isolationRounds: 1,
  histories: [100],
  grown: [100, 200],
  synced: 100,
  disk: 100,
  idle: 3,
  proved: [100],
}
