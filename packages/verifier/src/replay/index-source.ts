/** The index log of a replica, as what an audit reads its batches from. */
import { type IndexLog, LogError, type LogIdentity, type ReadOptions } from '@vitra/log'
import { type IndexBlocks, Missing } from '../batch/sources.js'

/** How an audit reads what may not be here. */
export function waiting(waitMs: number): ReadOptions {
  return { wait: waitMs > 0, timeoutMs: waitMs }
}

export class ReplicaIndex implements IndexBlocks {
  readonly #index: IndexLog
  readonly #waitMs: number

  /** @param waitMs how long to wait for peers to give a block that is not here */
  constructor(index: IndexLog, waitMs: number) {
    this.#index = index
    this.#waitMs = waitMs
  }

  get key(): Uint8Array {
    return this.#index.key
  }

  get identity(): LogIdentity {
    return this.#index.log.identity
  }

  async block(seq: number): Promise<Uint8Array> {
    try {
      return await this.#index.log.get(seq, waiting(this.#waitMs))
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'BLOCK_MISSING') throw error
      throw new Missing({ block: seq }, { cause: error })
    }
  }
}
