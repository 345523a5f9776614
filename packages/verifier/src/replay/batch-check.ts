/**
 * Checks one batch after genesis (spec/2-index §5–§7, spec/4-execution): its record, the place and form of its
 * runs, and every op against the contract. What it finds is taken over by `Replay` once the whole batch holds.
 */
import {
  checkHead,
  type IndexWriter,
  Overlay,
  outcomeBytes,
  type RunDraft,
  type SignedHead,
  sameBytes,
  sodiumCrypto,
} from '@vitra/log'
import { type Contract, ENGINES, type Sandbox, type StateSession } from '@vitra/sandbox'
import { type Finding, type Violation, violation } from '../verdict.js'
import { Ahead } from './ahead.js'
import { checkOp, type ExecutionContext } from './execution.js'
import { Caught, type PublishedBatch, splitRuns } from './published-batch.js'
import { asPublished, type CheckedOp } from './published-form.js'
import { type OpInTurn, type OpsContext, PublishedOps } from './published-ops.js'

/** What a batch is checked against: everything as the batch before left it. */
export interface BatchContext extends OpsContext {
  readonly log: OpsContext['log'] & { readonly identity: Parameters<typeof checkHead>[1] }
  readonly sandbox: Sandbox
  /** Null where it does not load here. */
  readonly contract: Contract | null
  readonly court: ExecutionContext['court']
  /** The rebuilt state as it goes on from batch to batch. */
  readonly session: StateSession
  readonly layout: IndexWriter
  readonly lastTs: number
}

export class BatchCheck {
  readonly findings: Finding[] = []
  ops = 0
  lastTs: number
  /** The op after which the batch has to end, where there is one. */
  ended: CheckedOp | null = null
  readonly #context: BatchContext
  readonly #batch: PublishedBatch
  readonly #published: PublishedOps
  readonly #execution: ExecutionContext
  #bytes = 0

  constructor(context: BatchContext, batch: PublishedBatch) {
    const { sandbox, rules, contract, court, log, layout, lastTs } = context
    const view = new Overlay(layout.source)
    this.#context = context
    this.#batch = batch
    this.#published = new PublishedOps(context, batch.number)
    this.#execution = {
      sandbox,
      rules,
      contract,
      court,
      view,
      indexKey: log.key,
      engine: batch.record.engine,
    }
    this.lastTs = lastTs
  }

  /** Where each participant stands after the batch. */
  get nextSeqs(): PublishedOps['nextSeqs'] {
    return this.#published.nextSeqs
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
    const { runs } = this.#published
    const ahead = new Ahead(this.#execution, this.#context.session, this.#published.read(published))
    for (let next = await ahead.next(); next !== null; next = await ahead.next()) {
      this.#context.signal?.throwIfAborted()
      this.#checkLegal(next)
      this.#count(next, await this.#checkOne(next, ahead))
    }
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

  async #checkOne({ op, block }: OpInTurn, ahead: Ahead): Promise<CheckedOp> {
    if (!(block instanceof Uint8Array)) {
      ahead.restart()
      return asPublished(this.#execution, op, block)
    }
    const runnable = { ...op, block }
    const own = await ahead.run(runnable)
    const checked = await checkOp(this.#execution, runnable, own)
    if (checked !== own) ahead.restart()
    return checked
  }

  #count({ executed }: OpInTurn, checked: CheckedOp): void {
    const { outcome, changes } = checked
    executed.push({ outcome, changes })
    if (checked.finding !== undefined) this.findings.push(checked.finding)
    this.ops++
    this.#bytes += outcomeBytes(outcome)
    for (const change of changes) {
      this.#execution.view.write(change)
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

/** @throws {Caught} `engine-unknown` */
export function checkEngine({ record, number, end }: PublishedBatch): void {
  if (ENGINES.includes(record.engine)) return
  throw new Caught(
    violation('schema', 'engine-unknown', { batch: number, block: end - 1 }, { published: record.engine }),
  )
}
