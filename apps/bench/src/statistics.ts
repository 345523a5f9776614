/** The few statistics that the report needs. */

/** The value at a fraction of the sorted values, by nearest rank. @throws {RangeError} for no values */
export function percentile(values: readonly number[], fraction: number): number {
  if (values.length === 0) throw new RangeError('no values: nothing was measured')
  const sorted = [...values].sort((a, b) => a - b)
  const rank = Math.max(1, Math.ceil(fraction * sorted.length))
  return sorted[rank - 1]!
}

/** The middle value, or the mean of the two in the middle. @throws {RangeError} for no values */
export function median(values: readonly number[]): number {
  if (values.length % 2 === 1) return percentile(values, 0.5)
  const sorted = [...values].sort((a, b) => a - b)
  return (percentile(sorted, 0.5) + sorted[sorted.length / 2]!) / 2
}
