/** What a store fixture is: `fixtures/<name>/store`, a database folder, and `fixtures/<name>/fixture.json`. */

export interface StoreFixture {
  /** Public key of the database, hex. */
  readonly key: string
  /** Length of the index. */
  readonly version: number
  /** Tree hash of the index at that length, hex. */
  readonly treeHash: string
  /** What is below `/values`. */
  readonly entries: readonly { readonly path: string; readonly value: unknown }[]
  /** A transaction that carries its receipt, as `toJSON` gives it. */
  readonly transaction: unknown
  /** Proofs that hold, of this database or, where `key` says so, of another log. */
  readonly proofs: readonly FixtureProof[]
}

export interface FixtureProof {
  /** What it shows, in words. */
  readonly shows: string
  /** Public key it is checked with, hex. */
  readonly key: string
  /** Code of the violation that it proves, where it does. */
  readonly violation?: string
  /** Hex. */
  readonly bytes: string
}
