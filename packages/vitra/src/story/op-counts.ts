/** How many ops were executed up to a batch end. Counted once from genesis on, and only onwards after that. */
import type { Batch, Batches } from './batches.js'

/** Every so many batches the count is kept for good; between them it is counted again. */
const KEPT_EVERY = 256
/** Counts that were met last. */
const RECENT_MAX = 8192

interface Count {
  readonly end: number
  readonly ops: number
}

export class OpCounts {
  readonly #batches: Batches
  readonly #kept: Count[] = []
  readonly #recent = new Map<number, number>()
  /** The furthest batch end that was counted. */
  #last: Count = { end: 0, ops: 0 }
  #counted = 0

  constructor(batches: Batches) {
    this.#batches = batches
  }

  /** Ops up to a batch end; null where none ends there. */
  async at(end: number): Promise<number | null> {
    const known = this.#recent.get(end)
    if (known !== undefined) return known
    let at: Count = this.#last
    if (end < at.end) at = this.#keptBefore(end)
    while (at.end < end) {
      const batch = await this.#batches.startingAt(at.end, end)
      if (batch === null) return null
      at = this.note(batch, at.ops)
    }
    return at.end === end ? at.ops : null
  }

  /** Takes note of a batch that was read. @param before ops before it */
  note(batch: Batch, before: number): Count {
    const count = { end: batch.end, ops: before + executedIn(batch) }
    this.#recent.set(count.end, count.ops)
    if (this.#recent.size > RECENT_MAX) this.#recent.delete(this.#recent.keys().next().value!)
    if (batch.start !== this.#last.end) return count
    this.#last = count
    if (this.#counted++ % KEPT_EVERY === 0) this.#kept.push(count)
    return count
  }

  #keptBefore(end: number): Count {
    let low = 0
    let high = this.#kept.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#kept[middle]!.end <= end) low = middle + 1
      else high = middle
    }
    return this.#kept[low - 1] ?? { end: 0, ops: 0 }
  }
}

/** True for the outcome of an op, and not of a block that holds none. */
export function isExecuted({ kind }: { readonly kind: string }): boolean {
  return kind === 'ok' || kind === 'failed'
}

function executedIn({ runs }: Batch): number {
  return runs.reduce((sum, { run }) => sum + run.outcomes.filter(isExecuted).length, 0)
}
