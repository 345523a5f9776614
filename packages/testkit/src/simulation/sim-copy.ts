/**
 * One copy of a simulated database: its folder, which a crash changes for a picture of itself, the open database, and
 * what its callers were told.
 */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { type Ack, Database, type Monitor, type OpenOptions, type Transaction, VitraError } from 'vitra'
import type { Random } from '../random.js'
import { type FaultDisk, type FaultFolder, isInjected } from './fault-disk.js'
import type { Ending } from './sim-plan.js'

/** A call whose ops were said to be on disk. */
interface Accepted {
  readonly who: string
  readonly transaction: Transaction
}

/** Ops whose outcomes somebody was told. */
interface Acknowledged {
  readonly who: string
  readonly acks: readonly Ack[]
}

/** What all copies of a simulation write down. */
export interface SimRecords {
  readonly accepted: Accepted[]
  readonly acknowledged: Acknowledged[]
  /** What must not happen. */
  readonly problems: string[]
  /** Refusals by code: what happened to calls and executions meanwhile. */
  readonly refusals: Map<string, number>
}

export interface SimCopyOptions {
  readonly name: string
  readonly root: string
  readonly disk: FaultDisk
  readonly random: Random
  readonly records: SimRecords
  readonly open: OpenOptions
  readonly monitors: boolean
  /** See {@link FaultDisk.watch}. */
  readonly isDiskHonest: boolean
  /** Hears what comes of the events here, for the report of a failure. */
  readonly tell: (what: string) => void
}

export class SimCopy {
  readonly name: string
  readonly #options: SimCopyOptions
  #database: Database | null = null
  #monitor: Monitor | null = null
  #folder: FaultFolder
  /** Grows with each life: what belongs to an earlier one counts no more. */
  #life = 0
  #calls: Promise<void> = Promise.resolve()
  #ending: Ending = 'restart'

  constructor(options: SimCopyOptions) {
    this.name = options.name
    this.#options = options
    this.#folder = this.#watch()
  }

  get database(): Database {
    if (this.#database === null) throw new Error(`${this.name} is not open`)
    return this.#database
  }

  get monitor(): Monitor | null {
    return this.#monitor
  }

  get folder(): FaultFolder {
    return this.#folder
  }

  async create(source: string, limits: object): Promise<void> {
    this.#open(
      await Database.create(this.#folder.path, { contract: { source }, limits, ...this.#options.open }),
    )
  }

  /** @param pubkey of the database where this copy begins */
  async load(pubkey?: Uint8Array): Promise<void> {
    this.#open(await Database.load(this.#folder.path, pubkey && Buffer.from(pubkey), this.#options.open))
    if (this.#options.monitors) await this.#startMonitor()
  }

  /** Ends this life. The next begins with `load`. */
  async end(how: Ending): Promise<void> {
    const { database } = this
    const old = this.#folder
    this.#ending = how
    if (how === 'restart') {
      old.fail(null)
      await this.#monitor?.close()
      await database.close()
      this.#life++
    } else {
      this.#life++
      const next = this.#watch()
      if (how === 'kill') old.kill(next.path)
      else old.cutPower(next.path)
      this.#folder = next
      // The process that was killed cannot be taken out of this one: cut off from its disk, it closes.
      await database.close().catch((error) => this.#note(error))
      await rm(old.path, { recursive: true, force: true })
    }
    this.#database = null
    this.#monitor = null
  }

  /** Makes a call once those before it have been accepted or refused. Resolves once its ops are executed, or refused. */
  async call(method: string, params: object): Promise<void> {
    const life = this.#life
    const { database } = this
    let processed = Promise.resolve()
    this.#calls = this.#calls.then(async () => {
      if (life !== this.#life) return
      try {
        const transaction = await database.call(method, params)
        if (life !== this.#life) return
        this.#options.records.accepted.push({ who: this.name, transaction })
        this.#tell(`accepted ${transaction.txId}`)
        processed = this.#await(transaction, life)
      } catch (error) {
        this.#note(error)
      }
    })
    await this.#calls
    await processed
  }

  /** Audits this copy as it is now: however little is here, nobody may be accused. */
  async verify(): Promise<void> {
    try {
      await this.database.verify()
    } catch (error) {
      if (
        error instanceof VitraError &&
        error.code !== 'DATABASE_CLOSED' &&
        !isInjected(error) &&
        !isPassing(error)
      )
        this.#problem(`an audit threw ${error.code}: ${error.message}`)
      this.#note(error)
    }
  }

  async close(): Promise<void> {
    this.#life++
    this.#folder.fail(null)
    await this.#monitor?.close()
    await this.#database?.close()
  }

  #open(database: Database): void {
    this.#database = database
    const life = this.#life
    const isLive = () => life === this.#life
    database.on('failure', (error) => this.#note(error))
    database.on('violation', ({ message }) => this.#problem(`accuses the executor: ${message}`))
    database.on('suspect', (found) => {
      // Guests are killed here: what could not be run then is run by the audit at the end.
      const findings = found.filter(({ code }) => code !== 'unexecutable')
      if (isLive() && findings.length > 0) this.#problem(`suspects the executor: ${JSON.stringify(findings)}`)
    })
  }

  /** A power cut may take blocks of a copy that its monitor had checked: it begins anew, and says so. */
  async #startMonitor(): Promise<void> {
    const mayLosePlace = this.#ending === 'power-cut'
    this.#monitor = await this.database.monitor()
    this.#monitor.on('error', (error) => this.#note(error))
    this.#monitor.on('restart', () => {
      if (!mayLosePlace) this.#problem('the monitor has lost its place')
    })
  }

  /** Notes what the caller is told of the outcomes, which nothing may change any more. */
  async #await(transaction: Transaction, life: number): Promise<void> {
    try {
      await transaction.whenProcessed()
    } catch (error) {
      this.#note(error)
      if ((error as { code?: string }).code !== 'OP_REJECTED') return
    }
    if (life !== this.#life) return
    const acks = await transaction.fetchAcks().catch(() => [])
    if (life !== this.#life) return
    this.#options.records.acknowledged.push({ who: this.name, acks })
    this.#tell(`told of ${transaction.txId}: ${acks.map(({ outcome }) => outcome.code ?? outcome.kind)}`)
  }

  /** Every refusal has to be an error of ours that says what to do, or one of a disk that fails. */
  #note(error: unknown): void {
    const code = isInjected(error) ? 'injected' : (error as { code?: string }).code
    const { refusals } = this.#options.records
    refusals.set(String(code), (refusals.get(String(code)) ?? 0) + 1)
    this.#tell(`${code}: ${(error as Error).message}`)
    if (error instanceof VitraError || isInjected(error)) return
    this.#problem(`threw ${(error as Error).stack ?? String(error)}`)
  }

  #problem(what: string): void {
    this.#options.records.problems.push(`${this.name} ${what}`)
    this.#tell(what)
  }

  #tell(what: string): void {
    this.#options.tell(`  ${this.name}, life ${this.#life}: ${what}`)
  }

  #watch(): FaultFolder {
    const { root, name, disk, random, isDiskHonest } = this.#options
    return disk.watch(path.join(root, `${name}-${this.#life}`), random, isDiskHonest)
  }
}

function isPassing(error: VitraError<string>): boolean {
  return ['CONTRACT_REFUSED', 'GUEST_NOT_STARTED', 'INDEX_EMPTY', 'LOG_UNKNOWN', 'BLOCK_MISSING'].includes(
    error.code,
  )
}
