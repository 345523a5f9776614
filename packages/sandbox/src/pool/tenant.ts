/** A loaded contract as the pool knows it: one guest at most holds it, and its work is done one piece at a time. */
import type { Value } from '@vitra/log/values'
import type { GuestRun } from '../guest-process.js'
import type { Conduct } from './conduct.js'

/** A piece of work that waits for a guest. */
export interface Job {
  /** The run; without one the contract is loaded, and what comes back is its inspection. */
  readonly run: GuestRun | null
  resolve(payload: Uint8Array): void
  reject(error: unknown): void
}

/** A guest, as a contract knows it. */
export interface Holder {
  forget(tenant: Tenant): void
}

export interface TenantOptions {
  /** Names rules and source: contracts of one name share their guilt. */
  readonly digest: string
  /** What a guest is told to load. @param id the contract's number in the guest */
  readonly loadPayload: (id: number) => Uint8Array
  readonly onLog: (entry: Value) => void
  readonly conduct: Conduct
}

let nextId = 1

export class Tenant {
  /** Its number in every guest. */
  readonly id = nextId++
  readonly digest: string
  readonly loadPayload: (id: number) => Uint8Array
  readonly onLog: (entry: Value) => void
  readonly conduct: Conduct
  readonly jobs: Job[] = []
  /** The guest that holds it, or held it before it died. */
  guest: Holder | null = null
  isRunning = false
  /** True where its last piece of work took long. */
  isHeavy = false
  /** Since when its first job waits, by `performance.now()`. */
  waitsSince = 0

  constructor({ digest, loadPayload, onLog, conduct }: TenantOptions) {
    this.digest = digest
    this.loadPayload = loadPayload
    this.onLog = onLog
    this.conduct = conduct
  }

  /** Puts a job behind those of its rank. */
  add(job: Job): void {
    const at = job.run?.isFirst ? this.jobs.findIndex(({ run }) => !run?.isFirst) : -1
    this.jobs.splice(at === -1 ? this.jobs.length : at, 0, job)
  }

  /** Rejects a job that still waits; one that is being done ends where it is done. */
  withdraw(job: Job, reason: unknown): void {
    const at = this.jobs.indexOf(job)
    if (at < 0) return
    this.jobs.splice(at, 1)
    job.reject(reason)
  }

  /** Rejects all that waits. */
  refuse(error: unknown): void {
    for (const job of this.jobs.splice(0)) job.reject(error)
  }
}
