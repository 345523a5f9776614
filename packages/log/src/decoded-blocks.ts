/**
 * Index blocks that were decoded for a read, kept for the next ones. A block of a log that follows no fork never
 * changes, so every version of an index reads from the same ones. All indexes of a process share one room: those that
 * are read most have most of it.
 */
import type { BlockTable, DecodedBlock } from './proofs/bee-reader.js'

/** A room for decoded blocks, in two halves: what is not used while one half fills is let go of. */
export class DecodedRoom {
  readonly #bytesMax: number
  readonly #tables = new Set<DecodedBlocks>()
  /** Of the younger half. */
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Blocks of one index, until it is closed. */
  open(): DecodedBlocks {
    const table = new DecodedBlocks(this)
    this.#tables.add(table)
    return table
  }

  leave(table: DecodedBlocks): void {
    this.#tables.delete(table)
  }

  take(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes <= this.#bytesMax / 2) return
    this.#bytes = 0
    for (const table of this.#tables) table.age()
  }
}

/** The decoded blocks of one index. */
export class DecodedBlocks implements BlockTable {
  readonly #room: DecodedRoom
  #young = new Map<number, DecodedBlock>()
  #old = new Map<number, DecodedBlock>()

  constructor(room: DecodedRoom) {
    this.#room = room
  }

  get(seq: number): DecodedBlock | undefined {
    const block = this.#young.get(seq)
    if (block !== undefined) return block
    const old = this.#old.get(seq)
    if (old !== undefined) this.set(seq, old)
    return old
  }

  set(seq: number, block: DecodedBlock): void {
    this.#young.set(seq, block)
    this.#room.take(sizeOf(block))
  }

  /** Lets go of what was not used since the last time. */
  age(): void {
    this.#old = this.#young
    this.#young = new Map()
  }

  close(): void {
    this.#room.leave(this)
    this.#young.clear()
    this.#old.clear()
  }
}

/** What an object takes besides its bytes, and how much more a tree takes once its numbers are read; both about. */
const OBJECT_BYTES = 500
const TREE_FACTOR = 8

function sizeOf({ key, value, tree }: DecodedBlock): number {
  return key.length + (value?.length ?? 0) + TREE_FACTOR * tree.length + OBJECT_BYTES
}

/** Room for the decoded blocks of all indexes of the process, in bytes. */
const ROOM_BYTES_MAX = 64 * 1024 * 1024

export const DECODED_ROOM = new DecodedRoom(ROOM_BYTES_MAX)
