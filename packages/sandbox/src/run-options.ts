/** How a contract's runs are to go, besides what they are. */
import type { ApplyRequest } from './contract.js'
import type { GuestRun } from './guest-process.js'

export interface RunOptions
  extends Pick<GuestRun, 'signal'>,
    Partial<Pick<ApplyRequest, 'answer' | 'isCareful' | 'onEndings' | 'state'>> {
  /** Value of `isWriter`; null outside methods. */
  readonly isWriter?: boolean | null
  /** Endings tell where ops failed. */
  readonly isExplained?: boolean
}
