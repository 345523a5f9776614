/** What goes into the execution of a block, and what comes out (spec/4-execution). */
import type { Outcome, Rules } from '@vitra/log'
import type { Change } from '@vitra/log/values'
import type { Read } from './apply-session.js'
import type { ProcessResult } from './contract.js'
import type { ContractLoadError, UnexecutableError } from './errors.js'
import type { StateSession } from './state-session.js'

/** One block and what it is executed under. */
export interface StepInput {
  /** The oplog block as it is. */
  readonly block: Uint8Array
  /** The participant's public key. */
  readonly signer: Uint8Array
  /** Key of its oplog. */
  readonly oplog: Uint8Array
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly ts: number
  readonly rules: Rules
  /** Key of a signer's oplog in this database. */
  readonly deriveOplog: (signer: Uint8Array) => Uint8Array
  /** The executor runs `process`; a verifier gives what was published, null where there was nothing. */
  readonly processed: 'run' | ProcessResult | null
  /** Tries a new contract. Throws {@link ContractLoadError} where it is none. */
  readonly loadSource: (source: string) => Promise<void>
}

/** What executing a block gave. */
export interface Step {
  readonly outcome: Outcome
  /** What the op writes, in call order, a block each. */
  readonly changes: Change[]
  /** The new contract, where the op set one. */
  readonly source?: string
  readonly participantsChanged: boolean
  /** What was read of the state before the op, in order; with a {@link StateSession}, what the guest did not know. */
  readonly reads: Read[]
  /**
   * Why two guests could not run the op to its end. The outcome is then `unexecutable`, which an executor may publish and
   * which says nothing about the op to anybody else.
   */
  readonly unexecutable?: UnexecutableError
}
