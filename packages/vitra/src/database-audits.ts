/** The audits of a database: whole ones and parts, monitors, and what this copy does with their findings. */
import { Log } from '@vitra/log'
import {
  type AuditReport,
  ContractFraudProof,
  type Finding,
  InconclusiveError,
  type PortableProof,
} from '@vitra/verifier'
import { Auditor, type AuditorOptions, type AuditProgress } from '@vitra/verifier/replay'
import { openTeam } from './audit-team.js'
import type { DatabaseCore } from './database-core.js'
import { DatabaseError } from './errors.js'
import { Monitor, type MonitorOptions } from './monitor.js'
import type { VerifyOptions } from './options.js'
import { verifyScope } from './verify-scope.js'

/** How long a monitor waits for peers to give a block that the index already speaks of, in ms. */
const MONITOR_WAIT_MS = 10_000

export interface DatabaseAuditsOptions {
  /** What was found before this copy was opened. */
  readonly violation: ContractFraudProof | null
  readonly onViolation: (proof: ContractFraudProof) => void
  readonly onSuspect: (findings: readonly Finding[]) => void
  /** Throws once the database is closed. */
  readonly assertOpen: () => void
}

export class DatabaseAudits {
  readonly #core: DatabaseCore
  readonly #options: DatabaseAuditsOptions
  #violation: ContractFraudProof | null

  constructor(core: DatabaseCore, options: DatabaseAuditsOptions) {
    this.#core = core
    this.#options = options
    this.#violation = options.violation
  }

  /** @throws {DatabaseError} `CONTRACT_VIOLATED` */
  assertUnviolated(): void {
    if (this.#violation === null) return
    const { code } = this.#violation.violation
    throw new DatabaseError(
      'CONTRACT_VIOLATED',
      `the executor has violated the contract (${code}): move to another database`,
      { cause: this.#violation },
    )
  }

  /** See `Database.verify`. */
  async verify(options: VerifyOptions): Promise<AuditReport> {
    const { report, proof } = await this.#core.use(async () => {
      const { index, checkpoint, storage, sandboxOptions } = this.#core
      const scope = await verifyScope(index, options)
      await using team = openTeam({ index, storage, sandbox: sandboxOptions }, options)
      const auditor = this.#auditor({
        openEngine: this.#core.engines.opener(options.engines),
        mode: options.hashOnly ? 'hashes' : 'full',
        place: options.resume ? (await checkpoint.load()).place : null,
        known: await this.#core.suspects.list(),
        team,
      })
      const keepPlace = () => auditor.place !== null && checkpoint.keep(auditor.place)
      const onProgress = (progress: AuditProgress) => {
        keepPlace()
        options.onProgress?.(progress)
      }
      const report =
        scope === null
          ? await auditor.advance({ ...options, onProgress })
          : await auditor.checkParts(scope, { ...options, onProgress })
      keepPlace()
      await checkpoint.flush()
      // An audit of logs that close under it finds blocks missing.
      this.#options.assertOpen()
      return { report, proof: await this.#accept(report, auditor) }
    })
    if (proof !== null) throw proof
    if (options.strict && report.verdict === 'inconclusive') throw new InconclusiveError(report)
    return report
  }

  /** See `Database.monitor`. */
  async monitor(options: MonitorOptions): Promise<Monitor> {
    const { assertOpen } = this.#options
    assertOpen()
    const { index, participants, peers, checkpoint } = this.#core
    if (options.fresh) await this.#core.use(() => checkpoint.drop())
    const { place, refused } = await this.#core.use(() => checkpoint.load())
    const suspects = await this.#core.use(() => this.#core.suspects.list())
    assertOpen()
    const auditor = this.#auditor({
      waitMs: MONITOR_WAIT_MS,
      place,
      known: suspects,
      openEngine: this.#core.engines.opener(options.engines),
    })
    const accept = (report: AuditReport) => this.#accept(report, auditor)
    return this.#core.keepMonitor(
      new Monitor({
        index,
        auditor,
        participants,
        peers,
        place: checkpoint,
        refused,
        suspects,
        accept,
        retryMs: options.retryMs,
      }),
    )
  }

  #auditor(
    how: Pick<AuditorOptions, 'waitMs' | 'place' | 'known' | 'openEngine' | 'mode' | 'team'>,
  ): Auditor {
    const { index, sandbox, participants, local, storage } = this.#core
    const openOplog = ({ signer }: { signer: Uint8Array }) => participants.open(signer)
    const reopenIndex = () => Log.open(storage, index.log.identity)
    const askHeads = (length: number) => this.#core.heads.ask(length)
    return new Auditor({ index, sandbox, openOplog, reopenIndex, askHeads, remembered: local.seen, ...how })
  }

  /** Keeps what an audit found, before anybody is told. */
  async #accept(report: AuditReport, auditor: Auditor): Promise<ContractFraudProof | null> {
    const { onSuspect, onViolation } = this.#options
    const suspects = await this.#core.suspects.update(report)
    if (suspects.length > 0) onSuspect(suspects)
    if (report.violation === undefined) {
      if (report.verdict === 'valid') await this.#core.rememberHead(report.version)
      return null
    }
    const proof = new ContractFraudProof(report, report.violation, await proveViolation(auditor))
    await this.#core.frauds.save(proof)
    this.#violation ??= proof
    onViolation(proof)
    return proof
  }
}

/** The portable proof of what an audit found; that there is none must not keep the violation from being told. */
async function proveViolation(auditor: Auditor): Promise<PortableProof> {
  try {
    return { proof: await auditor.proveFraud() }
  } catch (error) {
    return { unproved: (error as Error).message }
  }
}
