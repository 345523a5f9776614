/**
 * Sizes and names that the formats of spec/ fix. A number here is part of the protocol: an old
 * database keeps the value pinned in its `rules`, so a change needs a new rules version.
 */

/** Version of the whole protocol, pinned in `rules` (spec/1-identity §3). */
export const PROTOCOL_VERSION = 1

/** Length of a hypercore key, a public key and a blake2b-256 hash, in bytes. */
export const KEY_BYTES = 32
/** Length of an ed25519 signature, in bytes. */
export const SIGNATURE_BYTES = 64

/** Deepest nesting of a value: a bare scalar has depth 1. */
export const VALUE_DEPTH_MAX = 64
/** Largest canonical encoding of one value, in bytes. */
export const VALUE_BYTES_MAX = 1024 * 1024
/** Largest oplog block that is executed, in bytes; a longer one gets the outcome `too-large`. */
export const OP_BYTES_MAX = 1024 * 1024
/** Longest path, in bytes of UTF-8, its leading slash included. */
export const PATH_BYTES_MAX = 1024
/** Longest message recorded in an outcome, in UTF-16 code units. */
export const MESSAGE_UNITS_MAX = 512
/** Most changes that one op may make. */
export const OP_CHANGES_MAX = 10_000
/** Largest sum of encoded values that one op may write, in bytes. */
export const OP_WRITE_BYTES_MAX = 8 * 1024 * 1024

/** Fuel of one op, and of evaluating a contract's module. */
export const FUEL_MAX = 50_000_000
/** Most fuel that rules may give: what 32 bits count. */
export const FUEL_LIMIT = 2 ** 31 - 1
/** Levels of calls inside calls; engines have stack for that many, whatever the functions are. */
export const DEPTH_MAX = 1000

/** A run closes once its encoded outcomes reach this size, in bytes, so that receipts stay small. */
export const RUN_BYTES_MAX = 512
/** Most oplog blocks acknowledged in one batch. */
export const BATCH_OPS_MAX = 512
/** A batch closes once its keys and values reach this size, in bytes. */
export const BATCH_BYTES_MAX = 4 * 1024 * 1024

/** Digits of the first sequence number in a run's key: every integer up to 2^53 - 1 fits in 16, 15 keep keys short. */
export const RUN_SEQ_DIGITS = 15
