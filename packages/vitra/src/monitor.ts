/** A monitor: audits a database as it grows, and tells what it finds. */
import { EventEmitter } from 'node:events'
import type { IndexLog } from '@vitra/log'
import type { AuditReport, ContractFraudProof } from '@vitra/verifier'
import type { Auditor } from '@vitra/verifier/replay'

/** Events of {@link Monitor}. */
export interface MonitorEvents {
  /** Everything up to `version` was checked and holds. */
  validated: [{ version: number; batches: number; ops: number }]
  /** The executor has violated the contract. The proof is on disk before this is told; the monitor has ended. */
  violation: [ContractFraudProof]
  /** Something could not be checked; the report lists it. */
  inconclusive: [AuditReport]
  /** The audit itself failed, such as on a full disk; it goes on when the index grows. */
  error: [Error]
  /** The monitor has ended. */
  close: []
}

/** Audits what is published as it arrives. Make one with `db.monitor()`. */
export class Monitor extends EventEmitter<MonitorEvents> implements AsyncDisposable {
  readonly #index: IndexLog
  readonly #auditor: Auditor
  readonly #accept: (report: AuditReport) => Promise<ContractFraudProof | null>
  readonly #abort = new AbortController()
  #running: Promise<void> | null = null
  #again = false
  readonly #told = new Set<string>()

  /** @param accept keeps what a report says: the head seen, or the violation's proof, which it returns */
  constructor(
    index: IndexLog,
    auditor: Auditor,
    accept: (report: AuditReport) => Promise<ContractFraudProof | null>,
  ) {
    super()
    this.#index = index
    this.#auditor = auditor
    this.#accept = accept
    index.log.on('append', this.#look)
    index.log.on('conflict', this.#look)
    index.log.core.on('download', this.#look)
    queueMicrotask(this.#look)
  }

  /** Index length that was checked. */
  get version(): number {
    return this.#auditor.version
  }

  /** Ends the monitor. */
  async close(): Promise<void> {
    this.#end()
    await this.#running
  }

  /** `await using` closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
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
    while (this.#again && !this.#abort.signal.aborted) {
      this.#again = false
      const before = this.#auditor.version
      try {
        const report = await this.#auditor.advance({ signal: this.#abort.signal })
        if (this.#abort.signal.aborted) return
        await this.#tell(report, before)
      } catch (error) {
        if (this.#abort.signal.aborted) return
        this.#fail(error as Error)
        return
      }
    }
  }

  /** An `error` that nobody listens to would end the process. */
  #fail(error: Error): void {
    if (this.listenerCount('error') > 0) this.emit('error', error)
  }

  #end(): void {
    if (this.#abort.signal.aborted) return
    this.#abort.abort()
    const { log } = this.#index
    log.off('append', this.#look)
    log.off('conflict', this.#look)
    log.core.off('download', this.#look)
    this.emit('close')
  }

  async #tell(report: AuditReport, before: number): Promise<void> {
    const proof = await this.#accept(report)
    if (proof !== null) {
      this.#end()
      this.emit('violation', proof)
      return
    }
    const { version, batches, ops } = report
    const news = report.findings
      .map((finding) => JSON.stringify(finding))
      .filter((text) => !this.#told.has(text))
    if (news.length > 0) {
      for (const text of news) this.#told.add(text)
      this.emit('inconclusive', report)
    } else if (version > before && report.verdict === 'valid') {
      this.emit('validated', { version, batches, ops })
    }
  }
}
