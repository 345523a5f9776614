/**
 * Checks one batch after genesis (spec/2-index §5–§7, spec/4-execution): its record, the place and form of its
 * runs, and every op against the contract. What it finds is taken over by `Replay` once the whole batch holds.
 */
import {
  checkHead,
  type Executed,
  type IndexWriter,
  LogError,
  type Outcome,
  Overlay,
  oplogIdentity,
  outcomeBytes,
  type Rules,
  type RunDraft,
  type SignedHead,
  sameBytes,
  sodiumCrypto,
  toHex,
} from '@vitra/log'
import { type Contract, ENGINES, type Sandbox } from '@vitra/sandbox'
import { type Finding, type Place, type Violation, violation } from '../verdict.js'
import { asPublished, type CheckedOp, checkOp, isValue, type PublishedOp } from './execution.js'
import {
  type AuditedParticipant,
  type AuditedParticipants,
  compareOplogHead,
  readOplog,
} from './participants.js'
import { Caught, type PublishedBatch, type PublishedRun, splitRuns } from './published-batch.js'
import type { Court } from './recorded-engines.js'

/** What a batch is checked against: everything as the batch before left it. */
export interface BatchContext {
  readonly log: { readonly key: Uint8Array; readonly identity: Parameters<typeof checkHead>[1] }
  readonly sandbox: Sandbox
  readonly rules: Rules
  /** Null where it does not load here. */
  readonly contract: Contract | null
  /** The contract in a guest of its own under an engine; null where that is not installed here. */
  readonly court: (engine: string, isFresh?: boolean) => Promise<Court | null>
  readonly participants: AuditedParticipants
  readonly layout: IndexWriter
  readonly lastTs: number
  readonly waitMs: number
  readonly signal: AbortSignal | undefined
}

export class BatchCheck {
  readonly findings: Finding[] = []
  ops = 0
  lastTs: number
  /** The op after which the batch has to end, where there is one. */
  ended: CheckedOp | null = null
  readonly #context: BatchContext
  readonly #batch: PublishedBatch
  readonly #view: Overlay
  readonly #runBlocks: Map<string, number>
  #bytes = 0

  constructor(context: BatchContext, batch: PublishedBatch) {
    this.#context = context
    this.#batch = batch
    this.#view = new Overlay(context.layout.source)
    this.#runBlocks = new Map(context.participants.runBlocks)
    this.lastTs = context.lastTs
  }

  /**
   * @returns the head before the batch and the runs as they have to be laid out
   * @throws {Caught}
   */
  async check(): Promise<{ prevHead: SignedHead; runs: RunDraft[] }> {
    const { record } = this.#batch
    const prevHead = this.#checkRecord()
    const published = splitRuns(this.#batch)
    if (published.length === 0) throw new Caught(recordViolation(this.#batch, 'a batch executes nothing'))
    if (published.length !== record.runs)
      throw new Caught(recordViolation(this.#batch, 'it counts other runs than it has'))
    const runs: RunDraft[] = []
    for (const run of published) runs.push(await this.#checkRun(run))
    if (record.lastTs !== this.lastTs)
      throw new Caught(recordViolation(this.#batch, 'its time is not that of its last outcome'))
    return { prevHead, runs }
  }

  #checkRecord(): SignedHead {
    const batch = this.#batch
    const { record, start, end, number } = batch
    const { layout, log } = this.#context
    if (record.number !== number)
      throw new Caught(recordViolation(batch, `it says it is batch ${record.number}`))
    if (record.prevEnd !== start)
      throw new Caught(recordViolation(batch, 'it does not follow the batch before it'))
    if (record.blocks !== end - start)
      throw new Caught(recordViolation(batch, 'it counts other blocks than it has'))
    checkEngine(batch)
    const head = { length: start, treeHash: record.prevTreeHash, signature: record.prevSignature }
    if (!sameBytes(head.treeHash, layout.treeHash()))
      throw new Caught(recordViolation(batch, 'it names another previous state'))
    if (!checkHead(sodiumCrypto, log.identity, head)) {
      throw new Caught(recordViolation(batch, 'the signature of the previous head does not verify'))
    }
    return head
  }

  async #checkRun(published: PublishedRun): Promise<RunDraft> {
    const { place, run, block } = published
    const { rules, signal, waitMs } = this.#context
    const at: Place = { batch: this.#batch.number, block, oplog: toHex(place.oplog), seq: place.firstSeq }
    const participant = this.#checkRunPlace(published, at)
    checkRunForm(published, at, rules)
    const prevRun = this.#runBlocks.get(toHex(place.oplog)) ?? 0
    if (run.prevRun !== prevRun) {
      throw new Caught(
        violation('schema', 'run-invalid', at, {
          message: 'a run names another previous run',
          expected: prevRun,
          published: run.prevRun,
        }),
      )
    }
    this.#runBlocks.set(toHex(place.oplog), block)
    const unproved = await compareOplogHead(participant, run.head, waitMs)
    const executed: Executed[] = []
    for (const [nth, outcome] of run.outcomes.entries()) {
      signal?.throwIfAborted()
      const seq = place.firstSeq + nth
      this.#checkLegal(outcome, { ...at, seq })
      const op = {
        input: participant.input,
        seq,
        outcome,
        changes: published.changes[nth]!,
        at: { ...at, seq },
      }
      const checked = await this.#checkOne(participant, op, unproved)
      this.#count(checked)
      executed.push({ outcome: checked.outcome, changes: checked.changes })
    }
    participant.nextSeq = place.firstSeq + run.outcomes.length
    return { oplog: place.oplog, firstSeq: place.firstSeq, head: run.head, executed }
  }

  #checkRunPlace({ place, run }: PublishedRun, at: Place): AuditedParticipant {
    const { participants, log } = this.#context
    const participant = participants.get(place.oplog)
    if (participant === undefined || !participant.input.active)
      throw new Caught(violation('order', 'not-a-participant', at))
    if (place.firstSeq !== participant.nextSeq) {
      const code = place.firstSeq > participant.nextSeq ? 'op-skipped' : 'op-repeated'
      throw new Caught(
        violation('order', code, at, { expected: participant.nextSeq, published: place.firstSeq }),
      )
    }
    const identity = oplogIdentity(participant.input.signer, log.key)
    const covered = run.head.length >= place.firstSeq + run.outcomes.length
    if (!covered || !checkHead(sodiumCrypto, identity, run.head))
      throw new Caught(violation('order', 'op-invented', at))
    return participant
  }

  #checkLegal(outcome: Outcome, at: Place): void {
    const { batchOpsMax, batchBytesMax, valueBytesMax, valueDepthMax } = this.#context.rules.limits
    if (this.ended !== null) throw new Caught(violation('schema', 'batch-not-cut', at))
    if (this.ops >= batchOpsMax || this.#bytes >= batchBytesMax)
      throw new Caught(violation('schema', 'limit-exceeded', at))
    if (outcome.ts < this.lastTs) {
      throw new Caught(
        violation('schema', 'time-backwards', at, { expected: this.lastTs, published: outcome.ts }),
      )
    }
    this.lastTs = outcome.ts
    // Taken from the log as it is: all that can be checked of it is its form.
    if (outcome.metadata === undefined) return
    const limits = { bytesMax: valueBytesMax, depthMax: valueDepthMax }
    if (!isValue(outcome.metadata, limits)) throw new Caught(violation('schema', 'limit-exceeded', at))
  }

  async #checkOne(
    participant: AuditedParticipant,
    op: Omit<PublishedOp, 'block'>,
    unproved: Finding['code'] | null,
  ): Promise<CheckedOp> {
    const { sandbox, rules, contract, court, log, waitMs } = this.#context
    const form = { rules, indexKey: log.key }
    if (unproved !== null)
      return asPublished(form, op, { code: unproved, message: UNPROVED_MESSAGES[unproved] ?? unproved })
    let block: Uint8Array
    try {
      block = await readOplog(participant, op.seq, waitMs)
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'BLOCK_MISSING') throw error
      return asPublished(form, op, { code: 'block-missing', message: 'an op is not here' })
    }
    const { engine } = this.#batch.record
    return checkOp({ ...form, contract, court, sandbox, engine, view: this.#view }, { ...op, block })
  }

  #count(checked: CheckedOp): void {
    if (checked.finding !== undefined) this.findings.push(checked.finding)
    this.ops++
    this.#bytes += outcomeBytes(checked.outcome)
    for (const change of checked.changes) {
      this.#view.write(change)
      this.#bytes += change.path.length + (change.value?.length ?? 0)
    }
    if (checked.source !== undefined || checked.participantsChanged) this.ended = checked
  }
}

const UNPROVED_MESSAGES: Partial<Record<Finding['code'], string>> = {
  'oplog-behind': "a participant's log is shorter here than what it signed",
  'oplog-equivocation': 'a participant signed two histories of its log',
  'block-missing': "a block of a participant's log is not here",
}

function recordViolation(batch: PublishedBatch, message: string): Violation {
  return violation(
    'schema',
    'record-invalid',
    { batch: batch.number, block: batch.end - 1 },
    { message: `batch record: ${message}` },
  )
}

/** @throws {Caught} `engine-unknown` */
export function checkEngine({ record, number, end }: PublishedBatch): void {
  if (ENGINES.includes(record.engine)) return
  throw new Caught(
    violation('schema', 'engine-unknown', { batch: number, block: end - 1 }, { published: record.engine }),
  )
}

/** A run closes once its outcomes reach the limit: all but the last stay below it. */
function checkRunForm({ run }: PublishedRun, at: Place, rules: Rules): void {
  let bytes = 0
  for (const outcome of run.outcomes.slice(0, -1)) bytes += outcomeBytes(outcome)
  if (bytes >= rules.limits.runBytesMax && run.outcomes.length > 1)
    throw new Caught(violation('schema', 'limit-exceeded', at))
}
