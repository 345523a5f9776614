/** The limits of participants as people give them (docs/executor.md). */
import type { ParticipantLimits } from '@vitra/executor'
import { toHex } from '@vitra/log'
import { DatabaseError } from './errors.js'
import type { OpenOptions } from './options.js'

/** A participant whose ops wait for its limits. */
export interface ThrottledParticipant {
  readonly code: 'PARTICIPANT_THROTTLED'
  readonly publicKey: Buffer
  /** Its ops that are here and not executed. */
  readonly waiting: number
  /** When the next one is executed, in ms from now. */
  readonly retryAfterMs: number
}

/** The limits of each participant. @throws {DatabaseError} `OPTIONS_INVALID` */
export function limitsOf({
  participantLimits: limits,
}: OpenOptions): (publicKey: Uint8Array) => ParticipantLimits | undefined {
  if (limits === undefined) return () => undefined
  if (typeof limits === 'function') return (publicKey) => checked(limits(toHex(publicKey)))
  const shared = checked(limits)
  return () => shared
}

function checked(limits: ParticipantLimits | undefined): ParticipantLimits | undefined {
  const { opsPerSecond = 1, opsPerBatch = 1 } = limits ?? {}
  if (opsPerSecond >= 1 && opsPerBatch >= 1) return limits
  throw new DatabaseError(
    'OPTIONS_INVALID',
    'participantLimits: opsPerSecond and opsPerBatch are at least 1; leave one out for no limit',
  )
}
