/**
 * The executor of one database (spec/4-execution): waits for blocks in the participants' oplogs,
 * runs the contract over them and publishes each batch in one durable, signed append.
 */
import { EventEmitter } from 'node:events'
import {
  type BatchDraft,
  type Change,
  type IndexLog,
  IndexWriter,
  type Input,
  type Log,
  LogError,
  type LogWriter,
  layOutBatch,
  Mutex,
  type Rules,
  type SignedHead,
  sameBytes,
} from '@vitra/log'
import { type Contract, type Sandbox, SandboxError, StateSession } from '@vitra/sandbox'
import { BatchBuilder, type BuiltBatch } from './batch-builder.js'
import { Clock, type TimeSource } from './clock.js'
import { CLOCK_JUMP_MS_MAX, RETRY_MS } from './constants.js'
import { ExecutorError } from './errors.js'
import { Participants } from './participants.js'

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
}

/** Events of {@link Executor}. */
export interface ExecutorEvents {
  /** A batch is published and on disk. */
  batch: [{ version: number; ops: number }]
  /**
   * Execution has stopped. It is tried again at the next op or `sync()`, and by itself where the sandbox will run the
   * contract later (`CONTRACT_REFUSED`, `GUEST_NOT_STARTED`).
   */
  failure: [Error]
}

interface Position {
  readonly head: SignedHead
  readonly number: number
  readonly lastTs: number
}

interface Published {
  readonly position: Position
  readonly runBlocks: Map<string, number>
}

/** Where execution stands: what the next batch is made over. */
interface State {
  readonly position: Position
  readonly layout: IndexWriter
  readonly contract: Contract
  readonly session: StateSession
}

/** Executes one database. One at a time may run for an index. */
export class Executor extends EventEmitter<ExecutorEvents> {
  readonly #options: ExecutorOptions
  readonly #participants: Participants
  readonly #mutex = new Mutex()
  readonly #clock: Clock
  /** Null while a batch is being made, and after one that failed: the index then tells where it stands. */
  #state: State | null
  readonly #closing = new AbortController()
  #scheduled = false
  #retry: NodeJS.Timeout | undefined

  private constructor(options: ExecutorOptions) {
    super()
    this.#options = options
    this.#state = null
    this.#clock = new Clock(0, options.clockJumpMsMax ?? CLOCK_JUMP_MS_MAX, options.time)
    const { index, openOplog } = options
    this.#participants = new Participants({ index, openOplog, onBlocks: () => this.#schedule() })
  }

  /**
   * Opens the executor of a database whose genesis is published, at the place where it stopped.
   *
   * @throws {ExecutorError} `CONTRACT_UNUSABLE`
   */
  static async open(options: ExecutorOptions): Promise<Executor> {
    const executor = new Executor(options)
    try {
      executor.#state = await executor.#readState()
    } catch (error) {
      await executor.close()
      throw error
    }
    executor.#schedule()
    return executor
  }

  /** Executes everything that waits. Resolves once it is published and on disk. @throws {ExecutorError} */
  async sync(): Promise<void> {
    await this.#executeAll()
    this.#assertOpen()
  }

  async #executeAll(): Promise<void> {
    try {
      while (await this.#mutex.run(() => this.#executeBatch())) {
        // one batch at a time, so that others get their turn between two
      }
    } catch (error) {
      this.#tryLater(error)
      throw error
    }
  }

  /** Goes on by itself where the sandbox only refuses for a while. */
  #tryLater(error: unknown): void {
    if (this.#isClosed || !isPassing(error)) return
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
      let published: Published | null = null
      while (published === null) {
        const state = await this.#takeState()
        const { lastTs } = state.position
        published = await this.#publish(state, { runs: [], unprompted: changes, lastTs })
        if (published !== null)
          this.#state = { ...state, position: published.position, session: new StateSession() }
      }
    })
  }

  /** Ends execution after the op in progress; what was executed is published. */
  async close(): Promise<void> {
    this.#closing.abort()
    clearTimeout(this.#retry)
    this.#participants.close()
    await this.#mutex.run(async () => {})
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  #schedule(): void {
    if (this.#scheduled || this.#isClosed) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#executeAll().catch((error) => this.#isClosed || this.emit('failure', error))
    })
  }

  /** One batch. False where nothing waits. */
  async #executeBatch(): Promise<boolean> {
    if (this.#isClosed) return false
    const state = await this.#takeState()
    const { sandbox, rules, index } = this.#options
    const { contract, layout, position, session } = state
    const context = {
      contract,
      sandbox,
      rules,
      indexKey: index.key,
      source: layout.source,
      session,
      clock: this.#clock,
      signal: this.#closing.signal,
    }
    const builder = new BatchBuilder(context, position.lastTs)
    const batch = await builder.build(
      () => this.#participants.inTurn(),
      (participant) => this.#participants.serve(participant),
    )
    if (batch === null) {
      this.#state = state
      return false
    }
    const published = await this.#publish(state, { runs: batch.runs, lastTs: batch.lastTs })
    if (published === null) return true
    this.#participants.advance(batch.nextSeqs, published.runBlocks)
    this.#state = await this.#adopt(batch, { ...state, position: published.position })
    this.emit('batch', { version: published.position.head.length, ops: batch.ops })
    if (batch.stopped !== undefined) throw batch.stopped
    return true
  }

  /** What the last op of the batch changed for the ops after it. */
  async #adopt(batch: BuiltBatch, state: State): Promise<State> {
    if (batch.participantsChanged) await this.#participants.reload()
    if (batch.source === undefined) return state
    const { sandbox, rules } = this.#options
    return { ...state, contract: await loadContract(batch.source, sandbox, rules) }
  }

  /** The state, for one piece of work that puts it back when all went well. */
  async #takeState(): Promise<State> {
    const state = this.#state
    this.#state = null
    const isCurrent = state !== null && state.position.head.length === this.#options.index.length
    return isCurrent ? state : this.#readState()
  }

  async #readState(): Promise<State> {
    const { index, sandbox, rules } = this.#options
    // The position comes first: where the log grows meanwhile, the append is refused.
    const position = await readPosition(index)
    this.#clock.notBefore(position.lastTs)
    const source = await index.read((snapshot) => snapshot.contractSource())
    const contract = await loadContract(source, sandbox, rules)
    await this.#participants.restart()
    return { position, contract, layout: await IndexWriter.open(index.log), session: new StateSession() }
  }

  /**
   * Signs and publishes a batch. Null where peers had a newer index than the one that it was made over, as
   * after a power cut or a restored backup: nothing was signed, it has to be made again.
   */
  async #publish(
    { position: { head, number }, layout }: State,
    what: Pick<BatchDraft, 'runs' | 'lastTs' | 'unprompted'>,
  ): Promise<Published | null> {
    const draft: BatchDraft = {
      ...what,
      number: number + 1,
      prevHead: head,
      engine: this.#options.sandbox.engine,
    }
    const { changes, runBlocks } = layOutBatch(draft, this.#participants.runBlocks)
    const laidOut = await layout.layOut(changes)
    let published: SignedHead
    try {
      published = await this.#options.writer.append(laidOut.blocks, { at: head.length })
    } catch (error) {
      if (error instanceof LogError && error.code === 'LOG_GREW') return null
      throw error
    }
    if (!sameBytes(published.treeHash, laidOut.treeHash)) {
      throw new ExecutorError(
        'BATCH_CONTRADICTS',
        'the index on disk is not the one that was executed: load the database again',
      )
    }
    layout.settle()
    return { position: { head: published, number: number + 1, lastTs: what.lastTs }, runBlocks }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new ExecutorError('EXECUTOR_CLOSED', 'the database is closed: load it again')
  }
}

/** The newest batch end and its head; the log may grow between the two reads. */
async function readPosition(index: IndexLog): Promise<Position> {
  for (;;) {
    const { version, record } = await index.read(async ({ version, record }) => ({ version, record }))
    const head = await index.log.head()
    if (head?.length === version) return { head, number: record.number, lastTs: record.lastTs }
  }
}

async function loadContract(source: string, sandbox: Sandbox, rules: Rules): Promise<Contract> {
  try {
    return await sandbox.load(source, rules)
  } catch (cause) {
    if (isPassing(cause)) throw cause
    throw new ExecutorError(
      'CONTRACT_UNUSABLE',
      `the contract does not load here: ${(cause as Error).message}`,
      { cause },
    )
  }
}

/** True for an error of the sandbox that passes by itself. */
function isPassing(error: unknown): error is SandboxError {
  return error instanceof SandboxError && PASSING.includes(error.code)
}

const PASSING: readonly string[] = ['CONTRACT_REFUSED', 'GUEST_NOT_STARTED']
