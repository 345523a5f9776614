/**
 * The executor of one database (spec/4-execution): waits for blocks in the participants' oplogs,
 * runs the contract over them and publishes each batch in one durable, signed append.
 */
import { EventEmitter } from 'node:events'
import {
  type Change,
  type IndexLog,
  type Input,
  type Log,
  type LogWriter,
  Mutex,
  type Rules,
  toHex,
} from '@vitra/log'
import type { Sandbox } from '@vitra/sandbox'
import { Clock, systemTime, type TimeSource } from './clock.js'
import { CLOCK_JUMP_MS_MAX, RETRY_MS } from './constants.js'
import { ExecutorError } from './errors.js'
import type { ParticipantLimits } from './limits.js'
import { Participants, type Throttled } from './participants.js'
import { Pipeline } from './pipeline.js'
import { isOfDisk, isPassing } from './state.js'

/** What an executor works with: the logs, open for writing, and a sandbox. */
export interface ExecutorOptions {
  readonly index: IndexLog
  readonly writer: LogWriter
  readonly sandbox: Sandbox
  readonly rules: Rules
  /** Opens the oplog of a participant; the same log at each call. */
  readonly openOplog: (input: Input) => Promise<Log>
  readonly time?: TimeSource
  /** See {@link CLOCK_JUMP_MS_MAX}. */
  readonly clockJumpMsMax?: number
  /** What each participant may have; without it they share all there is. */
  readonly limitsOf?: (publicKey: Uint8Array) => ParticipantLimits | undefined
}

/** Events of {@link Executor}. */
export interface ExecutorEvents {
  /** A batch is published and on disk. */
  batch: [{ version: number; ops: number }]
  /**
   * Execution has stopped. It is tried again at the next op or `sync()`, and by itself where the sandbox will run the
   * contract later (`CONTRACT_REFUSED`, `GUEST_NOT_STARTED`) or the disk did not take a batch (`JOURNAL_FAILED`,
   * `JOURNAL_BROKEN`, `STORAGE_FAILED`).
   */
  failure: [Error]
  /** Ops of these participants wait for their limits; told once of each, until it has none that wait. */
  throttled: [readonly Throttled[]]
}

/** Executes one database. One at a time may run for an index. */
export class Executor extends EventEmitter<ExecutorEvents> {
  readonly #participants: Participants
  readonly #pipeline: Pipeline
  readonly #mutex = new Mutex()
  readonly #clock: Clock
  readonly #closing = new AbortController()
  #scheduled = false
  #retry: NodeJS.Timeout | undefined
  #unthrottle: NodeJS.Timeout | undefined
  /** Who is known to wait for its limits, by public key. */
  #throttled = new Set<string>()

  private constructor(options: ExecutorOptions) {
    super()
    const { index, openOplog, writer, sandbox, rules } = options
    const { time = systemTime, clockJumpMsMax = CLOCK_JUMP_MS_MAX, limitsOf = () => undefined } = options
    this.#clock = new Clock(0, clockJumpMsMax, time)
    const now = () => time.monotonic()
    const onBlocks = () => this.#schedule()
    this.#participants = new Participants({ index, openOplog, limitsOf, now, onBlocks })
    const parts = { participants: this.#participants, clock: this.#clock, signal: this.#closing.signal }
    const onBatch = (batch: { version: number; ops: number }) => void this.emit('batch', batch)
    this.#pipeline = new Pipeline({ index, writer, sandbox, rules, ...parts, onBatch })
  }

  /**
   * Opens the executor of a database whose genesis is published, at the place where it stopped.
   *
   * @throws {ExecutorError} `CONTRACT_UNUSABLE`
   */
  static async open(options: ExecutorOptions): Promise<Executor> {
    const executor = new Executor(options)
    try {
      await executor.#pipeline.open()
    } catch (error) {
      await executor.close()
      throw error
    }
    executor.#schedule()
    return executor
  }

  /**
   * Executes everything that waits and that no limit holds up. Resolves once it is published and on disk.
   *
   * @throws {ExecutorError}
   */
  async sync(): Promise<void> {
    await this.#executeAll()
    this.#assertOpen()
  }

  async #executeAll(): Promise<void> {
    try {
      while (await this.#mutex.run(() => this.#execute())) {
        // others get their turn between two rows of batches
      }
    } catch (error) {
      this.#tryLater(error)
      throw error
    }
    this.#awaitLimits()
  }

  /** A row of batches. False where nothing waits. */
  async #execute(): Promise<boolean> {
    return !this.#isClosed && this.#pipeline.run()
  }

  /** Goes on by itself once a participant may have ops executed again. */
  #awaitLimits(): void {
    if (this.#unthrottle !== undefined || this.#isClosed) return
    const throttled = this.#participants.throttled()
    const known = this.#throttled
    this.#throttled = new Set(throttled.map(({ publicKey }) => toHex(publicKey)))
    if (throttled.length === 0) return
    const waitMs = Math.min(...throttled.map(({ retryAfterMs }) => retryAfterMs))
    this.#unthrottle = setTimeout(
      () => {
        this.#unthrottle = undefined
        this.#schedule()
      },
      Math.max(waitMs, THROTTLE_MS_MIN),
    )
    this.#unthrottle.unref()
    const news = throttled.filter(({ publicKey }) => !known.has(toHex(publicKey)))
    if (news.length > 0) this.emit('throttled', news)
  }

  /** Goes on by itself where the sandbox only refuses for a while, or a disk that is full may have room again. */
  #tryLater(error: unknown): void {
    if (this.#isClosed || !(isPassing(error) || isOfDisk(error))) return
    const { retryAfterMs } = error.details
    clearTimeout(this.#retry)
    this.#retry = setTimeout(
      () => this.#schedule(),
      typeof retryAfterMs === 'number' ? retryAfterMs + 1 : RETRY_MS,
    )
    this.#retry.unref()
  }

  /** Accepts the system clock after a `CLOCK_JUMP`. */
  confirmClock(): void {
    this.#clock.confirm()
    this.#schedule()
  }

  /**
   * Publishes changes that no op asked for. This violates the contract, for good: it exists to try out
   * what verification finds.
   */
  async dangerousBatch(changes: readonly Change[]): Promise<void> {
    await this.#mutex.run(async () => {
      this.#assertOpen()
      await this.#pipeline.force(changes)
    })
  }

  /** Ends execution after the op in progress; what was executed is published. */
  async close(): Promise<void> {
    this.#closing.abort()
    clearTimeout(this.#retry)
    clearTimeout(this.#unthrottle)
    this.#participants.close()
    await this.#mutex.run(async () => {})
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  #schedule(): void {
    this.#pipeline.wake()
    if (this.#scheduled || this.#isClosed) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#executeAll().catch((error) => this.#isClosed || this.emit('failure', error))
    })
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new ExecutorError('EXECUTOR_CLOSED', 'the database is closed: load it again')
  }
}

/** Those that are held up by their limits are looked at this often at most, in ms. */
const THROTTLE_MS_MIN = 20
