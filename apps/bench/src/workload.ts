/** The one piece of work that all contestants do, put a value of 64 bytes under a new key; and what scripts do. */

import { readFileSync } from 'node:fs'

const VALUE_BYTES = 64

export const VALUE = 'v'.repeat(VALUE_BYTES)

export interface Entry {
  readonly key: string
  readonly value: string
}

/** The entry of the n-th op. Keys are spread over the tree, as those of applications are. */
export function entry(nth: number, prefix = 'k'): Entry {
  const spread = Math.imul(nth + 1, 0x9e3779b1) >>> 0
  return { key: `${prefix}-${spread.toString(16).padStart(8, '0')}`, value: VALUE }
}

/** `count` entries from the n-th on. */
export function entries(nth: number, count: number, prefix?: string): Entry[] {
  return Array.from({ length: count }, (_, i) => entry(nth + i, prefix))
}

/** Splits a number of ops into arrays. */
export function arrays(ops: number, size: number, prefix?: string): Entry[][] {
  const list: Entry[][] = []
  for (let from = 0; from < ops; from += size) list.push(entries(from, Math.min(size, ops - from), prefix))
  return list
}

/** The forum of the first seed, a script: the example that people read. */
export const FORUM_SCRIPT = readFileSync(new URL('../../examples/scripts/forum.js', import.meta.url), 'utf8')
