/**
 * What a batch is checked against, and what it is read from: logs of a replica in an audit, blocks of a proof in a
 * check. Browser-safe, like all of `batch/`.
 */
import type { Input } from '@vitra/log/formats'
import type { LogIdentity, SignedHead } from '@vitra/log/proofs'
import type { FindingCode, Place } from '../verdict.js'
import type { Soon } from './soon.js'

/** A block that cannot be done without is not here, or not in the proof. */
export class Missing extends Error {
  readonly at: Place

  constructor(at: Place, options?: ErrorOptions) {
    super('a block is missing', options)
    this.at = at
  }
}

/** The index under a head that its executor signed. */
export interface IndexBlocks {
  /** The database's public key. */
  readonly key: Uint8Array
  readonly identity: LogIdentity
  /** A block, which must not be changed. @throws {Missing} */
  block(seq: number): Soon<Uint8Array>
}

/** How far a participant's log was executed. */
export interface ParticipantPlace {
  /** First block that has no outcome yet. */
  readonly nextSeq: number
  /** Index block of its last run; 0 where it has none. */
  readonly lastRun: number
}

/** A participant as a batch finds it. */
export interface Participant {
  readonly input: Input
  /** Where it stands at the end of the batch before. @throws {Missing} */
  place(): Soon<ParticipantPlace>
  /** Null where its log here has this head; else why the ops under it cannot be judged, never the executor's guilt. */
  compareHead(head: SignedHead): Soon<FindingCode | null>
  /** A block of its log, which must not be changed. @throws {Missing} */
  block(seq: number): Soon<Uint8Array>
}

/** The participants at the end of the batch before. */
export interface Participants {
  /** Null for an oplog that was never admitted. */
  get(oplog: Uint8Array): Soon<Participant | null>
}
