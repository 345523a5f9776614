/** Ranges of paths without an entry, in the order of keys (spec/2-index §3). */
import { comparePaths } from '@vitra/log/values'
import { TO_THE_END } from '../wire.js'

interface Gap {
  readonly from: string
  readonly until: string
}

export class Gaps {
  /** In the order of `from`. */
  readonly #gaps: Gap[] = []

  /** Takes the range from a path up to another, which is not counted; {@link TO_THE_END} counts all. */
  add(from: string, until: string): void {
    const at = this.#position(from)
    this.#gaps.splice(at, 0, { from, until })
  }

  /** True where a path is known to be in a range. */
  holds(path: string): boolean {
    const gap = this.#gaps[this.#position(path) - 1]
    return gap !== undefined && (gap.until === TO_THE_END || comparePaths(path, gap.until) < 0)
  }

  /** How many begin at or before a path. */
  #position(path: string): number {
    let low = 0
    let high = this.#gaps.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (comparePaths(this.#gaps[middle]!.from, path) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
