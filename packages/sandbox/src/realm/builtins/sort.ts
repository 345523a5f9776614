/** A stable merge sort: the same calls of the comparator on every engine. */

const { min } = Math

export type Compare = (a: unknown, b: unknown) => number

/** Sorts items in place. */
export function mergeSort(items: unknown[], compare: Compare): void {
  const { length } = items
  let from = items
  let to: unknown[] = new Array(length)
  for (let width = 1; width < length; width *= 2) {
    for (let start = 0; start < length; start += 2 * width) merge(from, to, start, width, compare)
    ;[from, to] = [to, from]
  }
  if (from !== items) for (let i = 0; i < length; i++) items[i] = from[i]
}

function merge(from: unknown[], to: unknown[], start: number, width: number, compare: Compare): void {
  const { length } = from
  const middle = min(start + width, length)
  const end = min(middle + width, length)
  let left = start
  let right = middle
  for (let at = start; at < end; at++) {
    const takesLeft = left < middle && (right >= end || !(compare(from[left], from[right]) > 0))
    to[at] = takesLeft ? from[left++] : from[right++]
  }
}

/** By UTF-16 units of their texts, as `sort` does without a comparator. */
export function compareTexts(a: unknown, b: unknown): number {
  const left = `${a as string}`
  const right = `${b as string}`
  if (left === right) return 0
  return left < right ? -1 : 1
}
