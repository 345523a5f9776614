/** What `throws` and `rejects` of the module 'assert' hold against a pattern (spec/6-determinism §3). */

let clean = (thrown: unknown): unknown => thrown

/**
 * Has what they catch go through a function first: the sandbox hides what engines say, which would else decide whether a
 * pattern matches.
 */
export function cleanCaught(by: (thrown: unknown) => unknown): void {
  clean = by
}

/** What was caught, as the contract may see it. */
export function cleaned(thrown: unknown): unknown {
  return clean(thrown)
}
