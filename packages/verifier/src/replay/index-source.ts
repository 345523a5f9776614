/** The index log of a replica, as what an audit reads its batches from. */
import {
  type LayoutBase,
  type Log,
  LogError,
  type LogIdentity,
  LogReader,
  type ReadOptions,
} from '@vitra/log'
import type { Soon } from '../batch/soon.js'
import { type IndexBlocks, Missing } from '../batch/sources.js'

/** How an audit reads what may not be here. */
export function waiting(waitMs: number): ReadOptions {
  return { wait: waitMs > 0, timeoutMs: waitMs }
}

/** Blocks of the index that stay in memory, in bytes: of those that ops read and write again most are among the last ones. */
const KEPT_BYTES_MAX = 48 * 1024 * 1024

export class ReplicaIndex implements IndexBlocks {
  /** The same blocks for whoever rebuilds the state. */
  readonly reader: LogReader
  /** The same, as what an index is laid out over. */
  readonly base: LayoutBase
  readonly log: Log
  readonly #waitMs: number

  /** @param waitMs how long to wait for peers to give a block that is not here */
  constructor(log: Log, waitMs: number) {
    this.log = log
    this.reader = new LogReader(log, KEPT_BYTES_MAX)
    this.#waitMs = waitMs
    const { reader } = this
    this.base = {
      get length() {
        return reader.length
      },
      get: (seq) => reader.single(seq),
      loaded: (seq) => reader.loaded(seq),
      scattered: (seqs) => log.scattered(seqs),
      roots: (length) => reader.roots(length),
    }
  }

  get key(): Uint8Array {
    return this.log.key
  }

  get identity(): LogIdentity {
    return this.log.identity
  }

  block(seq: number): Soon<Uint8Array> {
    this.reader.ahead(seq)
    return this.reader.loaded(seq) ?? this.#read(seq)
  }

  async #read(seq: number): Promise<Uint8Array> {
    try {
      return await this.reader.get(seq, waiting(this.#waitMs))
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'BLOCK_MISSING') throw error
      throw new Missing({ block: seq }, { cause: error })
    }
  }
}
