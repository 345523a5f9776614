/**
 * Audits a database from genesis, or from where an audit here stopped (spec/7-proofs §8): replays every batch and
 * compares it, bit for bit. Taken from the log and checked for legality: order, batch ends, timestamps, `process`
 * results, heads and their signatures. Everything else is recomputed.
 */
import { LogError, type SignedHead, toHex } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import { RulesUnknown } from '../batch/genesis.js'
import { Caught, isFormat, readBatch, type Stretch, type WholeBatch } from '../batch/published-batch.js'
import { Missing } from '../batch/sources.js'
import type { Proof } from '../fraud/codec.js'
import { accusationOf } from '../fraud/fraud-proof.js'
import {
  type AuditPart,
  type AuditReport,
  type AuditScope,
  type Finding,
  finding,
  type Violation,
} from '../verdict.js'
import { Accuser, type AuditedLogs } from './accuser.js'
import { Echoes } from './echoes.js'
import { ReplicaIndex } from './index-source.js'
import { KnownHistory } from './known-history.js'
import { type AuditProgress, Pace } from './pace.js'
import { type OpenEngine, RecordedEngines } from './recorded-engines.js'
import { type AuditMode, type AuditPlace, Replay, type ReplayOptions } from './replay.js'
import { SandboxRunner } from './sandbox-runner.js'
import { type AuditTeam, type CheckedPart, isJoined, partsOf, Relay } from './team.js'

/** What an audit looks at, and with what. */
export interface AuditorOptions extends AuditedLogs {
  readonly sandbox: Sandbox
  /**
   * Where an audit of this copy stopped. It goes on from there if the log here is still the same up to that place;
   * else it begins at genesis.
   */
  readonly place?: AuditPlace | null
  /** Default `full`. */
  readonly mode?: AuditMode
  /** Workers for an audit of everything: what they have checked is joined here, and the rest is checked here. */
  readonly team?: AuditTeam | undefined
  /** The index, as several audits of one copy share it. */
  readonly source?: ReplicaIndex
  /** What earlier audits of this copy have found in the part before `place`. */
  readonly known?: readonly Finding[]
  /** Asks peers for heads of the index at a length, where a participant has acknowledged another one than is here. */
  readonly askHeads?: ((length: number) => Promise<readonly SignedHead[]>) | undefined
  /** Opens a sandbox for a second look at a doubt; by default that of `sandbox`'s own engine is all there is. */
  readonly openEngine?: OpenEngine
}

/** How one step of an audit is made. */
export interface AdvanceOptions {
  readonly signal?: AbortSignal
  /** Called after each batch. */
  readonly onProgress?: (progress: AuditProgress) => void
  /** Goes back to the last place without a finding: what could not be run here then may be now. */
  readonly again?: boolean
}

/** An audit of one copy: `advance` checks what is here, and goes on when more has come. */
export class Auditor {
  readonly #options: AuditorOptions
  readonly #source: ReplicaIndex
  readonly #history: KnownHistory
  /** Null until it is known where to begin, and after a batch that was left half checked. */
  #replay: Replay | null = null
  /** What was checked without a finding: an interrupted audit goes on from here. */
  #place: AuditPlace | null
  #from = 0
  /** What was checked up to that place. */
  #counted: Counted = NOTHING
  /** What was checked before the replay began. */
  #base: Counted = NOTHING
  /** What was found before it began. */
  #earlier: readonly Finding[] = []
  /** Up to where parts were joined, while workers check more. */
  #joined: AuditPlace | null = null
  #scope: Pick<AuditScope, 'parts' | 'draws'> | null = null
  #violation: Violation | null = null
  readonly #accuser: Accuser
  readonly #engines: RecordedEngines
  /** What participants have acknowledged. */
  #echoes: Echoes | null = null

  constructor(options: AuditorOptions) {
    this.#options = options
    this.#source = options.source ?? new ReplicaIndex(options.index.log, this.#waitMs)
    this.#history = new KnownHistory(options.index, options.remembered, this.#waitMs)
    this.#accuser = new Accuser(options)
    this.#place = options.place ?? null
    this.#from = this.#place?.version ?? 0
    const { sandbox, openEngine } = options
    this.#engines = new RecordedEngines(
      openEngine ?? (async (engine) => (engine === sandbox.engine ? Sandbox.open() : null)),
    )
  }

  /** Index length at which this audit began; known after the first `advance`. */
  get from(): number {
    return this.#from
  }

  /** Up to where everything was checked and holds, from where a later audit may go on; null before genesis, and by hashes alone. */
  get place(): AuditPlace | null {
    return this.#options.mode === 'hashes' ? null : this.#place
  }

  /** The batch end that was reached, whatever could not be checked before it; null before genesis. */
  get end(): AuditPlace | null {
    return this.#replay?.end ?? this.#joined
  }

  /** Index length checked so far. */
  get version(): number {
    return this.#replay?.version ?? this.#joined?.version ?? this.#place?.version ?? 0
  }

  /**
   * Checks every batch that is here and not checked yet. May be called again as the log grows.
   *
   * @throws the reason of an aborted signal; storage errors. Never for what the logs hold.
   */
  advance(options: AdvanceOptions = {}): Promise<AuditReport> {
    return this.#audit(() => this.#checkAll(options), options.signal)
  }

  /**
   * Checks parts of the index alone, each over the state that was published before it. What is found in them is as true
   * as what an audit of everything finds; that nothing is found says nothing of the rest.
   *
   * @param scope parts that begin and end where batches do, in order
   * @throws the reason of an aborted signal; storage errors. Never for what the logs hold.
   */
  checkParts(
    scope: Required<Pick<AuditScope, 'parts'>> & Pick<AuditScope, 'draws'>,
    options: AdvanceOptions = {},
  ): Promise<AuditReport> {
    this.#scope = scope
    return this.#audit(() => this.#checkParts(scope.parts, options))
  }

  async #audit(work: () => Promise<readonly Finding[]>, signal?: AbortSignal): Promise<AuditReport> {
    if (this.#violation !== null) return this.#report([])
    try {
      const found = await this.#find(async () => {
        await this.#history.check()
        return work()
      })
      const echoes = this.#violation === null ? await this.#find(() => this.#checkEchoes(signal)) : []
      return await this.#report([...found, ...echoes])
    } finally {
      await this.#engines.close()
    }
  }

  /** What some work finds; a violation that it meets is taken up, and what is missing is a finding. */
  async #find(work: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof RulesUnknown) return [rulesUnknown(error)]
      if (error instanceof Caught) this.#violation = error.violation
      else if (!isMissing(error)) throw error
      // hypercore closes a log of which a peer has shown two histories: blocks are missing then.
      else this.#violation = this.#history.findFork()
      return isMissing(error) && this.#violation === null ? [missing(error)] : []
    }
  }

  async #checkEchoes(signal: AbortSignal | undefined): Promise<readonly Finding[]> {
    if (this.#scope !== null || this.#replay === null) return []
    return this.#echoes === null ? [] : this.#echoes.check(this.#replay.logs, signal)
  }

  /**
   * The portable proof of the violation that was found; it needs no log to be checked (spec/7-proofs §12).
   *
   * @throws {FraudNotProvedError} `FRAUD_NOT_PROVED`, with the reason in `details`
   */
  async proveFraud(): Promise<Proof> {
    try {
      return await this.#accuser.prove(new SandboxRunner(this.#options.sandbox, this.#engines))
    } finally {
      await this.#engines.close()
    }
  }

  get #waitMs(): number {
    return this.#options.waitMs ?? 0
  }

  async #checkAll(options: AdvanceOptions): Promise<readonly Finding[]> {
    const replay = await this.#ready(options)
    const end = this.#options.index.length // an executor that never rests must not keep an audit from its end
    const pace = new Pace(end - replay.version, this.#options.index, sumOf(this.#base, replay).ops)
    const { team, mode = 'full' } = this.#options
    if (team === undefined || mode !== 'full') {
      const unreadable = await this.#walk(replay, end, pace, options)
      if (unreadable !== null) return [unreadable]
    } else await this.#checkTogether(team, { from: replay.version, to: end }, pace, options)
    return this.#history.reach()
  }

  /**
   * Has workers check parts, and joins them in the order of the log: each has to begin exactly where everything before
   * it was checked. Whatever they have to say of a part is found again here, by whoever gives the verdict.
   */
  async #checkTogether(
    { workers, partBlocks }: AuditTeam,
    all: AuditPart,
    pace: Pace,
    options: AdvanceOptions,
  ): Promise<void> {
    // Workers wait for no block.
    const isHere = this.#options.index.log.core.contiguousLength >= all.to
    const parts = isHere ? await partsOf(this.#source, all, partBlocks) : [all]
    const sum = { ...sumOf(this.#base, this.#replay!) }
    const relay = new Relay(parts, isHere ? workers : [], ({ start, end, ops }) => {
      sum.batches++
      sum.ops += ops
      options.onProgress?.(pace.at({ version: this.version, start, end, ...sum }))
    })
    try {
      for (const [nth, part] of parts.entries()) {
        const checked = isHere ? await untilAborted(relay.result(nth), options.signal) : null
        const here = await this.#history.hashAt(part.to)
        if (checked !== null && isJoined(part, checked, this.end, here)) this.#join(checked)
        else await this.#walk(await this.#resumed(), part.to, pace, isHere ? quietly(options) : options)
      }
    } finally {
      relay.end()
    }
    await this.#resumed()
    this.#joined = null
  }

  #join(checked: CheckedPart): void {
    this.#retire()
    this.#base = sumOf(this.#base, checked)
    this.#joined = checked.end
    if (this.#earlier.length > 0) return
    this.#place = checked.end
    this.#counted = this.#base
  }

  /** The replay here, from where parts were joined on. @throws {Missing} where the log here is gone */
  async #resumed(): Promise<Replay> {
    this.#replay ??= await Replay.resume(this.#replayOptions, this.#joined!)
    if (this.#replay === null) throw new Missing({ block: this.#joined!.version - 1 })
    return this.#replay
  }

  /** Lets go of the replay and keeps what it has counted and found. */
  #retire(): void {
    if (this.#replay === null) return
    this.#base = sumOf(this.#base, this.#replay)
    this.#earlier = [...this.#earlier, ...this.#replay.findings]
    this.#replay = null
  }

  async #checkParts(parts: readonly AuditPart[], options: AdvanceOptions): Promise<readonly Finding[]> {
    const { index } = this.#options
    if (index.length === 0) return this.#history.reach()
    this.#from = parts[0]?.from ?? 0
    const blocks = parts.reduce((sum, { from, to }) => sum + to - from, 0)
    const pace = new Pace(blocks, index, 0)
    const passing: Finding[] = []
    for (const part of parts) {
      const replay = await this.#begin(part)
      const unreadable =
        replay === null ? this.#unreadable(part.from) : await this.#walk(replay, part.to, pace, options)
      if (unreadable !== null) passing.push(unreadable)
    }
    return passing
  }

  /**
   * Checks batch after batch up to an index length.
   *
   * @returns why it went no further where the state is the published one and cannot be read; else null
   */
  async #walk(
    replay: Replay,
    end: number,
    pace: Pace,
    { signal, onProgress }: AdvanceOptions,
  ): Promise<Finding | null> {
    let reading: Promise<WholeBatch> | null = null
    while (replay.version < end) {
      signal?.throwIfAborted()
      const stretch = { number: replay.nextNumber, start: replay.version, end }
      let batchEnd = 0
      try {
        const batch: WholeBatch = await (reading ?? readBatch(this.#source, stretch))
        batchEnd = batch.end
        const adding = replay.add(batch, signal)
        reading =
          batchEnd < end ? this.#readMeanwhile({ number: stretch.number + 1, start: batchEnd, end }) : null
        await adding
      } catch (error) {
        if (error instanceof Caught)
          await this.#accuser.accuse(accusationOf(error.violation, stretch.start, batchEnd))
        else if (this.#isOverPublished && isUnreadable(error)) {
          this.#retire()
          return this.#unreadable(stretch.start)
        }
        // It would accuse the executor of what was left half done here.
        else if (batchEnd > 0) this.#replay = null
        throw error
      }
      if (this.#scope === null) {
        await this.#echoes?.compareExecuted(replay.logs)
        this.#keepPlace(replay)
      }
      onProgress?.(
        pace.at({
          version: replay.version,
          start: stretch.start,
          end: batchEnd,
          ...sumOf(this.#base, replay),
        }),
      )
    }
    return null
  }

  /** Reads a batch while the guest runs the one before it. */
  #readMeanwhile(stretch: Stretch): Promise<WholeBatch> {
    const reading = new Promise(setImmediate).then(() => readBatch(this.#source, stretch))
    reading.catch(toldInItsTurn)
    return reading
  }

  /** A replay of a part, from the state that was published before it; null where that cannot be gone on from. */
  async #begin({ from }: AuditPart): Promise<Replay | null> {
    this.#retire()
    const options = this.#replayOptions
    const replay =
      from === 0
        ? new Replay(options)
        : await Replay.resume(options, { version: from, treeHash: await this.#history.hashAt(from) })
    this.#replay = replay
    return replay
  }

  /** True where the state is not one that was rebuilt here from genesis on. */
  get #isOverPublished(): boolean {
    return this.#scope !== null || this.#options.mode === 'hashes'
  }

  #unreadable(from: number): Finding {
    const isHere = this.#options.index.log.core.contiguousLength >= from
    const at = { block: from }
    if (!isHere) return finding('block-missing', 'blocks before a part are not here', at)
    return finding('start-unreadable', 'the index as published cannot be gone on from here', at)
  }

  get #replayOptions(): ReplayOptions {
    const { mode = 'full' } = this.#options
    return { ...this.#options, mode, source: this.#source, waitMs: this.#waitMs, engines: this.#engines }
  }

  /** The replay to go on with: the one there is, or one from the last place without a finding, or from genesis. */
  async #ready({ again = false }: AdvanceOptions): Promise<Replay> {
    const isAgain = again && this.#replay !== null && this.#replay.findings.length > 0
    if (this.#replay !== null && !this.#replay.canFillGaps && !isAgain) return this.#replay
    const options = this.#replayOptions
    const resumed = this.#place === null ? null : await Replay.resume(options, this.#place)
    if (resumed === null) {
      this.#place = null
      this.#from = 0
      this.#counted = NOTHING
    }
    this.#replay = resumed ?? new Replay(options)
    this.#echoes ??= this.#openEchoes(this.#replay)
    this.#base = this.#counted
    this.#earlier = []
    this.#joined = null
    return this.#replay
  }

  /** What an earlier audit has checked is not looked at again: what it found there is kept by whoever asked for it. */
  #openEchoes({ logs }: Replay): Echoes {
    return new Echoes({
      index: this.#options.index.log,
      hashAt: (length) => this.#history.hashAt(length),
      askHeads: async (length) => {
        const heads = (await this.#options.askHeads?.(length)) ?? []
        this.#accuser.hear(heads)
        return heads
      },
      known: this.#options.known ?? [],
      from: new Map(logs.map(({ input, nextSeq }) => [toHex(input.oplog), nextSeq])),
    })
  }

  #keepPlace(replay: Replay): void {
    const { place } = replay
    if (place === null || this.#earlier.length > 0) return
    this.#place = place
    this.#counted = sumOf(this.#base, replay)
  }

  async #report(passing: readonly Finding[]): Promise<AuditReport> {
    const counted = this.#scope === null && this.#joined === null ? this.#counted : this.#base
    const { batches, ops } = this.#replay === null ? counted : sumOf(this.#base, this.#replay)
    const findings = [...this.#earlier, ...(this.#replay?.findings ?? []), ...passing]
    const isWhole = this.#scope === null && this.#options.mode !== 'hashes'
    const verdict = findings.length > 0 ? 'inconclusive' : isWhole ? 'valid' : 'partial'
    return Object.freeze({
      verdict: this.#violation !== null ? 'fraud' : verdict,
      ...(isWhole ? {} : { scope: { ...this.#scope, hashOnly: this.#options.mode === 'hashes' } }),
      from: this.#from,
      version: this.version,
      length: this.#options.index.length,
      batches,
      ops,
      waiting: (await this.#replay?.waiting()) ?? 0,
      findings,
      ...(this.#violation === null ? {} : { violation: this.#violation }),
    })
  }
}

/** The same without progress: it was told by a worker. */
function quietly({ signal }: AdvanceOptions): AdvanceOptions {
  return signal === undefined ? {} : { signal }
}

/** @throws the signal's reason */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

interface Counted {
  readonly batches: number
  readonly ops: number
}

const NOTHING: Counted = { batches: 0, ops: 0 }

function sumOf(a: Counted, b: Counted): Counted {
  return { batches: a.batches + b.batches, ops: a.ops + b.ops }
}

function isMissing(error: unknown): error is Missing | LogError {
  return error instanceof Missing || (error instanceof LogError && error.code === 'BLOCK_MISSING')
}

/** What a state that is none is refused with. */
function isUnreadable(error: unknown): boolean {
  return isFormat(error) || (error instanceof LogError && error.code === 'INDEX_UNREADABLE')
}

function missing(error: Missing | LogError): Finding {
  const at = error instanceof Missing ? error.at : {}
  return finding('block-missing', 'a block of the index is not here', at)
}

function rulesUnknown({ message }: RulesUnknown): Finding {
  return finding('rules-unknown', message, { batch: 0 })
}

/** Whoever awaits the batch meets the error; until then it is no rejection that nobody handles. */
function toldInItsTurn(): void {}
