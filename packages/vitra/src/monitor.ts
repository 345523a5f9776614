/** A monitor: audits a database as it grows, and tells what it finds. */
import { EventEmitter } from 'node:events'
import { type IndexLog, toHex } from '@vitra/log'
import type { EngineBinaries } from '@vitra/sandbox'
import type { AuditReport, ContractFraudProof, Finding } from '@vitra/verifier'
import type { Auditor } from '@vitra/verifier/replay'
import type { AuditCheckpoint } from './audit-checkpoint.js'
import type { ParticipantLogs } from './participant-logs.js'
import type { Peers } from './peers.js'
import { Throttle } from './throttle.js'

/** How a monitor goes about it. */
export interface MonitorOptions {
  /** Forget what earlier audits of this copy have checked, and begin at genesis. */
  readonly fresh?: boolean
  /** Other engines at hand; see `VerifyOptions.engines`. */
  readonly engines?: EngineBinaries
  /**
   * How long to wait before an op that could not be run here is tried again, in ms: the machine may have had no room for
   * it. Twice as long each time, up to an hour. Default 30,000.
   */
  readonly retryMs?: number
}

/** How far a monitor is behind. */
export interface MonitorLag {
  /** Blocks of the index that are known of and not checked; 0 where it has caught up. */
  readonly blocks: number
  /** Index length that was checked. */
  readonly version: number
  /** Index length here. */
  readonly length: number
  /** The longest index that this copy or a connected peer says it has. */
  readonly knownLength: number
}

/**
 * What a monitor says of the executor: `checking` until it has reached the end of the log for the first time,
 * `suspect` while something stands unchecked that a dishonest executor could hide behind, `inconclusive` while other
 * things do, `valid`, or `fraud`, which is final.
 */
export type MonitorStatus = 'checking' | 'valid' | 'inconclusive' | 'suspect' | 'fraud'

/** Events of {@link Monitor}. */
export interface MonitorEvents {
  /** Everything up to `version` was checked and holds; `batches` and `ops` count what this monitor has checked. */
  validated: [{ version: number; batches: number; ops: number }]
  /** The executor has violated the contract. The proof is on disk before this is told; the monitor has ended. */
  violation: [ContractFraudProof]
  /** Something could not be checked; the report lists it. */
  inconclusive: [AuditReport]
  /**
   * New findings that a dishonest executor could hide behind, besides `inconclusive`: have them checked elsewhere. They
   * are kept in the folder: `db.suspects()`.
   */
  suspect: [readonly Finding[]]
  /** It has fallen behind, come nearer or caught up; four times a second at most. */
  lag: [MonitorLag]
  /**
   * The place up to which earlier audits had checked is not in the log here, or was not signed here: it began at
   * genesis again.
   */
  restart: [{ version: number }]
  /** The audit itself failed, such as on a full disk; it goes on when the index grows, and after a pause. */
  error: [Error]
  /** The monitor has ended. */
  close: []
}

export interface MonitorHost {
  readonly index: IndexLog
  readonly auditor: Auditor
  readonly participants: ParticipantLogs
  readonly peers: Peers
  readonly place: AuditCheckpoint
  /** Index length that a checkpoint names which this copy has not signed; 0 without one. */
  readonly refused: number
  /** What earlier audits of this copy have left suspect. */
  readonly suspects: readonly Finding[]
  /** See `MonitorOptions.retryMs`. */
  readonly retryMs?: number | undefined
  /** Keeps what a report says: the head seen, or the violation's proof, which it returns. */
  readonly accept: (report: AuditReport) => Promise<ContractFraudProof | null>
}

const LAG_MS = 250
const RETRY_MS = 30_000
const RETRY_MS_MAX = 60 * 60 * 1000

/** Audits what is published as it arrives. Make one with `db.monitor()`. */
export class Monitor extends EventEmitter<MonitorEvents> implements AsyncDisposable {
  readonly #host: MonitorHost
  readonly #abort = new AbortController()
  #running: Promise<void> | null = null
  #again = false
  /** The next look goes back to what could not be run. */
  #isRetry = false
  #retryMs: number
  #retryTimer: NodeJS.Timeout | null = null
  readonly #toldFindings = new Set<string>()
  #toldVersion = 0
  #toldLag = 0
  readonly #lag = new Throttle(LAG_MS, () => this.#tellLag())
  /** Where it means to go on from, until the first audit has shown whether it can. */
  #start: number
  #status: MonitorStatus

  constructor(host: MonitorHost) {
    super()
    this.#host = host
    this.#retryMs = host.retryMs ?? RETRY_MS
    this.#start = Math.max(host.auditor.from, host.refused)
    this.#status = host.suspects.length > 0 ? 'suspect' : 'checking'
    const { index, participants, peers } = host
    index.log.on('append', this.#look)
    index.log.on('conflict', this.#look)
    index.log.core.on('download', this.#look)
    participants.on('blocks', this.#fill)
    peers.on('change', this.#lag.ask)
    peers.on('add', this.#fill)
    queueMicrotask(this.#look)
  }

  /** What it says of the executor now; `suspect` outlives a restart. */
  get status(): MonitorStatus {
    return this.#status
  }

  /** Index length that was checked. */
  get version(): number {
    return this.#host.auditor.version
  }

  /** Tree hash of the index at {@link version}, hex; null before anything was checked, and behind what could not be. */
  get treeHash(): string | null {
    const { place } = this.#host.auditor
    return place?.version === this.version ? toHex(place.treeHash) : null
  }

  /** Index length from which this monitor checks; 0 for genesis, else where an earlier one of this copy stopped. */
  get from(): number {
    return this.#host.auditor.from
  }

  /** How far it is behind what is known of the index. */
  get lag(): MonitorLag {
    const { index, peers } = this.#host
    const { version } = this
    const { length } = index
    const knownLength = Math.max(length, peers.announcedLength)
    return Object.freeze({ blocks: Math.max(0, knownLength - version), version, length, knownLength })
  }

  /** Ends the monitor. */
  async close(): Promise<void> {
    this.#end()
    await this.#running
    await this.#host.place.flush()
  }

  /** `await using` closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Blocks of a participant's log came, or a peer: an audit that missed some, or a signed head, can check more. */
  readonly #fill = (): void => {
    if (this.#toldFindings.size > 0) this.#look()
  }

  readonly #look = (): void => {
    if (this.#abort.signal.aborted) return
    this.#again = true
    this.#running ??= this.#run().finally(() => {
      this.#running = null
      if (this.#again) this.#look()
    })
  }

  async #run(): Promise<void> {
    const { auditor } = this.#host
    while (this.#again && !this.#abort.signal.aborted) {
      this.#again = false
      this.#lag.ask()
      try {
        const again = this.#isRetry
        this.#isRetry = false
        const report = await auditor.advance({
          signal: this.#abort.signal,
          onProgress: this.#progress,
          again,
        })
        if (this.#abort.signal.aborted) return
        await this.#tell(report)
        this.#planRetry(report)
      } catch (error) {
        if (this.#abort.signal.aborted) return
        this.#fail(error as Error)
        this.#tryLater()
        return
      }
    }
  }

  /** Guests that die, or a machine without room, leave ops unchecked that can be run later. */
  #planRetry({ findings }: AuditReport): void {
    if (this.#abort.signal.aborted) return
    if (!findings.some(({ code, suspect }) => suspect && RETRIED.has(code))) {
      this.#retryMs = this.#host.retryMs ?? RETRY_MS
      return
    }
    this.#tryLater()
  }

  #tryLater(): void {
    if (this.#retryTimer !== null) return
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = null
      this.#isRetry = true
      this.#look()
    }, this.#retryMs)
    this.#retryTimer.unref()
    this.#retryMs = Math.min(2 * this.#retryMs, RETRY_MS_MAX)
  }

  readonly #progress = (): void => {
    const { place } = this.#host.auditor
    if (place !== null) this.#host.place.keep(place)
    this.#lag.ask()
  }

  #tellLag(): void {
    const { lag } = this
    if (lag.blocks === this.#toldLag) return
    this.#toldLag = lag.blocks
    this.emit('lag', lag)
  }

  /** An `error` that nobody listens to would end the process. */
  #fail(error: Error): void {
    if (this.listenerCount('error') > 0) this.emit('error', error)
  }

  #end(): void {
    if (this.#abort.signal.aborted) return
    this.#abort.abort()
    const { index, participants, peers } = this.#host
    index.log.off('append', this.#look)
    index.log.off('conflict', this.#look)
    index.log.core.off('download', this.#look)
    participants.off('blocks', this.#fill)
    peers.off('change', this.#lag.ask)
    peers.off('add', this.#fill)
    this.#lag.end()
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer)
    this.emit('close')
  }

  async #tell(report: AuditReport): Promise<void> {
    const proof = await this.#host.accept(report)
    await this.#tellStart()
    if (proof !== null) {
      this.#status = 'fraud'
      this.#end()
      this.emit('violation', proof)
      return
    }
    this.#lag.ask()
    const { version, batches, ops, verdict, findings } = report
    this.#status = statusOf(report)
    if (verdict === 'valid') {
      this.#toldFindings.clear()
      if (version <= this.#toldVersion) return
      this.#toldVersion = version
      this.emit('validated', { version, batches, ops })
      return
    }
    const news = findings.filter((finding) => !this.#toldFindings.has(JSON.stringify(finding)))
    for (const finding of news) this.#toldFindings.add(JSON.stringify(finding))
    if (news.length > 0) this.emit('inconclusive', report)
    const suspects = news.filter(({ suspect }) => suspect)
    if (suspects.length > 0) this.emit('suspect', suspects)
  }

  async #tellStart(): Promise<void> {
    const version = this.#start
    this.#start = 0
    if (version === 0 || this.from > 0) return
    const { place, auditor } = this.#host
    await place.drop()
    if (auditor.place !== null) place.keep(auditor.place)
    this.emit('restart', { version })
  }
}

/** What another look at another time may settle. */
const RETRIED: ReadonlySet<Finding['code']> = new Set(['unexecutable', 'contract-refused'])

function statusOf({ verdict, findings }: AuditReport): MonitorStatus {
  if (findings.some(({ suspect }) => suspect)) return 'suspect'
  return verdict === 'partial' ? 'checking' : verdict
}
