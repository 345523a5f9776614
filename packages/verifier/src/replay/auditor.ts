/**
 * Replays a database from genesis and compares every batch, bit for bit (protocol §8). Taken from
 * the log and checked for legality: order, batch ends, timestamps, `process` results, heads and
 * their signatures. Everything else is recomputed.
 */
import {
  checkHead,
  type Executed,
  type IndexLog,
  IndexWriter,
  type Input,
  type Log,
  LogError,
  layOutBatch,
  type Outcome,
  Overlay,
  oplogIdentity,
  outcomeBytes,
  type Rules,
  type RunDraft,
  remoteLengthMax,
  type SignedHead,
  sameBytes,
  sodiumCrypto,
  toHex,
} from '@vitra/log'
import { type Contract, ContractLoadError, ENGINES, type Sandbox, SandboxError } from '@vitra/sandbox'
import { type AuditReport, type Finding, type Place, type Violation, violation } from '../verdict.js'
import { asPublished, type CheckedOp, checkOp, isValue, type PublishedOp } from './execution.js'
import { auditGenesis, RulesUnknown } from './genesis.js'
import { type AuditedParticipant, AuditedParticipants, compareOplogHead } from './participants.js'
import {
  Caught,
  Missing,
  type PublishedBatch,
  type PublishedRun,
  readBatch,
  splitRuns,
  waiting,
} from './published-batch.js'

export interface AuditorOptions {
  readonly index: IndexLog
  readonly sandbox: Sandbox
  /** Opens a participant's oplog; the same log at each call. */
  readonly openOplog: (input: Input) => Promise<Log>
  /** How long to wait for peers to give a block that is not here, in ms; default 0. */
  readonly waitMs?: number
  /** The last head that was seen here, kept outside the log. */
  readonly remembered?: SignedHead | undefined
}

export interface AdvanceOptions {
  readonly signal?: AbortSignal
  /** Called after each batch. */
  readonly onProgress?: (progress: AuditProgress) => void
}

export interface AuditProgress {
  /** Index length checked so far. */
  readonly version: number
  readonly length: number
  readonly batches: number
  readonly ops: number
}

/** The audit cannot go on for now. */
class Halt extends Error {
  readonly finding: Finding

  constructor(finding: Finding) {
    super(finding.message)
    this.finding = finding
  }
}

export class Auditor {
  readonly #options: AuditorOptions
  #participants: AuditedParticipants
  #findings: Finding[] = []
  #layout: IndexWriter | null = null
  #contract: Contract | null = null
  #rules: Rules | null = null
  #violation: Violation | null = null
  #lastTs = 0
  #batches = 0
  #ops = 0
  /** True while what stands above is that of half a batch. */
  #isInsideBatch = false

  constructor(options: AuditorOptions) {
    this.#options = options
    this.#participants = new AuditedParticipants(options.openOplog)
  }

  get #waitMs(): number {
    return this.#options.waitMs ?? 0
  }

  /** Index length checked so far. */
  get version(): number {
    return this.#layout?.length ?? 0
  }

  /**
   * Checks every batch that is here and not checked yet. May be called again as the log grows.
   *
   * @throws the reason of an aborted signal; storage errors. Never for what the logs hold.
   */
  async advance(options: AdvanceOptions = {}): Promise<AuditReport> {
    const passing: Finding[] = []
    if (this.#violation === null) {
      try {
        await this.#checkHistory()
        await this.#checkBatches(options)
        passing.push(...this.#checkReach())
      } catch (error) {
        if (error instanceof Caught) this.#violation = error.violation
        else if (error instanceof Missing)
          passing.push({ code: 'block-missing', message: 'a block of the index is not here', at: error.at })
        else if (error instanceof Halt) passing.push(error.finding)
        else {
          if (this.#isInsideBatch) this.#beginAnew()
          throw error
        }
      }
    }
    return this.#report(passing)
  }

  /** An audit that went on from half a batch would accuse the executor of what it did itself. */
  #beginAnew(): void {
    this.#participants = new AuditedParticipants(this.#options.openOplog)
    this.#findings = []
    this.#layout = null
    this.#contract = null
    this.#rules = null
    this.#lastTs = 0
    this.#batches = 0
    this.#ops = 0
    this.#isInsideBatch = false
  }

  #report(passing: readonly Finding[]): AuditReport {
    const findings = [...this.#findings, ...passing]
    const verdict = this.#violation !== null ? 'fraud' : findings.length > 0 ? 'inconclusive' : 'valid'
    return Object.freeze({
      verdict,
      version: this.version,
      length: this.#options.index.length,
      batches: this.#batches,
      ops: this.#ops,
      waiting: this.#participants.waiting,
      findings,
      ...(this.#violation === null ? {} : { violation: this.#violation }),
    })
  }

  /** The log must still be the one that was seen before. */
  async #checkHistory(): Promise<void> {
    const { index, remembered } = this.#options
    const { core, conflicts } = index.log
    const [conflict] = conflicts
    if (core.fork > 0 || conflict !== undefined) {
      throw new Caught(
        violation('equivocation', 'log-forked', conflict ? { block: conflict.length } : {}, {
          published: { fork: core.fork },
        }),
      )
    }
    // A copy that is shorter than what it has seen may have lost its tail itself: that is no proof.
    if (remembered === undefined || index.length < remembered.length) return
    const published = {
      length: remembered.length,
      treeHash: toHex(remembered.treeHash),
      signature: toHex(remembered.signature),
    }
    if (!sameBytes(await this.#indexHash(remembered.length), remembered.treeHash)) {
      throw new Caught(violation('equivocation', 'log-forked', { block: remembered.length }, { published }))
    }
  }

  /** Tree hash of the index here. @throws {Missing} */
  async #indexHash(length: number): Promise<Uint8Array> {
    try {
      return await this.#options.index.log.treeHashAt(length, waiting(this.#waitMs))
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'BLOCK_MISSING') throw error
      throw new Missing({ block: length - 1 }, { cause: error })
    }
  }

  #checkReach(): Finding[] {
    const { index, remembered } = this.#options
    const at = { block: index.length }
    const findings: Finding[] = []
    if (index.length === 0)
      findings.push({ code: 'index-empty', message: 'nothing of the index is here', at: {} })
    if (remembered !== undefined && index.length < remembered.length) {
      const message = `the executor signed ${remembered.length} blocks of the index, ${index.length} are here`
      findings.push({ code: 'index-shortened', message, at })
    }
    const remote = remoteLengthMax(index.log.core)
    if (remote > index.length) {
      findings.push({
        code: 'index-behind',
        message: `peers have ${remote} blocks of the index, ${index.length} are here`,
        at,
      })
    }
    return findings
  }

  async #checkBatches(options: AdvanceOptions): Promise<void> {
    const { index } = this.#options
    while (this.version < index.length) {
      options.signal?.throwIfAborted()
      const batch = await readBatch(index, this.#batches, this.version, this.#waitMs)
      this.#isInsideBatch = true
      if (this.#batches === 0) await this.#checkGenesis(batch)
      else await this.#checkBatch(batch, options.signal)
      this.#batches++
      this.#isInsideBatch = false
      options.onProgress?.({
        version: this.version,
        length: index.length,
        batches: this.#batches,
        ops: this.#ops,
      })
    }
  }

  async #checkGenesis(batch: PublishedBatch): Promise<void> {
    const { index } = this.#options
    let genesis: ReturnType<typeof auditGenesis>
    try {
      genesis = auditGenesis(index, batch)
    } catch (error) {
      if (!(error instanceof RulesUnknown)) throw error
      throw new Halt({ code: 'rules-unknown', message: error.message, at: { batch: 0 } })
    }
    checkEngine(batch)
    const layout = await IndexWriter.open(null)
    const { treeHash } = await layout.layOut(genesis.changes)
    await this.#compareTree(batch, layout.length, treeHash, 'genesis-invalid')
    this.#rules = genesis.rules
    await this.#loadContract(genesis.source, { batch: 0 })
    this.#layout = layout
    this.#lastTs = batch.record.lastTs
    await this.#participants.reload(layout.source)
  }

  async #checkBatch(batch: PublishedBatch, signal: AbortSignal | undefined): Promise<void> {
    const layout = this.#layout!
    const prevHead = this.#checkRecord(batch, layout)
    const view = new Overlay(layout.source)
    const runs = splitRuns(batch)
    if (runs.length === 0) throw new Caught(recordViolation(batch, 'a batch executes nothing'))
    if (runs.length !== batch.record.runs)
      throw new Caught(recordViolation(batch, 'it counts other runs than it has'))
    const drafts: RunDraft[] = []
    const next: BatchProgress = {
      ops: 0,
      bytes: 0,
      ended: null,
      runBlocks: new Map(this.#participants.runBlocks),
      signal,
    }
    for (const run of runs) drafts.push(await this.#checkRun(batch, run, view, next))
    if (batch.record.lastTs !== this.#lastTs)
      throw new Caught(recordViolation(batch, 'its time is not that of its last outcome'))
    const { engine, number } = batch.record
    const { changes, runBlocks } = layOutBatch(
      { number, prevHead, lastTs: this.#lastTs, engine, runs: drafts },
      this.#participants.runBlocks,
    )
    const laidOut = await layout.layOut(changes)
    await this.#compareTree(batch, layout.length, laidOut.treeHash, 'non-canonical-index')
    this.#participants.runBlocks = runBlocks
    this.#ops += next.ops
    if (next.ended?.participantsChanged) await this.#participants.reload(layout.source)
    if (next.ended?.source !== undefined) await this.#loadContract(next.ended.source, { batch: number })
  }

  #checkRecord(batch: PublishedBatch, layout: IndexWriter): SignedHead {
    const { record, start, end, number } = batch
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
    if (!checkHead(sodiumCrypto, this.#options.index.log.identity, head)) {
      throw new Caught(recordViolation(batch, 'the signature of the previous head does not verify'))
    }
    return head
  }

  async #checkRun(
    batch: PublishedBatch,
    published: PublishedRun,
    view: Overlay,
    next: BatchProgress,
  ): Promise<RunDraft> {
    const { place, run, block } = published
    const at: Place = { batch: batch.number, block, oplog: toHex(place.oplog), seq: place.firstSeq }
    const participant = this.#checkRunPlace(published, at)
    checkRunForm(published, at, this.#rules!)
    const prevRun = next.runBlocks.get(toHex(place.oplog)) ?? 0
    if (run.prevRun !== prevRun) {
      throw new Caught(
        violation('schema', 'run-invalid', at, {
          message: 'a run names another previous run',
          expected: prevRun,
          published: run.prevRun,
        }),
      )
    }
    next.runBlocks.set(toHex(place.oplog), block)
    const unproved = await compareOplogHead(participant, run.head, this.#waitMs)
    const executed: Executed[] = []
    for (const [nth, outcome] of run.outcomes.entries()) {
      next.signal?.throwIfAborted()
      const seq = place.firstSeq + nth
      this.#checkLegal(outcome, next, { ...at, seq })
      const op = {
        input: participant.input,
        seq,
        outcome,
        changes: published.changes[nth]!,
        at: { ...at, seq },
      }
      const checked = await this.#checkOne(batch, participant, op, view, unproved)
      this.#count(checked, view, next)
      executed.push({ outcome: checked.outcome, changes: checked.changes })
    }
    participant.nextSeq = place.firstSeq + run.outcomes.length
    return { oplog: place.oplog, firstSeq: place.firstSeq, head: run.head, executed }
  }

  #checkRunPlace({ place, run }: PublishedRun, at: Place): AuditedParticipant {
    const participant = this.#participants.get(place.oplog)
    if (participant === undefined || !participant.input.active)
      throw new Caught(violation('order', 'not-a-participant', at))
    if (place.firstSeq !== participant.nextSeq) {
      const code = place.firstSeq > participant.nextSeq ? 'op-skipped' : 'op-repeated'
      throw new Caught(
        violation('order', code, at, { expected: participant.nextSeq, published: place.firstSeq }),
      )
    }
    const identity = oplogIdentity(participant.input.signer, this.#options.index.key)
    const covered = run.head.length >= place.firstSeq + run.outcomes.length
    if (!covered || !checkHead(sodiumCrypto, identity, run.head))
      throw new Caught(violation('order', 'op-invented', at))
    return participant
  }

  #checkLegal(outcome: Outcome, next: BatchProgress, at: Place): void {
    const { batchOpsMax, batchBytesMax, valueBytesMax, valueDepthMax } = this.#rules!.limits
    if (next.ended !== null) throw new Caught(violation('schema', 'batch-not-cut', at))
    if (next.ops >= batchOpsMax || next.bytes >= batchBytesMax)
      throw new Caught(violation('schema', 'limit-exceeded', at))
    if (outcome.ts < this.#lastTs) {
      throw new Caught(
        violation('schema', 'time-backwards', at, { expected: this.#lastTs, published: outcome.ts }),
      )
    }
    this.#lastTs = outcome.ts
    // Taken from the log as it is: all that can be checked of it is its form.
    if (outcome.metadata === undefined) return
    const limits = { bytesMax: valueBytesMax, depthMax: valueDepthMax }
    if (!isValue(outcome.metadata, limits)) throw new Caught(violation('schema', 'limit-exceeded', at))
  }

  async #checkOne(
    batch: PublishedBatch,
    participant: AuditedParticipant,
    op: Omit<PublishedOp, 'block'>,
    view: Overlay,
    unproved: Finding['code'] | null,
  ): Promise<CheckedOp> {
    const { sandbox, index } = this.#options
    const rules = this.#rules!
    const form = { rules, indexKey: index.key }
    if (unproved !== null) return asPublished(form, op, unproved, UNPROVED_MESSAGES[unproved] ?? unproved)
    if (this.#contract === null)
      return asPublished(form, op, 'contract-refused', 'the contract does not load on this engine')
    let block: Uint8Array
    try {
      block = await participant.log.get(op.seq, waiting(this.#waitMs))
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'BLOCK_MISSING') throw error
      return asPublished(form, op, 'block-missing', 'an op is not here')
    }
    const { engine } = batch.record
    const context = {
      contract: this.#contract,
      sandbox,
      rules,
      indexKey: index.key,
      engine,
      view,
    }
    return checkOp(context, { ...op, block })
  }

  #count(checked: CheckedOp, view: Overlay, next: BatchProgress): void {
    if (checked.finding !== undefined) this.#findings.push(checked.finding)
    next.ops++
    next.bytes += outcomeBytes(checked.outcome)
    for (const change of checked.changes) {
      view.write(change)
      next.bytes += change.path.length + (change.value?.length ?? 0)
    }
    if (checked.source !== undefined || checked.participantsChanged) next.ended = checked
  }

  async #compareTree(
    batch: PublishedBatch,
    length: number,
    treeHash: Uint8Array,
    code: 'genesis-invalid' | 'non-canonical-index',
  ): Promise<void> {
    if (length === batch.end && sameBytes(await this.#options.index.log.treeHashAt(length), treeHash)) return
    const kind = code === 'genesis-invalid' ? 'genesis' : 'index'
    throw new Caught(
      violation(kind, code, { batch: batch.number, block: batch.start }, { expected: toHex(treeHash) }),
    )
  }

  async #loadContract(source: string, at: Place): Promise<void> {
    try {
      this.#contract = await this.#options.sandbox.load(source, this.#rules!)
    } catch (error) {
      if (at.batch === 0 && error instanceof ContractLoadError) {
        throw new Caught(
          violation('genesis', 'genesis-invalid', at, {
            message: `the contract is refused: ${error.message}`,
          }),
        )
      }
      if (error instanceof SandboxError && error.code === 'SANDBOX_CLOSED') throw error
      // Every later source was tried by the op that set it: here it is this engine that refuses.
      this.#contract = null
      this.#findings.push({ code: 'contract-refused', message: (error as Error).message, at })
    }
  }
}

interface BatchProgress {
  ops: number
  bytes: number
  /** The op after which the batch has to end. */
  ended: CheckedOp | null
  runBlocks: Map<string, number>
  readonly signal: AbortSignal | undefined
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

function checkEngine({ record, number, end }: PublishedBatch): void {
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
