/**
 * What built-in functions take from a run's fuel (spec/6-determinism §2): about one for each byte that they may
 * allocate, and one for some items that they only look at. Taken before the work where its size is known.
 */
export const PRICE = {
  /** A character of a new text: one or two bytes. */
  character: 2,
  /** So many characters or bytes are looked at for one unit. */
  scanned: 8,
  /** A slot of an array. */
  slot: 8,
  /** A piece of a text in an array. */
  piece: 40,
  /** An entry of a Map or Set, a property of an object. */
  entry: 64,
  /** What a handler of a promise takes. */
  handler: 256,
  /** A proxy. */
  proxy: 256,
  /** A character of a text read as JSON. */
  parsed: 16,
  /** A character of a URI, which becomes up to nine. */
  encoded: 9,
} as const

/** Most arguments that `apply` and `Reflect` pass on. */
export const ARGUMENTS_MAX = 32_768
/** Deepest nesting that `join`, `flat` and JSON follow. */
export const NESTING_MAX = 200
/** Most proxies that a run makes. */
export const PROXIES_MAX = 1000
/** Largest integer that a text, `asIntN` or `asUintN` makes, in bits. */
export const BIGINT_BITS_MAX = 2 ** 20
