/** What a transaction holds and shows, and what it needs of a database. */
import type { IndexLog, Log, Outcome, Receipt, SmallReceipt, Value } from '@vitra/log'

/** One op of a transaction: a block of the caller's oplog. */
export interface TransactionOp {
  /** Key of the oplog, hex. */
  readonly oplog: string
  readonly seq: number
  readonly value: Value
}

/** What the executor published about one op. */
export interface Ack {
  readonly oplog: string
  readonly seq: number
  /** True where the op was executed. */
  readonly success: boolean
  readonly outcome: Outcome
  /** What `apply` returned, where it returned something. */
  readonly returnValue?: Value
  /** What `process` returned, where it returned something. */
  readonly metadata?: Value
}

/** One change that an op made. */
export interface Result {
  readonly oplog: string
  readonly seq: number
  readonly path: string
  /** Absent for a delete. */
  readonly value?: Value
  readonly deleted: boolean
}

/** What a receipt proves of one op: that it stands in its oplog, and what the executor published about it. */
export interface OpInclusion {
  readonly op: TransactionOp
  readonly ack: Ack
  /** The changes that it made, in order. */
  readonly results: readonly Result[]
  /** Length of the index under whose signed head all of it stands. */
  readonly version: number
  /** Index block of its run. */
  readonly run: number
}

/** `read`: nothing was emitted. `pending`: not executed yet. `processed`, `rejected`: executed. */
export type TransactionStatus = 'read' | 'pending' | 'processed' | 'rejected'

/** A transaction as plain data. */
export interface TransactionRecord {
  readonly txId: string
  readonly method: string
  readonly params: Value
  readonly response?: Value
  readonly ops: readonly TransactionOp[]
  /** That the ops were executed. */
  readonly receipt?: Receipt
}

/** What a transaction needs of a database. */
export interface TransactionHost {
  readonly index: IndexLog
  /** Does work that needs the database open. */
  use<T>(work: () => Promise<T>): Promise<T>
  /** Opens the oplog with this key; the same log at each call. */
  openOplog(key: Uint8Array): Promise<Log>
  /** Rejects once the database closes or its own executor fails. */
  readonly failed: (listener: (error: Error) => void) => () => void
  /** Keeps what cannot be had again of a receipt. */
  readonly keepReceipt: (txId: string, small: SmallReceipt) => void
}

/** How long to wait for results. */
export interface WaitOptions {
  /** In ms; without it the wait has no end of its own. */
  readonly timeout?: number
  readonly signal?: AbortSignal
  /** False leaves the receipt until it is asked for. */
  readonly receipt?: boolean
}
