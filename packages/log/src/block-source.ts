/** The entries of an index, and the blocks that hold them. */
import type { KeyRange, RawEntry } from './values/listing.js'
import type { EntrySource } from './values/overlay.js'

/** Entries, and the blocks that hold them. */
export interface BlockSource extends EntrySource {
  /** Like `first`, with the index block that holds the entry. */
  firstBlock(range: KeyRange, reverse: boolean): Promise<(RawEntry & { readonly seq: number }) | null>
}
