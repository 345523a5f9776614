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
import type { Contract, Sandbox } from '@vitra/sandbox'
import { BatchBuilder, type BuiltBatch } from './batch-builder.js'
import { Clock, type TimeSource } from './clock.js'
import { CLOCK_JUMP_MS_MAX } from './constants.js'
import { ExecutorError } from './errors.js'
import { Participants } from './participants.js'

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

export interface ExecutorEvents {
  /** A batch is published and on disk. */
  batch: [{ version: number; ops: number }]
  /** Execution has stopped; it is tried again at the next op or `sync()`. */
  failure: [Error]
}

interface Position {
  head: SignedHead
  number: number
  lastTs: number
}

export class Executor extends EventEmitter<ExecutorEvents> {
  readonly #options: ExecutorOptions
  readonly #participants: Participants
  readonly #mutex = new Mutex()
  #layout: IndexWriter
  #position: Position
  #clock: Clock
  #contract: Contract
  #scheduled = false
  #closed = false

  private constructor(options: ExecutorOptions, layout: IndexWriter, position: Position, contract: Contract) {
    super()
    this.#options = options
    this.#layout = layout
    this.#position = position
    this.#contract = contract
    this.#clock = new Clock(position.lastTs, options.clockJumpMsMax ?? CLOCK_JUMP_MS_MAX, options.time)
    const { index, openOplog } = options
    this.#participants = new Participants({ index, openOplog, onBlocks: () => this.#schedule() })
  }

  /**
   * Opens the executor of a database whose genesis is published, at the place where it stopped.
   *
   * @throws {ExecutorError} `CONTRACT_UNUSABLE`
   */
  static async open(options: ExecutorOptions): Promise<Executor> {
    const { index, sandbox, rules } = options
    const position = await readPosition(index)
    const contract = await loadContract(
      await index.read((snapshot) => snapshot.contractSource()),
      sandbox,
      rules,
    )
    const executor = new Executor(options, await IndexWriter.open(index.log), position, contract)
    await executor.#participants.reload()
    executor.#schedule()
    return executor
  }

  /** Executes everything that waits. Resolves once it is published and on disk. @throws {ExecutorError} */
  async sync(): Promise<void> {
    while (await this.#mutex.run(() => this.#executeBatch())) {
      // one batch at a time, so that others get their turn between two
    }
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
      await this.#publish({ runs: [], unprompted: changes, lastTs: this.#position.lastTs })
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#participants.close()
    await this.#mutex.run(async () => {})
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      if (this.#closed) return
      this.sync().catch((error) => this.emit('failure', error))
    })
  }

  async #executeBatch(): Promise<boolean> {
    if (this.#closed) return false
    const { sandbox, rules, index } = this.#options
    const context = {
      contract: this.#contract,
      sandbox,
      rules,
      indexKey: index.key,
      source: this.#layout.source,
      clock: this.#clock,
    }
    const builder = new BatchBuilder(context, this.#position.lastTs)
    const batch = await builder.build(
      () => this.#participants.inTurn(),
      (participant) => this.#participants.serve(participant),
    )
    if (batch === null) return false
    const runBlocks = await this.#publish({ runs: batch.runs, lastTs: batch.lastTs })
    this.#participants.advance(batch.nextSeqs, runBlocks)
    await this.#adopt(batch)
    this.emit('batch', { version: this.#position.head.length, ops: batch.ops })
    return true
  }

  /** What the last op of the batch changed for the ops after it. */
  async #adopt(batch: BuiltBatch): Promise<void> {
    if (batch.participantsChanged) await this.#participants.reload()
    if (batch.source === undefined) return
    this.#contract = await loadContract(batch.source, this.#options.sandbox, this.#options.rules)
  }

  async #publish(what: Pick<BatchDraft, 'runs' | 'lastTs' | 'unprompted'>): Promise<Map<string, number>> {
    const { head, number } = this.#position
    const draft: BatchDraft = {
      ...what,
      number: number + 1,
      prevHead: head,
      engine: this.#options.sandbox.engine,
    }
    const { changes, runBlocks } = layOutBatch(draft, this.#participants.runBlocks)
    try {
      const laidOut = await this.#layout.layOut(changes)
      const published = await this.#options.writer.append(laidOut.blocks)
      if (!sameBytes(published.treeHash, laidOut.treeHash)) {
        throw new ExecutorError(
          'BATCH_CONTRADICTS',
          'the index on disk is not the one that was executed: load the database again',
        )
      }
      this.#layout.settle()
      this.#position = { head: published, number: number + 1, lastTs: what.lastTs }
    } catch (error) {
      this.#layout = await IndexWriter.open(this.#options.index.log)
      throw error
    }
    return runBlocks
  }

  #assertOpen(): void {
    if (this.#closed) throw new ExecutorError('EXECUTOR_CLOSED', 'the database is closed: load it again')
  }
}

async function readPosition(index: IndexLog): Promise<Position> {
  const record = await index.read(async (snapshot) => snapshot.record)
  const head = await index.log.head()
  if (head === null) throw new LogError('INDEX_EMPTY', 'the index is empty')
  return { head, number: record.number, lastTs: record.lastTs }
}

async function loadContract(source: string, sandbox: Sandbox, rules: Rules): Promise<Contract> {
  try {
    return await sandbox.load(source, rules)
  } catch (cause) {
    throw new ExecutorError(
      'CONTRACT_UNUSABLE',
      `the contract does not load here: ${(cause as Error).message}`,
      { cause },
    )
  }
}
