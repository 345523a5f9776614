/**
 * Checks one batch after genesis (spec/2-index §5–§7, spec/4-execution): its record, the place and form of its
 * runs, and every op against the contract. Audit and proof check run this same code; they differ in where blocks come
 * from and in who runs the ops.
 */
import { outcomeBytes, type RunDraft } from '@vitra/log/formats'
import { checkHead, type LogIdentity, type SignedHead } from '@vitra/log/proofs'
import { type EntrySource, Overlay, sameBytes } from '@vitra/log/values'
import { type Finding, type Violation, violation } from '../verdict.js'
import { Caught, type PublishedBatch, splitRuns } from './published-batch.js'
import { asPublished, type CheckedOp, type RunnableOp } from './published-form.js'
import { type OpInTurn, type OpsContext, PublishedOps } from './published-ops.js'
import { isPromise, type Soon, type Turns } from './soon.js'

/** Ops as they are checked, one after the other. */
export interface OpsInTurn {
  /** The op whose turn it is; null after the last. @throws what reading it throws */
  next(): Soon<OpInTurn | null>
  /** What the op in turn leads to. @throws {Caught} where the contract does not give what was published */
  check(op: RunnableOp): Soon<CheckedOp>
  /** The op in turn was taken as published: what was run ahead over something else counts no more. */
  restart(): void
}

/** What a batch is checked against: everything as the batch before left it. */
export interface BatchContext extends OpsContext {
  /** Of the index. */
  readonly identity: LogIdentity
  readonly state: EntrySource
  /** Of the index before the batch. */
  readonly treeHash: Uint8Array
  readonly lastTs: number
  /** Who checks the ops. @param view the state, with what the batch has published so far */
  readonly judge: (view: Overlay, ops: Turns<OpInTurn>) => OpsInTurn
}

export class BatchCheck {
  readonly findings: Finding[] = []
  ops = 0
  /** How many of them are acknowledgements, which nobody executes. */
  echoes = 0
  lastTs: number
  /** The op after which the batch has to end, where there is one. */
  ended: CheckedOp | null = null
  readonly #context: BatchContext
  readonly #batch: PublishedBatch
  readonly #published: PublishedOps
  readonly #view: Overlay
  /** False where no op is run: nobody reads the state then. */
  readonly #isRun: boolean
  #bytes = 0

  constructor(context: BatchContext, batch: PublishedBatch) {
    this.#context = context
    this.#batch = batch
    this.#published = new PublishedOps(context, batch.number)
    this.#view = new Overlay(context.state)
    this.#isRun = context.focus === undefined || context.focus.op !== null
    this.lastTs = context.lastTs
  }

  /** Where each participant stands after the batch. */
  get nextSeqs(): PublishedOps['nextSeqs'] {
    return this.#published.nextSeqs
  }

  /** Index blocks of the newest run of each, as published. */
  get runBlocks(): PublishedOps['runBlocks'] {
    return this.#published.runBlocks
  }

  /**
   * @returns the head before the batch and the runs as they have to be laid out
   * @throws {Caught}
   */
  async check(): Promise<{ prevHead: SignedHead; runs: RunDraft[] }> {
    const { record, until } = this.#batch
    const prevHead = this.#checkRecord()
    const published = await splitRuns(this.#batch)
    if (until === undefined) {
      if (published.length === 0) throw new Caught(recordViolation(this.#batch, 'a batch executes nothing'))
      if (published.length !== record.runs)
        throw new Caught(recordViolation(this.#batch, 'it counts other runs than it has'))
    }
    const { runs } = this.#published
    const turn = this.#context.judge(this.#view, this.#published.read(published))
    for (;;) {
      const soon = turn.next()
      const next = isPromise(soon) ? await soon : soon
      if (next === null) break
      this.#context.signal?.throwIfAborted()
      this.#checkLegal(next)
      const checked = this.#checkOne(next, turn)
      this.#count(next, isPromise(checked) ? await checked : checked)
    }
    if (until === undefined && record.lastTs !== this.lastTs)
      throw new Caught(recordViolation(this.#batch, 'its time is not that of its last outcome'))
    return { prevHead, runs }
  }

  #checkRecord(): SignedHead {
    const batch = this.#batch
    const { record, start, end, number } = batch
    const { crypto, identity, treeHash } = this.#context
    if (record.number !== number)
      throw new Caught(recordViolation(batch, `it says it is batch ${record.number}`))
    if (record.prevEnd !== start)
      throw new Caught(recordViolation(batch, 'it does not follow the batch before it'))
    if (record.blocks !== end - start)
      throw new Caught(recordViolation(batch, 'it counts other blocks than it has'))
    const head = { length: start, treeHash: record.prevTreeHash, signature: record.prevSignature }
    if (!sameBytes(head.treeHash, treeHash))
      throw new Caught(recordViolation(batch, 'it names another previous state'))
    if (!checkHead(crypto, identity, head)) {
      throw new Caught(recordViolation(batch, 'the signature of the previous head does not verify'))
    }
    return head
  }

  #checkLegal({ op: { outcome, at }, isLegal }: OpInTurn): void {
    const { batchOpsMax, batchBytesMax } = this.#context.rules.limits
    if (this.ended !== null) throw new Caught(violation('schema', 'batch-not-cut', at))
    if (this.ops >= batchOpsMax || this.#bytes >= batchBytesMax)
      throw new Caught(violation('schema', 'limit-exceeded', at))
    if (outcome.ts < this.lastTs) {
      throw new Caught(
        violation('schema', 'time-backwards', at, { expected: this.lastTs, published: outcome.ts }),
      )
    }
    this.lastTs = outcome.ts
    if (!isLegal) throw new Caught(violation('schema', 'limit-exceeded', at))
  }

  #checkOne({ op, runnable }: OpInTurn, turn: OpsInTurn): Soon<CheckedOp> {
    if ('block' in runnable) return turn.check(runnable)
    turn.restart()
    return asPublished(this.#context, op, runnable)
  }

  #count({ executed }: OpInTurn, checked: CheckedOp): void {
    const { outcome, changes } = checked
    executed.push({ outcome, changes })
    if (checked.finding !== undefined) this.findings.push(checked.finding)
    this.ops++
    if (outcome.kind === 'echo') this.echoes++
    this.#bytes += outcomeBytes(outcome)
    for (const change of changes) {
      if (this.#isRun) this.#view.write(change)
      this.#bytes += change.path.length + (change.value?.length ?? 0)
    }
    if (checked.source !== undefined || checked.participantsChanged) this.ended = checked
  }
}

function recordViolation(batch: PublishedBatch, message: string): Violation {
  return violation(
    'schema',
    'record-invalid',
    { batch: batch.number, block: batch.end - 1 },
    { message: `batch record: ${message}` },
  )
}
