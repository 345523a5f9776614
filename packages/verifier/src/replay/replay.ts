/**
 * The state that an audit has rebuilt so far, and how one more batch is added to it. Where adding fails half-way
 * for a reason outside the logs, the whole state is thrown away: it would accuse the executor of what it did itself.
 */
import {
  type BatchRecord,
  type BlockSource,
  IndexWriter,
  type Input,
  type Log,
  LogError,
  layOutBatch,
  type Overlay,
  type Rules,
  sameBytes,
  sodiumCrypto,
} from '@vitra/log'
import { type Contract, ContractLoadError, isResourceLimit, type Sandbox, StateSession } from '@vitra/sandbox'
import { BatchCheck, type BatchContext } from '../batch/batch-check.js'
import { readRules, readSource, recordAt } from '../batch/batch-end.js'
import { auditGenesis } from '../batch/genesis.js'
import { isFormat, type WholeBatch } from '../batch/published-batch.js'
import { type OpInTurn, STRUCTURE } from '../batch/published-ops.js'
import type { Turns } from '../batch/soon.js'
import { Missing } from '../batch/sources.js'
import { otherTree, refusedContract } from '../batch/violations.js'
import { type Finding, finding } from '../verdict.js'
import { Ahead } from './ahead.js'
import type { ReplicaIndex } from './index-source.js'
import { type AuditedLog, AuditedParticipants } from './participants.js'
import { PublishedTree } from './published-tree.js'
import { isObstacle, type RecordedEngines, unknownEngine } from './recorded-engines.js'

export interface ReplayOptions {
  /** The index, as what the batches are read from too. */
  readonly source: ReplicaIndex
  readonly sandbox: Sandbox
  readonly openOplog: (input: Input) => Promise<Log>
  readonly waitMs: number
  readonly engines: RecordedEngines
  readonly mode: AuditMode
}

/**
 * How a batch is checked: `full` runs every op again and rebuilds the index; `hashes` takes ops as they were published,
 * and checks their form, order and signatures and the tree over the published blocks.
 */
export type AuditMode = 'full' | 'hashes'

/** A batch end up to which everything was checked and holds. */
export interface AuditPlace {
  /** Index length. */
  readonly version: number
  /** Tree hash of the index there: it pins every block before. */
  readonly treeHash: Uint8Array
}

export class Replay {
  batches = 0
  ops = 0
  readonly findings: Finding[] = []
  readonly #options: ReplayOptions
  readonly #index: ReplicaIndex
  readonly #participants: AuditedParticipants
  /** The index so far. */
  #tree: IndexWriter | PublishedTree | null = null
  /** The state, rebuilt by what the guest executed or reset. */
  readonly #session = new StateSession()
  #contract: Contract | null = null
  /** Source of the contract in force. */
  #source = ''
  #rules: Rules | null = null
  #lastTs = 0
  #nextNumber = 0
  readonly #enginesNoted = new Set<string>()

  constructor(options: ReplayOptions) {
    this.#options = options
    this.#index = options.source
    this.#participants = new AuditedParticipants(options.openOplog, options.waitMs)
  }

  /**
   * A replay that goes on from a place: its state is the index there, which is the one that was rebuilt since the
   * tree hash is the same. Null where the log here is not the one of that place, or lacks blocks before it.
   */
  static async resume(options: ReplayOptions, place: AuditPlace): Promise<Replay | null> {
    const { log } = options.source
    if (log.length < place.version || log.core.contiguousLength < place.version) return null
    const replay = new Replay(options)
    try {
      return (await replay.#resume(place)) ? replay : null
    } catch (error) {
      // A place that names no batch end was not written by an audit.
      if (error instanceof LogError || error instanceof Missing || isFormat(error)) return null
      throw error
    }
  }

  /** The place that was reached. Null before genesis, and where something could not be checked. */
  get place(): AuditPlace | null {
    return this.findings.length > 0 ? null : this.end
  }

  /** The batch end that was reached, whatever could not be checked; null before genesis. */
  get end(): AuditPlace | null {
    if (this.#tree === null) return null
    return { version: this.version, treeHash: this.#tree.treeHash() }
  }

  /** Number of the batch that is added next; 0 is genesis. */
  get nextNumber(): number {
    return this.#nextNumber
  }

  /** Index length that was rebuilt. */
  get version(): number {
    return this.#tree?.length ?? 0
  }

  /** True where blocks of a participant's log were missing and all that are known of are here by now. */
  get canFillGaps(): boolean {
    return this.#participants.canFillGaps
  }

  /** Ops of active participants without an outcome. */
  waiting(): Promise<number> {
    return this.#participants.waiting()
  }

  /** The participants so far, with their logs. */
  get logs(): readonly AuditedLog[] {
    return this.#participants.list
  }

  /**
   * Checks the batch after the last one and adds it.
   *
   * @throws {Caught} where it breaks the contract or the spec
   * @throws {RulesUnknown} at genesis
   */
  async add(batch: WholeBatch, signal: AbortSignal | undefined): Promise<void> {
    if (this.#nextNumber === 0) await this.#addGenesis(batch)
    else await this.#addBatch(batch, signal)
    this.#noteEngine(batch.record)
    this.#nextNumber++
    this.batches++
  }

  async #resume({ version, treeHash }: AuditPlace): Promise<boolean> {
    const layout = await IndexWriter.open(this.#index.base, version)
    if (!sameBytes(layout.treeHash(), treeHash)) return false
    const record = await recordAt(this.#index, version)
    const rules = await readRules(layout.source)
    const source = await readSource(layout.source)
    if (record === null || rules === null || source === null) return false
    this.#rules = rules
    await this.#participants.resume(layout.source)
    await this.#loadContract(source, record)
    this.#tree = await this.#treeOver(layout)
    this.#lastTs = record.lastTs
    this.#nextNumber = record.number + 1
    return true
  }

  /** Told once, not with every batch. */
  #noteEngine({ engine, number }: BatchRecord): void {
    const unknown = this.#enginesNoted.has(engine) ? null : unknownEngine(engine, number)
    this.#enginesNoted.add(engine)
    if (unknown !== null) this.findings.push(unknown)
  }

  async #addGenesis(batch: WholeBatch): Promise<void> {
    const genesis = auditGenesis(sodiumCrypto, this.#index, batch)
    const layout = await IndexWriter.open(this.#index.base, 0)
    await layout.layOut(genesis.changes)
    if (!(await this.#isTree(batch, layout))) throw otherTree('genesis-invalid', batch, layout.treeHash())
    this.#rules = genesis.rules
    await this.#loadContract(genesis.source, batch.record)
    this.#tree = await this.#treeOver(layout)
    this.#lastTs = batch.record.lastTs
    await this.#participants.reload(layout.source)
  }

  async #addBatch(batch: WholeBatch, signal: AbortSignal | undefined): Promise<void> {
    const tree = this.#tree!
    const check = new BatchCheck(this.#context(tree, batch, signal), batch)
    const { prevHead, runs } = await check.check()
    let runBlocks: ReadonlyMap<string, number>
    if (tree instanceof PublishedTree) {
      await tree.take(batch.end)
      // Taken as they are, the blocks give the tree that was signed, unless the copy here is damaged.
      if (!(await this.#isTree(batch, tree))) throw new Missing({ block: batch.end - 1 })
      runBlocks = check.runBlocks
    } else {
      const { engine, number } = batch.record
      const draft = { number, prevHead, lastTs: check.lastTs, engine, runs }
      const laidOut = layOutBatch(draft, this.#participants.runBlocks)
      const { blocks } = await tree.layOut(laidOut.changes)
      if (!(await this.#isTree(batch, tree))) {
        const differing = await this.#firstDiffering(batch, blocks)
        throw otherTree('non-canonical-index', batch, tree.treeHash(), differing)
      }
      tree.settle()
      runBlocks = laidOut.runBlocks
    }
    this.#participants.advance(check.nextSeqs, runBlocks)
    this.#lastTs = check.lastTs
    // By hashes alone every op is taken as published: that is said of the audit, not of each op.
    if (this.#options.mode === 'full') this.findings.push(...check.findings)
    if (check.ended?.participantsChanged) await this.#participants.reload(await this.#state(tree))
    if (check.ended?.source !== undefined) await this.#loadContract(check.ended.source, batch.record)
    this.ops += check.ops - check.echoes
  }

  #context(
    tree: IndexWriter | PublishedTree,
    { record: { engine } }: WholeBatch,
    signal: AbortSignal | undefined,
  ): BatchContext {
    const { sandbox } = this.#options
    const form = { crypto: sodiumCrypto, rules: this.#rules!, indexKey: this.#index.key }
    const execution = {
      ...form,
      sandbox,
      contract: this.#contract,
      engine,
      court: (named: string, isFresh?: boolean) => this.#court(named, isFresh),
    }
    // By hashes alone no op is judged; a constant of its own, since the compiler lets any field through a spread.
    const focus: Pick<BatchContext, 'focus'> = this.#options.mode === 'full' ? {} : { focus: STRUCTURE }
    return {
      ...form,
      ...focus,
      identity: this.#index.identity,
      state: tree.source,
      treeHash: tree.treeHash(),
      lastTs: this.#lastTs,
      participants: this.#participants,
      signal,
      judge: (view: Overlay, ops: Turns<OpInTurn>) => new Ahead({ ...execution, view }, this.#session, ops),
    }
  }

  /** True where the log has this tree at the end of a batch. */
  async #isTree({ end }: WholeBatch, tree: IndexWriter | PublishedTree): Promise<boolean> {
    return tree.length === end && sameBytes(await this.#index.log.treeHashAt(end), tree.treeHash())
  }

  /** The first block of a batch that is not the one that its entries give. */
  async #firstDiffering({ start, end }: WholeBatch, blocks: readonly Uint8Array[]): Promise<number> {
    for (let seq = start; seq < end; seq++) {
      const own = blocks[seq - start]
      if (own === undefined || !sameBytes(own, await this.#index.block(seq))) return seq
    }
    return end
  }

  async #state(tree: IndexWriter | PublishedTree): Promise<BlockSource> {
    return tree instanceof PublishedTree
      ? (await IndexWriter.open(this.#index.base, tree.length)).source
      : tree.source
  }

  async #treeOver(layout: IndexWriter): Promise<IndexWriter | PublishedTree> {
    if (this.#options.mode === 'full') return layout
    return PublishedTree.open(this.#index.reader, layout.length)
  }

  async #court(engine: string, isFresh = false): ReturnType<RecordedEngines['court']> {
    const { engines } = this.#options
    if (isFresh) await engines.drop(engine)
    return engines.court(engine, this.#source, this.#rules!)
  }

  async #loadContract(source: string, { number, engine }: BatchRecord): Promise<void> {
    const { sandbox } = this.#options
    const rules = this.#rules!
    this.#source = source
    this.#contract = null
    if (this.#options.mode === 'hashes') return
    try {
      this.#contract = await sandbox.load(source, rules).catch((error) => {
        // The machine may have stumbled, or somebody killed the guest.
        if (isResourceLimit(error)) return sandbox.load(source, rules)
        throw error
      })
      return
    } catch (error) {
      const at = { batch: number }
      if (error instanceof ContractLoadError) {
        // Every later source was tried by the op that set it.
        if (number === 0 && (await this.#isNoContract(source, engine, error))) {
          throw refusedContract(error.message)
        }
      } else if (!isObstacle(error)) throw error
      if ((await this.#court(engine)) !== null) return
      const { message } = error as Error
      const engines = { recorded: engine, here: sandbox.engine }
      this.findings.push(finding('contract-refused', message, at, { engines }))
    }
  }

  /** Syntax is for the pinned parser to decide, all else for the engine that was recorded. */
  async #isNoContract(source: string, engine: string, { code }: ContractLoadError): Promise<boolean> {
    return code === 'CONTRACT_SYNTAX' || this.#options.engines.refuses(engine, source, this.#rules!)
  }
}
