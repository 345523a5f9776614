/**
 * Executes the ops of one batch (spec/4-execution §1, §6): fair turns, runs cut by size, an end at the
 * limits of the rules and after an op that changes the contract or the participants.
 */

import type { EntrySource, SignedHead } from '@vitra/log'
import {
  type Executed,
  LogError,
  Overlay,
  oplogKey,
  outcomeBytes,
  type Rules,
  type RunDraft,
  sodiumCrypto,
  unexecutableOutcome,
} from '@vitra/log'
import { type Contract, type Sandbox, SandboxError, type Step, step, UnexecutableError } from '@vitra/sandbox'
import type { Clock } from './clock.js'
import { BATCH_MS_MAX, FAIR_OPS_MAX } from './constants.js'
import type { Participant } from './participants.js'

export interface BatchContext {
  readonly contract: Contract
  readonly sandbox: Sandbox
  readonly rules: Rules
  readonly indexKey: Uint8Array
  /** State at the end of the previous batch. */
  readonly source: EntrySource
  readonly clock: Clock
  /** Aborted where nothing more is to be executed. */
  readonly signal: AbortSignal
}

export interface BuiltBatch {
  readonly runs: readonly RunDraft[]
  readonly nextSeqs: ReadonlyMap<Participant, number>
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
  readonly #nextSeqs = new Map<Participant, number>()
  readonly #startedAt = performance.now()
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

  /** Executes what is there, up to one batch. Null where nothing waits. */
  async build(
    inTurn: () => readonly Participant[],
    served: (participant: Participant) => void,
  ): Promise<BuiltBatch | null> {
    let progress = true
    while (progress && !this.#full) {
      progress = false
      for (const participant of inTurn()) {
        if (this.#full) break
        if (!(await this.#turn(participant))) continue
        served(participant)
        progress = true
      }
    }
    if (this.#ops === 0) return null
    return {
      runs: this.#runs,
      nextSeqs: this.#nextSeqs,
      lastTs: this.#lastTs,
      ops: this.#ops,
      participantsChanged: this.#participantsChanged,
      ...(this.#source === undefined ? {} : { source: this.#source }),
      ...(this.#stopped === undefined ? {} : { stopped: this.#stopped }),
    }
  }

  get #full(): boolean {
    const { batchOpsMax, batchBytesMax } = this.#context.rules.limits
    const isLegalEnd = this.#ops >= batchOpsMax || this.#bytes >= batchBytesMax || this.#endsHere
    const isStopped = this.#stopped !== undefined || this.#context.signal.aborted
    return isLegalEnd || this.#isTimeUp || isStopped
  }

  /** Never before the first op: every batch gets on. */
  get #isTimeUp(): boolean {
    return this.#ops > 0 && performance.now() - this.#startedAt >= BATCH_MS_MAX
  }

  get #endsHere(): boolean {
    return this.#source !== undefined || this.#participantsChanged
  }

  /** One participant's turn. False where it has nothing to execute. */
  async #turn(participant: Participant): Promise<boolean> {
    const first = this.#nextSeqs.get(participant) ?? participant.nextSeq
    if (participant.log.length <= first) return false
    const head = await readHead(participant)
    if (head === null) return false
    let seq = first
    const last = Math.min(head.length, first + FAIR_OPS_MAX)
    while (seq < last && !this.#full) {
      const executed = await this.#run(participant, head, seq, last)
      if (executed === 0) break
      seq += executed
    }
    this.#nextSeqs.set(participant, seq)
    return seq > first
  }

  /** One run from `firstSeq` on. Returns how many blocks it covers: 0 where the first is not here yet. */
  async #run(participant: Participant, head: SignedHead, firstSeq: number, end: number): Promise<number> {
    const executed: Executed[] = []
    let size = 0
    while (firstSeq + executed.length < end && size < this.#context.rules.limits.runBytesMax && !this.#full) {
      const seq = firstSeq + executed.length
      const block = await readHere(participant, seq)
      if (block === null) break
      const result = await this.#execute(participant, seq, block)
      if (result === null) break
      executed.push({ outcome: result.outcome, changes: result.changes })
      size += outcomeBytes(result.outcome)
      this.#count(result)
    }
    if (executed.length > 0) this.#runs.push({ oplog: participant.input.oplog, firstSeq, head, executed })
    return executed.length
  }

  #count(result: Step): void {
    this.#ops++
    this.#lastTs = result.outcome.ts
    this.#bytes += outcomeBytes(result.outcome)
    for (const change of result.changes) {
      this.#overlay.write(change)
      this.#bytes += change.path.length + (change.value?.length ?? 0)
    }
    this.#source = result.source
    this.#participantsChanged = result.participantsChanged
  }

  /** Null where the sandbox cannot run it now: what was executed before is published, then the error is told. */
  async #execute(participant: Participant, seq: number, block: Uint8Array): Promise<Step | null> {
    const { contract, sandbox, rules, indexKey, clock } = this.#context
    const ts = clock.next()
    const { signer, oplog } = participant.input
    try {
      return await step(contract, this.#overlay, {
        block,
        signer,
        oplog,
        seq,
        ts,
        rules,
        processed: 'run',
        deriveOplog: (key) => oplogKey(sodiumCrypto, key, indexKey),
        loadSource: async (source) => void (await sandbox.load(source, rules)),
      })
    } catch (error) {
      if (error instanceof SandboxError && this.#ops > 0) {
        this.#stopped = error
        return null
      }
      if (!(error instanceof UnexecutableError)) throw error
      // Nobody's log is blocked for ever: the op is acknowledged as failed and the log goes on.
      const outcome = unexecutableOutcome(ts)
      return { outcome, changes: [], participantsChanged: false, reads: [] }
    }
  }
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

async function readHere(participant: Participant, seq: number): Promise<Uint8Array | null> {
  try {
    return await participant.log.get(seq, { wait: false })
  } catch (error) {
    if (error instanceof LogError && error.code === 'BLOCK_MISSING') return null
    throw error
  }
}
