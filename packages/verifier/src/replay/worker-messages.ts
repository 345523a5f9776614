/** What an audit and its worker processes tell each other. */
import type { SandboxOptions } from '@vitra/sandbox'
import type { AuditPart } from '../verdict.js'
import type { CheckedBatch, CheckedPart } from './team.js'

/** What a worker works with. */
export interface WorkerSettings {
  /** Folder of the database. */
  readonly folder: string
  /** Limits of its guest. */
  readonly sandbox?: Pick<SandboxOptions, 'memoryMb' | 'opMs' | 'engine' | 'engines'>
}

/** To a worker: what it works with, once, then one part after the other. */
export type ToWorker = { readonly settings: WorkerSettings } | { readonly part: AuditPart }

/** From a worker: each batch as it is checked, then what came of the part; null where there is anything to say of it. */
export type FromWorker = { readonly batch: CheckedBatch } | { readonly checked: CheckedPart | null }
