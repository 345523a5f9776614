/**
 * What contracts have done to their guests (spec/4-execution §6). One that had its guest ended shares no guest with
 * others again; one that does it again and again is refused for a while.
 */
import {
  CONTRACT_KILLS_MAX,
  KILLS_WINDOW_MS,
  MISBEHAVED_CONTRACTS_MAX,
  REFUSAL_MS,
  REFUSAL_MS_MAX,
} from '../constants.js'
import { SandboxError } from '../errors.js'

/** Contracts that share no guest, by digest, for as long as this process lives. */
const confined = new Set<string>()

export function isConfined(digest: string): boolean {
  return confined.has(digest)
}

/** Gives a contract guests of its own from now on. */
export function confine(digest: string): void {
  confined.delete(digest)
  confined.add(digest)
  dropOldest(confined)
}

export interface ConductOptions {
  /** Milliseconds by a clock that nobody sets. */
  readonly now?: () => number
  /** False refuses nothing. */
  readonly refuses?: boolean
  /** How long a contract is refused the first time, in milliseconds. */
  readonly refusalMs?: number
}

interface Faults {
  /** When guests were ended, within the window. */
  times: number[]
  refusals: number
  /** By the clock of {@link ConductOptions.now}. */
  refusedUntil: number
}

/** The faults of one sandbox's contracts, by digest. Another database with the same contract is not refused for them. */
export class Conduct {
  readonly #now: () => number
  readonly #refuses: boolean
  readonly #refusalMs: number
  readonly #faults = new Map<string, Faults>()

  constructor({
    now = () => performance.now(),
    refuses = true,
    refusalMs = REFUSAL_MS,
  }: ConductOptions = {}) {
    this.#now = now
    this.#refuses = refuses
    this.#refusalMs = refusalMs
  }

  /** Notes that a contract had its guest ended. */
  note(digest: string): void {
    const now = this.#now()
    const faults = this.#faults.get(digest) ?? { times: [], refusals: 0, refusedUntil: 0 }
    this.#faults.delete(digest)
    this.#faults.set(digest, faults)
    dropOldest(this.#faults)
    if (now - faults.refusedUntil > REFUSAL_MS_MAX) faults.refusals = 0
    faults.times = [...faults.times.filter((at) => now - at < KILLS_WINDOW_MS), now]
    if (faults.times.length < CONTRACT_KILLS_MAX) return
    faults.times = []
    faults.refusedUntil = now + Math.min(this.#refusalMs * 2 ** faults.refusals++, REFUSAL_MS_MAX)
  }

  /** Why a contract may not run now, or null. */
  refusal(digest: string): SandboxError | null {
    const { refusedUntil } = this.#faults.get(digest) ?? { refusedUntil: 0 }
    const retryAfterMs = Math.ceil(refusedUntil - this.#now())
    if (retryAfterMs <= 0 || !this.#refuses) return null
    const retryAt = Date.now() + retryAfterMs
    return new SandboxError(
      'CONTRACT_REFUSED',
      `the contract had its process ended ${CONTRACT_KILLS_MAX} times and is not run before ${new Date(retryAt).toISOString()}: try again then`,
      { details: { retryAt, retryAfterMs, kills: CONTRACT_KILLS_MAX } },
    )
  }
}

function dropOldest(known: Set<string> | Map<string, unknown>): void {
  const [oldest] = known.keys()
  if (known.size > MISBEHAVED_CONTRACTS_MAX) known.delete(oldest!)
}
