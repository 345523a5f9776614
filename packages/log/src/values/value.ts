/** The value model (spec/5-values §1): what ops, entries, parameters and return values may hold. Browser-safe. */

/** A value. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value }

/** Limits of one value. */
export interface ValueLimits {
  /** Deepest nesting; a bare scalar has depth 1. */
  depthMax?: number
  /** Largest encoding, in bytes. */
  bytesMax?: number
}

/** True where both arrays hold the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
