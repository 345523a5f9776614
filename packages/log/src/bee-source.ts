/** A Hyperbee, or a checkout of one, as an ordered source of entries. */
import type Hyperbee from 'hyperbee'
import { LogError } from './errors.js'
import type { KeyRange, RawEntry } from './values/listing.js'
import type { EntrySource } from './values/overlay.js'

/** Entries, and the blocks that hold them. */
export interface BlockSource extends EntrySource {
  /** Like `first`, with the index block that holds the entry. */
  firstBlock(range: KeyRange, reverse: boolean): Promise<(RawEntry & { readonly seq: number }) | null>
}

export class BeeSource implements BlockSource {
  readonly #bee: Hyperbee

  constructor(bee: Hyperbee) {
    this.#bee = bee
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    const node = await read(() => this.#bee.get(buffer(key)))
    return node?.value == null ? null : new Uint8Array(node.value)
  }

  async first(range: KeyRange, reverse: boolean): Promise<RawEntry | null> {
    return this.firstBlock(range, reverse)
  }

  async firstBlock(range: KeyRange, reverse: boolean): Promise<(RawEntry & { readonly seq: number }) | null> {
    const node = await read(() =>
      this.#bee.peek({ gte: buffer(range.gte), lt: buffer(range.lt) }, { reverse }),
    )
    if (node == null) return null
    return { seq: node.seq, key: new Uint8Array(node.key), value: new Uint8Array(node.value ?? []) }
  }
}

async function read<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof LogError) throw cause
    if (UNAVAILABLE.has((cause as { code?: string }).code ?? '')) {
      throw new LogError('BLOCK_MISSING', 'a block of the index is not here: connect to a peer that has it', {
        cause,
      })
    }
    throw new LogError('INDEX_UNREADABLE', `the index cannot be read here: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** What hypercore says of a block that nobody gave in time, or before the log was closed. */
const UNAVAILABLE = new Set(['BLOCK_NOT_AVAILABLE', 'REQUEST_CANCELLED', 'REQUEST_TIMEOUT', 'SESSION_CLOSED'])

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
