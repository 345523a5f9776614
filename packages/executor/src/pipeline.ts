/**
 * The way of batches from the oplogs to the index (spec/4-execution §6): while one is laid out, journalled and
 * appended, the next is executed over its results. Batches are journalled in their order, and nothing of one is signed
 * before the one ahead of it is published; where that fails, what was executed over it is forgotten.
 */
import { type Change, type IndexLog, type LogWriter, Overlay, type Rules } from '@vitra/log'
import { type Sandbox, StateSession } from '@vitra/sandbox'
import { BatchBuilder, type BuiltBatch } from './batch-builder.js'
import type { Clock } from './clock.js'
import { PIPELINE_BATCHES_MAX } from './constants.js'
import type { Participants } from './participants.js'
import { type Published, publish } from './publish.js'
import { ReadAhead } from './read-ahead.js'
import { loadContract, readState, type State } from './state.js'

export interface PipelineOptions {
  readonly index: IndexLog
  readonly writer: LogWriter
  readonly sandbox: Sandbox
  readonly rules: Rules
  readonly participants: Participants
  readonly clock: Clock
  /** Aborted where nothing more is to be executed. */
  readonly signal: AbortSignal
  /** A batch is published and on disk. */
  readonly onBatch: (batch: { version: number; ops: number }) => void
}

/** A batch on its way to the disk. */
interface Flight {
  readonly batch: BuiltBatch
  readonly published: Promise<Published | null>
  /** Resolves when it is over, however it ended. */
  readonly over: Promise<void>
  isOver: boolean
}

export class Pipeline {
  readonly #options: PipelineOptions
  readonly #readAhead = new ReadAhead()
  /** Null while batches are made, and after one that failed: the index then tells where it stands. */
  #state: State | null = null
  /** Called when there is more to execute. */
  #arrived: () => void = () => {}

  constructor(options: PipelineOptions) {
    this.#options = options
  }

  /** Takes the place where the index stops. @throws {ExecutorError} `CONTRACT_UNUSABLE` */
  async open(): Promise<void> {
    this.#state = await this.#readState()
  }

  /** There may be more to execute. */
  wake(): void {
    this.#arrived()
  }

  /**
   * Executes and publishes what waits, and what comes meanwhile, but no more batches in a row than others can wait for.
   * When it returns nothing is on its way to the disk.
   *
   * @returns false where nothing waits any more
   */
  async run(): Promise<boolean> {
    let state = await this.#takeState()
    let { lastTs } = state.position
    let flight: Flight | null = null
    for (let nth = 1; ; nth++) {
      const built = await this.#execute(state, flight, lastTs)
      if (flight !== null) {
        const after = await this.#land(state, flight)
        if (after === null) return true
        state = after
      }
      if ('failure' in built) throw built.failure
      const { batch } = built
      if (batch === null) break
      flight = this.#launch(state, batch)
      lastTs = batch.lastTs
      if (!this.#isLast(batch) && nth < PIPELINE_BATCHES_MAX) continue
      const after = await this.#land(state, flight)
      if (batch.stopped !== undefined) throw batch.stopped
      if (after !== null) this.#state = after
      return !this.#options.signal.aborted
    }
    this.#state = state
    return false
  }

  /** Publishes changes that no op asked for. */
  async force(changes: readonly Change[]): Promise<void> {
    for (;;) {
      const state = await this.#takeState()
      const { lastTs } = state.position
      const published = await this.#publish(state, { runs: [], unprompted: changes, lastTs })
      if (published === null) continue
      this.#state = { ...state, position: published.position, session: new StateSession() }
      return
    }
  }

  /**
   * Executes the next batch. It is closed when the one ahead of it is on disk: small where little comes, up to the
   * limits of the rules where much does.
   */
  async #execute(
    state: State,
    flight: Flight | null,
    lastTs: number,
  ): Promise<{ batch: BuiltBatch | null } | { failure: unknown }> {
    const { participants, signal, sandbox, rules, clock, index } = this.#options
    const { contract, session, layout } = state
    // The layout gets there while this batch is executed; laid over it, the changes read the same before and after.
    const source = flight === null ? layout.source : new Overlay(layout.source, flight.batch.changes)
    const readAhead = this.#readAhead
    const context = {
      contract,
      sandbox,
      rules,
      indexKey: index.key,
      source,
      readAhead,
      session,
      clock,
      signal,
    }
    const builder = new BatchBuilder(context, lastTs)
    try {
      for (;;) {
        const arrived = new Promise<void>((resolve) => {
          this.#arrived = resolve
        })
        await builder.fill(
          () => participants.inTurn(),
          (participant) => participants.serve(participant),
        )
        if (flight === null || flight.isOver || builder.isFull) break
        await Promise.race([flight.over, arrived])
        if (flight.isOver) break
      }
      return { batch: builder.finish() }
    } catch (failure) {
      return { failure }
    }
  }

  #launch(state: State, batch: BuiltBatch): Flight {
    this.#options.participants.advance(batch.nextSeqs)
    const published = this.#publish(state, batch)
    const end = () => {
      flight.isOver = true
    }
    const flight: Flight = { batch, published, over: published.then(end, end), isOver: false }
    return flight
  }

  /** Where execution stands once the batch is published; null where it has to be made again. */
  async #land(state: State, { batch, published: publishing }: Flight): Promise<State | null> {
    const { participants, onBatch } = this.#options
    const published = await publishing
    if (published === null) return null
    const { position, runBlocks } = published
    participants.published(runBlocks)
    const after = await this.#adopt(batch, { ...state, position })
    onBatch({ version: position.head.length, ops: batch.ops })
    return after
  }

  /** What the last op of the batch changed for the ops after it. */
  async #adopt(batch: BuiltBatch, state: State): Promise<State> {
    const { participants, sandbox, rules } = this.#options
    if (batch.participantsChanged) await participants.reload()
    if (batch.source === undefined) return state
    return { ...state, contract: await loadContract(batch.source, sandbox, rules) }
  }

  /** True where nothing is executed before the batch is published: it says who takes part, and under which contract. */
  #isLast({ stopped, source, participantsChanged }: BuiltBatch): boolean {
    return (
      stopped !== undefined || source !== undefined || participantsChanged || this.#options.signal.aborted
    )
  }

  #publish(state: State, what: Parameters<typeof publish>[2]): Promise<Published | null> {
    const { writer, sandbox, participants } = this.#options
    return publish({ writer, engine: sandbox.engine }, state, what, participants.runBlocks)
  }

  /** The state, for one piece of work that puts it back when all went well. */
  async #takeState(): Promise<State> {
    const state = this.#state
    this.#state = null
    const isCurrent = state !== null && state.position.head.length === this.#options.index.length
    return isCurrent ? state : this.#readState()
  }

  async #readState(): Promise<State> {
    const { participants, clock } = this.#options
    const state = await readState(this.#options)
    clock.notBefore(state.position.lastTs)
    await participants.restart()
    return state
  }
}
