/** How far an audit is, how fast it goes, and how long it will still take. */

/** How far an audit is; given after each batch. */
export interface AuditProgress {
  /** Index length checked so far. */
  readonly version: number
  /** Index length here. */
  readonly length: number
  /** Batches and ops checked so far. */
  readonly batches: number
  readonly ops: number
  /** Blocks of the index that were checked, and those that this audit is to check. */
  readonly blocks: number
  readonly blocksTotal: number
  /** Ops in a second, since the audit began. */
  readonly opsPerSecond: number
  /** Time left at this pace, in ms. */
  readonly leftMs: number
}

/** A batch that was checked, and the sums so far. */
interface Step {
  /** Index length checked so far. */
  readonly version: number
  /** Index lengths before and after the batch. */
  readonly start: number
  readonly end: number
  readonly batches: number
  readonly ops: number
}

export class Pace {
  readonly #startedMs = performance.now()
  readonly #blocksTotal: number
  readonly #index: { readonly length: number }
  readonly #opsBefore: number
  #blocks = 0

  /** @param ops that were counted before */
  constructor(blocksTotal: number, index: { readonly length: number }, ops: number) {
    this.#blocksTotal = blocksTotal
    this.#index = index
    this.#opsBefore = ops
  }

  at({ version, start, end, batches, ops }: Step): AuditProgress {
    this.#blocks += end - start
    const seconds = (performance.now() - this.#startedMs) / 1000
    return {
      version,
      length: this.#index.length,
      batches,
      ops,
      blocks: this.#blocks,
      blocksTotal: this.#blocksTotal,
      opsPerSecond: rate(ops - this.#opsBefore, seconds),
      leftMs: (1000 * (this.#blocksTotal - this.#blocks)) / rate(this.#blocks, seconds),
    }
  }
}

function rate(count: number, seconds: number): number {
  return count / Math.max(seconds, SECONDS_MIN)
}

/** Less than a clock can tell. */
const SECONDS_MIN = 1e-6
