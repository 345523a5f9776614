/**
 * Blocks of oplogs, read several at a time and, for the turn that comes next, while the one before it runs. One turn's
 * blocks are kept, whoever floods: memory does not grow with what waits in the oplogs.
 */
import type { Log } from '@vitra/log'
import { AHEAD_BYTES_MAX, READ_AT_ONCE_MAX, READ_AT_ONCE_MIN } from './constants.js'

interface Ahead {
  readonly log: Log
  readonly first: number
  readonly blocks: Promise<Uint8Array[]>
}

export class ReadAhead {
  #ahead: Ahead | null = null

  /** Consecutive blocks from `first` on that are here, before `end`; fewer where they are large. */
  async read(log: Log, first: number, end: number): Promise<Uint8Array[]> {
    const ahead = this.#ahead
    if (ahead !== null && ahead.log === log && ahead.first === first) {
      this.#ahead = null
      const blocks = await ahead.blocks
      if (blocks.length > 0) return blocks.slice(0, end - first)
    }
    return readBlocks(log, first, end)
  }

  /** Begins to read what is asked for next. */
  prepare(log: Log, first: number, end: number): void {
    if (first >= end || (this.#ahead?.log === log && this.#ahead.first === first)) return
    const blocks = readBlocks(log, first, end)
    blocks.catch(forget) // told to whoever reads them
    this.#ahead = { log, first, blocks }
  }
}

async function readBlocks(log: Log, first: number, end: number): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = []
  let bytes = 0
  let count = READ_AT_ONCE_MIN
  while (first + blocks.length < end && bytes < AHEAD_BYTES_MAX) {
    const from = first + blocks.length
    const until = Math.min(from + count, end)
    const kept = log.kept(from, until)
    for (const block of kept.length > 0 ? kept : await log.stored(from, until)) {
      if (block === null) return blocks
      blocks.push(block)
      bytes += block.length
    }
    if (blocks.length === from - first) return blocks // a log that is closed gives none
    // As many as fit, going by those that were read.
    const room = Math.floor((AHEAD_BYTES_MAX - bytes) / Math.max(1, bytes / blocks.length))
    count = Math.max(1, Math.min(READ_AT_ONCE_MAX, room))
  }
  return blocks
}

function forget(): void {}
