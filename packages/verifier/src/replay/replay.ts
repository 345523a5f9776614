/**
 * The state that an audit has rebuilt so far, and how one more batch is added to it. Where adding fails half-way
 * for a reason outside the logs, the whole state is thrown away: it would accuse the executor of what it did itself.
 */
import {
  type IndexLog,
  IndexWriter,
  type Input,
  type Log,
  layOutBatch,
  type Rules,
  sameBytes,
  toHex,
} from '@vitra/log'
import { type Contract, ContractLoadError, type Sandbox, SandboxError } from '@vitra/sandbox'
import { type Finding, type Place, violation } from '../verdict.js'
import { BatchCheck, checkEngine } from './batch-check.js'
import { auditGenesis } from './genesis.js'
import { AuditedParticipants } from './participants.js'
import { Caught, type PublishedBatch } from './published-batch.js'

export interface ReplayOptions {
  readonly index: IndexLog
  readonly sandbox: Sandbox
  readonly openOplog: (input: Input) => Promise<Log>
  readonly waitMs: number
}

export class Replay {
  batches = 0
  ops = 0
  readonly findings: Finding[] = []
  readonly #options: ReplayOptions
  readonly #participants: AuditedParticipants
  #layout: IndexWriter | null = null
  #contract: Contract | null = null
  #rules: Rules | null = null
  #lastTs = 0

  constructor(options: ReplayOptions) {
    this.#options = options
    this.#participants = new AuditedParticipants(options.openOplog)
  }

  /** Index length that was rebuilt. */
  get version(): number {
    return this.#layout?.length ?? 0
  }

  /** Blocks of active participants without an outcome. */
  get waiting(): number {
    return this.#participants.waiting
  }

  /**
   * Checks the batch after the last one and adds it.
   *
   * @throws {Caught} where it breaks the contract or the spec
   * @throws {RulesUnknown} at genesis
   */
  async add(batch: PublishedBatch, signal: AbortSignal | undefined): Promise<void> {
    if (this.batches === 0) await this.#addGenesis(batch)
    else await this.#addBatch(batch, signal)
    this.batches++
  }

  async #addGenesis(batch: PublishedBatch): Promise<void> {
    const genesis = auditGenesis(this.#options.index, batch)
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

  async #addBatch(batch: PublishedBatch, signal: AbortSignal | undefined): Promise<void> {
    const { index, sandbox, waitMs } = this.#options
    const layout = this.#layout!
    const context = { log: index.log, sandbox, waitMs, signal, layout, lastTs: this.#lastTs }
    const check = new BatchCheck(
      { ...context, rules: this.#rules!, contract: this.#contract, participants: this.#participants },
      batch,
    )
    const { prevHead, runs } = await check.check()
    const { engine, number } = batch.record
    const draft = { number, prevHead, lastTs: check.lastTs, engine, runs }
    const { changes, runBlocks } = layOutBatch(draft, this.#participants.runBlocks)
    const { treeHash } = await layout.layOut(changes)
    await this.#compareTree(batch, layout.length, treeHash, 'non-canonical-index')
    this.#participants.runBlocks = runBlocks
    this.#lastTs = check.lastTs
    this.ops += check.ops
    this.findings.push(...check.findings)
    if (check.ended?.participantsChanged) await this.#participants.reload(layout.source)
    if (check.ended?.source !== undefined) await this.#loadContract(check.ended.source, { batch: number })
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
      this.findings.push({ code: 'contract-refused', message: (error as Error).message, at })
    }
  }
}
