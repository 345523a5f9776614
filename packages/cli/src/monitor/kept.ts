/** The monitor of a process that keeps a folder: one for its database, which goes on when the command that began it ends. */
import type { AuditReport, Database, Monitor, MonitorOptions, Violation } from 'vitra'
import type { Context } from '../context.js'
import { explain } from '../explain.js'
import { type MonitorRecord, writeRecord } from './record.js'

const KEPT = new WeakMap<Database, KeptMonitor>()
/** How often the record is written at most, in ms. */
const WRITE_MS = 1000

/** The monitor that was begun on a database of this process and not stopped. */
export function keptMonitor(db: Database): KeptMonitor | null {
  return KEPT.get(db) ?? null
}

/** Whose monitor it is. */
interface KeptBy {
  /** The command whose process this is. */
  readonly command: string
  /** Given where that command does nothing else, and ends with the monitor. */
  readonly alone?: Context
}

export class KeptMonitor {
  readonly #db: Database
  readonly #watch: Monitor
  readonly #command: string
  readonly #since = new Date().toISOString()
  #done = { batches: 0, ops: 0 }
  #findings: AuditReport['findings'] = []
  #violation: Violation | null = null
  #failure: MonitorRecord['failure'] = null
  #timer: NodeJS.Timeout | null = null
  #ended: string | null = null
  /** True where the process ends with the monitor: its record tells of the end once the folder is free. */
  readonly #isAlone: boolean
  #isFree = false
  /** The record once it has ended. */
  #last: MonitorRecord | null = null

  private constructor(db: Database, watch: Monitor, { command, alone }: KeptBy) {
    this.#db = db
    this.#watch = watch
    this.#command = command
    this.#isAlone = alone !== undefined
    alone?.onClosed(() => this.#tellEnd())
    watch.on('validated', ({ batches, ops }) => this.#learn({ done: { batches, ops }, findings: [] }))
    watch.on('inconclusive', ({ batches, ops, findings }) =>
      this.#learn({ done: { batches, ops }, findings }),
    )
    watch.on('error', (error) => {
      const { code, message } = explain(error)
      this.#failure = { code, message }
      this.#ask()
    })
    watch.on('violation', ({ violation }) => {
      this.#violation = violation
      this.#write()
    })
    watch.on('lag', () => this.#ask())
    watch.on('close', () => this.#ask())
    this.#write()
  }

  /** Begins one. */
  static async start(db: Database, by: KeptBy, options: MonitorOptions): Promise<KeptMonitor> {
    const kept = new KeptMonitor(db, await db.monitor(options), by)
    KEPT.set(db, kept)
    return kept
  }

  /** The monitor itself. */
  get watch(): Monitor {
    return this.#watch
  }

  /** How it is doing now. */
  get record(): MonitorRecord {
    if (this.#last !== null) return this.#last
    const { status, from, lag, treeHash } = this.#watch
    return {
      key: this.#db.pubkey.toString('hex'),
      command: this.#command,
      pid: process.pid,
      since: this.#since,
      status,
      from,
      version: lag.version,
      length: lag.length,
      knownLength: lag.knownLength,
      treeHash,
      ...this.#done,
      findings: this.#findings,
      violation: this.#violation,
      failure: this.#failure,
      told: new Date().toISOString(),
      ended: this.#ended,
    }
  }

  /** Ends it; another one goes on where it stopped. */
  async close(): Promise<void> {
    KEPT.delete(this.#db)
    await this.#watch.close()
    this.#ended = new Date().toISOString()
    this.#last = this.record
    this.#write()
  }

  #tellEnd(): void {
    this.#isFree = true
    if (this.#last !== null) this.#write()
  }

  #learn({
    done,
    findings,
  }: {
    done: { batches: number; ops: number }
    findings: AuditReport['findings']
  }): void {
    this.#done = done
    this.#findings = findings
    this.#failure = null
    this.#ask()
  }

  #ask(): void {
    this.#timer ??= setTimeout(() => this.#write(), WRITE_MS)
    this.#timer.unref()
  }

  /** A disk without room keeps no record; `monitor status` asks this process itself. */
  #write(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#isAlone && !this.#isFree && (this.#violation ?? this.#ended) !== null) return
    try {
      writeRecord(this.#db.path, this.record)
    } catch {
      // the next one may be written
    }
  }
}
