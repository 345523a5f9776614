/** Options shared by everything that opens a database. */
import type { ParticipantLimits, TimeSource } from '@vitra/executor'
import type { Durability } from '@vitra/log'
import type { ContractLogEntry, EngineBinaries, SandboxOptions } from '@vitra/sandbox'
import type { AuditProgress } from '@vitra/verifier/replay'
import type { FullSyncProgress } from './sync-progress.js'

/** What is chosen each time a database is opened; nothing of it is stored. */
export interface OpenOptions {
  /** Receives what the contract prints with `console`. */
  readonly onLog?: (entry: ContractLogEntry) => void
  /** Limits of the guest process. */
  readonly sandbox?: Omit<SandboxOptions, 'onLog'>
  /**
   * When calls return and results are published: `batch`, the default, once they are on disk; `none` leaves that to
   * the operating system. A process that ends loses nothing either way. After a power cut `none` may have lost what
   * was acknowledged, and an executor or a participant that goes on from there without a peer signs two histories,
   * which convicts it: for tests, and for data that can be made again. A `Storage` is told by `Storage.at`.
   */
  readonly durability?: Durability
  /**
   * What one participant may have of this copy's executor: the same for all, or by public key, in hex. Its ops wait
   * in its oplog meanwhile, and the event `throttled` tells. Nothing of it is published.
   *
   * @example { participantLimits: { opsPerSecond: 200 } }
   */
  readonly participantLimits?: ParticipantLimits | ((publicKey: string) => ParticipantLimits | undefined)
  /**
   * Whether the participant that calls from here acknowledges the results that it sees, in its own oplog: which head of
   * the index it was shown, so that an executor that shows others another one is contradicted in public. That costs a
   * block of about 50 bytes with the next ops, or a second after the last of them. Default: where the contract is a
   * script.
   */
  readonly acknowledge?: boolean
  /** The executor's clocks; for tests. */
  readonly time?: TimeSource
}

/** How `db.verify` goes about it. */
export interface VerifyOptions {
  /** Throw as well where something could not be checked. */
  readonly strict?: boolean
  /**
   * Other engines at hand, besides those of `sandbox.engines`: a difference is looked at under the one that was recorded.
   *
   * @example await db.verify({ engines: { 'v8-12.4': { node: '/opt/node-22/bin/node' } } })
   */
  readonly engines?: EngineBinaries
  /** Go on where an audit or a monitor of this copy has stopped; by default everything is checked, from genesis on. */
  readonly resume?: boolean
  /**
   * How many processes share an audit of everything, each with a guest of its own; default 1, this one. Small databases
   * are checked by one: see `workersFrom`.
   */
  readonly workers?: number
  /**
   * Blocks of the index from which on several processes share the audit. By default so many that they are not slower than one:
   * 50,000 where this machine has two cores for each, else 600,000.
   */
  readonly workersFrom?: number
  /**
   * Check only the batches between two index lengths, over the state that was published before them; by default from
   * genesis, and to the end. The verdict is `partial` then.
   */
  readonly range?: { readonly from?: number; readonly to?: number }
  /**
   * Check only the batches of that many blocks of the index, drawn at random. The verdict is `partial` then;
   * `sampleProbability` says what that is worth.
   */
  readonly sample?: number
  /**
   * Run no op: check structure, order, signatures and tree hashes alone, of all or of a part. The verdict is `partial`
   * then.
   */
  readonly hashOnly?: boolean
  readonly signal?: AbortSignal
  /** Called after each batch. */
  readonly onProgress?: (progress: AuditProgress) => void
}

/** Options of one call. */
export interface CallOptions {
  /** Gives up the call before its ops are written. */
  readonly signal?: AbortSignal
}

/** Options of a wait for peers. */
export interface SyncOptions {
  /** In ms; default 10,000. */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

/** How to fetch everything, and how far along it is. */
export interface FullSyncOptions {
  /** In ms. Without it the sync may take as long as blocks arrive, and gives up 30,000 ms after the last one. */
  readonly timeout?: number
  readonly signal?: AbortSignal
  /** Called as blocks arrive, ten times a second at most, and once at the end. */
  readonly onProgress?: (progress: FullSyncProgress) => void
}
