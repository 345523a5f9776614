/**
 * An audit by several workers (spec/7-proofs §8): each checks parts of the index over the state that was published before
 * them; the parts are joined in the order of the log, each where the one before ended.
 */
import { sameBytes } from '@vitra/log'
import type { IndexBlocks } from '../batch/sources.js'
import type { AuditPart } from '../verdict.js'
import { endOfBatch } from './batch-ends.js'
import type { AuditPlace } from './replay.js'

/** A batch that a worker has checked. */
export interface CheckedBatch {
  /** Index lengths before and after it. */
  readonly start: number
  readonly end: number
  readonly ops: number
}

/** A part in which everything holds and nothing is left open. */
export interface CheckedPart {
  /** Where it begins, as the worker's log has it; null for genesis. */
  readonly start: AuditPlace | null
  /** Where it ended: with the tree that the worker rebuilt. */
  readonly end: AuditPlace
  readonly batches: number
  readonly ops: number
}

/** Checks parts elsewhere. */
export interface AuditWorker {
  /** Null where there is anything to say of the part: it is checked again where the verdict is given. */
  check(part: AuditPart, onBatch: (batch: CheckedBatch) => void): Promise<CheckedPart | null>
}

/** The workers of an audit, and how long their parts are. */
export interface AuditTeam {
  readonly workers: readonly AuditWorker[]
  /** Blocks of the index in a part, at least; a part ends where a batch does. */
  readonly partBlocks: number
}

/** Parts of a stretch of the index that follow on each other. @throws {Missing} */
export async function partsOf(
  index: IndexBlocks,
  { from, to }: AuditPart,
  partBlocks: number,
): Promise<AuditPart[]> {
  const parts: AuditPart[] = []
  for (let start = from; start < to; ) {
    const end = await endOfBatch(index, Math.min(start + partBlocks, to) - 1, to)
    parts.push({ from: start, to: end })
    start = end
  }
  return parts
}

/** True where a part begins exactly where everything before was checked, and ends as this copy has it. */
export function isJoined(
  part: AuditPart,
  { start, end }: CheckedPart,
  before: AuditPlace | null,
  endHash: Uint8Array,
): boolean {
  const isStart =
    before === null || start === null
      ? before === start && part.from === 0
      : start.version === before.version && sameBytes(start.treeHash, before.treeHash)
  return isStart && end.version === part.to && sameBytes(end.treeHash, endHash)
}

/** Parts on their way to the workers, each to the first that is free, in the order of the log. */
export class Relay {
  readonly #parts: readonly AuditPart[]
  readonly #results: ((result: CheckedPart | null) => void)[] = []
  readonly #waiting: Promise<CheckedPart | null>[]
  #next = 0
  #isEnded = false

  constructor(
    parts: readonly AuditPart[],
    workers: readonly AuditWorker[],
    onBatch: (batch: CheckedBatch) => void,
  ) {
    this.#parts = parts
    this.#waiting = parts.map((_, nth) => new Promise((resolve) => (this.#results[nth] = resolve)))
    for (const worker of workers) void this.#keepBusy(worker, onBatch)
  }

  /** What came of a part; null where it has to be checked here. */
  result(nth: number): Promise<CheckedPart | null> {
    return this.#waiting[nth]!
  }

  /** Gives out no more parts. */
  end(): void {
    this.#isEnded = true
  }

  async #keepBusy(worker: AuditWorker, onBatch: (batch: CheckedBatch) => void): Promise<void> {
    while (!this.#isEnded && this.#next < this.#parts.length) {
      const nth = this.#next++
      // A worker that fails has checked nothing.
      const result = await worker.check(this.#parts[nth]!, onBatch).catch(() => null)
      this.#results[nth]!(result)
    }
  }
}
