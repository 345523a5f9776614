/** How far a copy is: what it has of each log, and what there is. */
import type { Log } from '@vitra/log'

/** How far this copy of the index is. */
export interface SyncProgress {
  /** Length of the index here. */
  readonly length: number
  /** The longest index that this copy or a connected peer says it has. */
  readonly knownLength: number
  /** Blocks of that length which are not here. */
  readonly missingBlocks: number
  /** Connected peers. */
  readonly peers: number
}

/** How far one log is. */
export interface LogProgress {
  /** Key of the log: the database's for the index, else an oplog's. */
  readonly key: Buffer
  readonly kind: 'index' | 'oplog'
  /** Blocks that are here. */
  readonly blocks: number
  /** Blocks that there are, as far as is known. */
  readonly knownBlocks: number
}

/** How far index and oplogs are; the oplogs are known once the index is here. */
export interface FullSyncProgress {
  /** Blocks that are here, of all logs. */
  readonly blocks: number
  readonly knownBlocks: number
  readonly logs: readonly LogProgress[]
}

export function logProgress(kind: LogProgress['kind'], log: Log, knownBlocks: number): LogProgress {
  return Object.freeze({ key: Buffer.from(log.key), kind, blocks: log.blocks, knownBlocks })
}
