/** Keeps what an audit accuses the executor of, and makes the portable proof of it (spec/7-proofs §12). */
import {
  type IndexLog,
  type Input,
  type Log,
  LogError,
  proofSource,
  type SignedHead,
  sodiumCrypto,
} from '@vitra/log'
import type { Proof } from '../fraud/codec.js'
import type { Accusation } from '../fraud/fraud-proof.js'
import { proveFork } from '../fraud/prove-fork.js'
import { notProved, proveFraud } from '../fraud/prove-fraud.js'
import type { FraudRunner } from '../fraud/trial.js'
import { waiting } from './index-source.js'

/** The logs that an audit looks at, and what they are compared with. */
export interface AuditedLogs {
  readonly index: IndexLog
  /** Opens a participant's oplog; the same log at each call. */
  readonly openOplog: (input: Input) => Promise<Log>
  /** How long to wait for peers to give a block that is not here, in ms; default 0. */
  readonly waitMs?: number
  /** The last head that was seen here, kept outside the log. */
  readonly remembered?: SignedHead | undefined
  /** Opens the index once more, for proofs: hypercore closes a log of which a peer has shown two histories. */
  readonly reopenIndex?: () => Promise<Log>
}

export class Accuser {
  readonly #logs: AuditedLogs
  #accusation: Accusation | null = null
  /** Under which the accusation is proved: what an executor appends later must not hide where it signed before. */
  #head: SignedHead | null = null
  /** What peers have told of the index when they were asked last; nobody has checked it. */
  #heard: readonly SignedHead[] = []

  constructor(logs: AuditedLogs) {
    this.#logs = logs
  }

  async accuse(accusation: Accusation): Promise<void> {
    this.#accusation = accusation
    const { log } = this.#logs.index
    this.#head = log.core.closing === null ? await log.head() : null
  }

  /** Takes note of heads of the index that may be of another history. */
  hear(heads: readonly SignedHead[]): void {
    this.#heard = heads
  }

  /**
   * The proof of what was accused last; where nothing was, of a fork.
   *
   * @throws {FraudNotProvedError} `FRAUD_NOT_PROVED`, with the reason in `details`
   */
  async prove(runner: FraudRunner): Promise<Proof> {
    const { index, openOplog, waitMs = 0 } = this.#logs
    const wait = waiting(waitMs)
    try {
      if (this.#accusation === null) return await this.#proveFork()
      const options = {
        crypto: sodiumCrypto,
        runner,
        index: proofSource(index.log, wait),
        head: this.#head,
        openOplog: async (input: Input) => proofSource(await openOplog(input), wait),
      }
      return await proveFraud(options, this.#accusation)
    } catch (error) {
      if (!(error instanceof LogError)) throw error
      throw notProved(error.message, error)
    }
  }

  async #proveFork(): Promise<Proof> {
    const { index, remembered, reopenIndex } = this.#logs
    const heads = [...index.log.conflicts.map(({ head }) => head), remembered, ...this.#heard]
    const others = heads.filter((head) => head !== null && head !== undefined)
    const { closing } = index.log.core
    await closing
    if (closing !== null && reopenIndex === undefined) throw notProved('the log is closed')
    const reopened = closing === null ? null : await reopenIndex!()
    try {
      return await proveFork(sodiumCrypto, proofSource(reopened ?? index.log), others)
    } finally {
      await reopened?.close()
    }
  }
}
