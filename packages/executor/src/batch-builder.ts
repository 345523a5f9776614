/**
 * Executes the ops of one batch (spec/4-execution §1, §6): fair turns, runs cut by size, an end at the
 * limits of the rules and after an op that changes the contract or the participants.
 */

import type { EntrySource, SignedHead } from '@vitra/log'
import {
  type Change,
  type Executed,
  LogError,
  Overlay,
  oplogKey,
  outcomeBytes,
  type Rules,
  type RunDraft,
  sodiumCrypto,
} from '@vitra/log'
import {
  type Contract,
  type Sandbox,
  SandboxError,
  type StateSession,
  type Step,
  type StepInput,
  steps,
} from '@vitra/sandbox'
import type { Clock } from './clock.js'
import { BATCH_MS_MAX, FAIR_OPS_MAX } from './constants.js'
import type { Participant } from './participants.js'
import type { ReadAhead } from './read-ahead.js'

export interface BatchContext {
  readonly contract: Contract
  readonly sandbox: Sandbox
  readonly rules: Rules
  readonly indexKey: Uint8Array
  /** State at the end of the previous batch. */
  readonly source: EntrySource
  readonly readAhead: ReadAhead
  /** The state as it goes on from batch to batch. */
  readonly session: StateSession
  readonly clock: Clock
  /** Aborted where nothing more is to be executed. */
  readonly signal: AbortSignal
}

export interface BuiltBatch {
  readonly runs: readonly RunDraft[]
  readonly nextSeqs: ReadonlyMap<Participant, number>
  /** What the ops changed, in order. */
  readonly changes: readonly Change[]
  readonly lastTs: number
  readonly ops: number
  /** New contract source, where the last op set one. */
  readonly source?: string
  readonly participantsChanged: boolean
  /** Why the op after these could not be executed on this machine now; nothing was acknowledged of it. */
  readonly stopped?: SandboxError
}

export class BatchBuilder {
  readonly #context: BatchContext
  readonly #overlay: Overlay
  readonly #runs: RunDraft[] = []
  readonly #changes: Change[] = []
  readonly #nextSeqs = new Map<Participant, number>()
  #startedAt = 0
  /** What was executed and is in no run yet: the ops that come next. */
  #ahead: Step[] = []
  #ops = 0
  #bytes = 0
  #lastTs: number
  #source: string | undefined
  #participantsChanged = false
  #stopped: SandboxError | undefined

  constructor(context: BatchContext, lastTs: number) {
    this.#context = context
    this.#overlay = new Overlay(context.source)
    this.#lastTs = lastTs
  }

  /**
   * Executes what is there, up to one batch; called again, what has come meanwhile.
   *
   * @param inTurn who may have its turn, in order
   * @param served is told of each that has had one
   */
  async fill(
    inTurn: () => readonly Participant[],
    served: (participant: Participant) => void,
  ): Promise<void> {
    let progress = true
    while (progress && !this.isFull) {
      progress = false
      const turns = inTurn()
      for (const [nth, participant] of turns.entries()) {
        if (this.isFull) break
        if (!(await this.#turn(participant, turns[nth + 1] ?? turns[0]!))) continue
        served(participant)
        progress = true
      }
    }
  }

  /** What is to be published; null where nothing was executed. */
  finish(): BuiltBatch | null {
    if (this.#ops === 0) return null
    return {
      runs: this.#runs,
      nextSeqs: this.#nextSeqs,
      changes: this.#changes,
      lastTs: this.#lastTs,
      ops: this.#ops,
      participantsChanged: this.#participantsChanged,
      ...(this.#source === undefined ? {} : { source: this.#source }),
      ...(this.#stopped === undefined ? {} : { stopped: this.#stopped }),
    }
  }

  /** True where nothing more is to be begun. */
  get isFull(): boolean {
    const isStopped = this.#stopped !== undefined || this.#context.signal.aborted
    return this.#isLegalEnd || this.#isTimeUp || isStopped
  }

  /** True where the rules end the batch: nothing that was executed after this belongs to it. */
  get #isLegalEnd(): boolean {
    const { batchOpsMax, batchBytesMax } = this.#context.rules.limits
    return this.#ops >= batchOpsMax || this.#bytes >= batchBytesMax || this.#endsHere
  }

  /** Never before the first op: every batch gets on. */
  get #isTimeUp(): boolean {
    return this.#ops > 0 && performance.now() - this.#startedAt >= BATCH_MS_MAX
  }

  get #endsHere(): boolean {
    return this.#source !== undefined || this.#participantsChanged
  }

  /** One participant's turn. False where it has nothing to execute, or may have nothing now. */
  async #turn(participant: Participant, next: Participant): Promise<boolean> {
    const first = this.#nextSeqs.get(participant) ?? participant.nextSeq
    if (participant.log.length <= first) return false
    const head = await readHead(participant)
    if (head === null) return false
    const waiting = head.length - first
    const allowed = participant.meter?.allowance(waiting, first - participant.nextSeq) ?? waiting
    let seq = first
    const last = first + Math.min(FAIR_OPS_MAX, allowed)
    while (seq < last) {
      const executed = await this.#run(participant, head, { firstSeq: seq, end: last, next })
      if (executed === 0) break
      seq += executed
    }
    // The batch had to end before what was executed ahead: those ops come again in the next one.
    if (this.#ahead.splice(0).length > 0) this.#context.session.reset()
    this.#nextSeqs.set(participant, seq)
    participant.meter?.take(seq - first)
    return seq > first
  }

  /** One run from `firstSeq` on. Returns how many blocks it covers: 0 where the batch ends or the first is not here yet. */
  async #run(participant: Participant, head: SignedHead, turn: Turn): Promise<number> {
    const { firstSeq, end, next } = turn
    const executed: Executed[] = []
    let size = 0
    while (
      firstSeq + executed.length < end &&
      size < this.#context.rules.limits.runBytesMax &&
      !this.#isLegalEnd
    ) {
      if (this.#ahead.length === 0) {
        if (this.isFull) break
        this.#ahead = await this.#execute(participant, { firstSeq: firstSeq + executed.length, end, next })
      }
      const result = this.#ahead.shift()
      if (result === undefined) break
      executed.push({ outcome: result.outcome, changes: result.changes })
      size += outcomeBytes(result.outcome)
      this.#count(result)
    }
    if (executed.length > 0) this.#runs.push({ oplog: participant.input.oplog, firstSeq, head, executed })
    return executed.length
  }

  #count(result: Step): void {
    if (this.#ops++ === 0) this.#startedAt = performance.now()
    this.#lastTs = result.outcome.ts
    this.#bytes += outcomeBytes(result.outcome)
    for (const change of result.changes) {
      this.#overlay.write(change)
      this.#changes.push(change)
      this.#bytes += change.path.length + (change.value?.length ?? 0)
    }
    this.#source = result.source
    this.#participantsChanged = result.participantsChanged
  }

  /**
   * Executes blocks from `seq` on, as many as come along; none where the first is not here. Where the sandbox cannot run
   * them now, what was executed before is published, then the error is told.
   */
  async #execute(participant: Participant, turn: Turn): Promise<Step[]> {
    const { contract, session } = this.#context
    const inputs = await this.#inputs(participant, turn)
    if (inputs.length === 0) return []
    this.#prepare(participant, turn.firstSeq + inputs.length, turn.next)
    try {
      return await steps(contract, this.#overlay, inputs, session)
    } catch (error) {
      if (!(error instanceof SandboxError) || this.#ops === 0) throw error
      this.#stopped = error
      return []
    }
  }

  /** Has what comes next read while the guest is at work. */
  #prepare(participant: Participant, seq: number, next: Participant): void {
    const from = next === participant ? seq : (this.#nextSeqs.get(next) ?? next.nextSeq)
    this.#context.readAhead.prepare(next.log, from, Math.min(next.log.length, from + FAIR_OPS_MAX))
  }

  /** Consecutive blocks that are here, with what they are executed under. */
  async #inputs(participant: Participant, { firstSeq, end }: Turn): Promise<StepInput[]> {
    const { sandbox, rules, indexKey, clock, readAhead } = this.#context
    const { signer, oplog } = participant.input
    const last = Math.min(end, firstSeq + rules.limits.batchOpsMax - this.#ops)
    const blocks = await readAhead.read(participant.log, firstSeq, last)
    return blocks.map((block, nth) => ({
      block,
      signer,
      oplog,
      seq: firstSeq + nth,
      ts: clock.next(),
      rules,
      processed: 'run',
      deriveOplog: (key) => oplogKey(sodiumCrypto, key, indexKey),
      loadSource: async (source) => void (await sandbox.load(source, rules)),
    }))
  }
}

/** Blocks of one turn. */
interface Turn {
  readonly firstSeq: number
  /** The block to stop before. */
  readonly end: number
  /** Whose turn comes after. */
  readonly next: Participant
}

/** The head of a participant's log, or null where it cannot be read: no log stops those of the others. */
async function readHead({ log }: Participant): Promise<SignedHead | null> {
  try {
    return await log.head()
  } catch (error) {
    // hypercore closes a log whose owner has signed two histories.
    if (error instanceof LogError || log.core.closing) return null
    throw error
  }
}
