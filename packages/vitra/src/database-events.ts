/** What a database tells of itself. */
import type { ContractFraudProof, Finding } from '@vitra/verifier'
import type { ThrottledParticipant } from './participant-limits.js'
import type { PeerInfo } from './peers.js'
import type { SyncProgress } from './sync-progress.js'

/** Events of {@link Database}. */
export interface DatabaseEvents {
  /** The index has grown. */
  update: [{ version: number }]
  /** An audit or a monitor has found a violation. */
  violation: [ContractFraudProof]
  /** An audit or a monitor has left something unchecked that a dishonest executor could hide behind. */
  suspect: [readonly Finding[]]
  /** The executor of this copy has stopped; the next op or `db.executor.sync()` tries again. */
  failure: [Error]
  /** A peer exchanges the index with this copy. */
  'peer-add': [PeerInfo]
  'peer-remove': [PeerInfo]
  /** Participants whose ops wait for their limits, where this copy executes; told once of each, until none of its ops waits. */
  throttled: [readonly ThrottledParticipant[]]
  /** Blocks of the index have arrived, or peers know of more; ten times a second at most. */
  sync: [SyncProgress]
}
