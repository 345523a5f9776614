/** What a copy of the index knows of it besides its blocks: the head that was seen before, forks, and how far peers are. */
import { type IndexLog, LogError, remoteLengthMax, type SignedHead, sameBytes, toHex } from '@vitra/log'
import { Caught } from '../batch/published-batch.js'
import { Missing } from '../batch/sources.js'
import { type Finding, finding, type Violation, violation } from '../verdict.js'
import { waiting } from './index-source.js'

export class KnownHistory {
  readonly #index: IndexLog
  readonly #remembered: SignedHead | undefined
  readonly #waitMs: number

  /** @param remembered the last head that was seen here, kept outside the log */
  constructor(index: IndexLog, remembered: SignedHead | undefined, waitMs: number) {
    this.#index = index
    this.#remembered = remembered
    this.#waitMs = waitMs
  }

  /** The log must still be the one that was seen before. @throws {Caught} `log-forked`; {@link Missing} */
  async check(): Promise<void> {
    const index = this.#index
    const remembered = this.#remembered
    const fork = this.findFork()
    if (fork !== null) throw new Caught(fork)
    // A copy that is shorter than what it has seen may have lost its tail itself: that is no proof.
    if (remembered === undefined || index.length < remembered.length) return
    const published = {
      length: remembered.length,
      treeHash: toHex(remembered.treeHash),
      signature: toHex(remembered.signature),
    }
    if (!sameBytes(await this.hashAt(remembered.length), remembered.treeHash)) {
      throw new Caught(violation('equivocation', 'log-forked', { block: remembered.length }, { published }))
    }
  }

  /** A fork that hypercore knows of; null where there is none. */
  findFork(): Violation | null {
    const { core, conflicts } = this.#index.log
    const [conflict] = conflicts
    if (core.fork === 0 && conflict === undefined) return null
    const at = conflict === undefined ? {} : { block: conflict.length }
    return violation('equivocation', 'log-forked', at, { published: { fork: core.fork } })
  }

  /** Tree hash of the index here. @throws {Missing} */
  async hashAt(length: number): Promise<Uint8Array> {
    try {
      return await this.#index.log.treeHashAt(length, waiting(this.#waitMs))
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'BLOCK_MISSING') throw error
      throw new Missing({ block: length - 1 }, { cause: error })
    }
  }

  /** Why this copy may not hold all that was published. */
  reach(): Finding[] {
    const index = this.#index
    const remembered = this.#remembered
    const at = { block: index.length }
    const findings: Finding[] = []
    if (index.length === 0) findings.push(finding('index-empty', 'nothing of the index is here', {}))
    if (remembered !== undefined && index.length < remembered.length) {
      const message = `the executor signed ${remembered.length} blocks of the index, ${index.length} are here`
      findings.push(finding('index-shortened', message, at))
    }
    const remote = remoteLengthMax(index.log.core)
    if (remote > index.length) {
      const message = `peers have ${remote} blocks of the index, ${index.length} are here`
      findings.push(finding('index-behind', message, at))
    }
    return findings
  }
}
