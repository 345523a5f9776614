/** Connects two databases in one process by a pair of piped streams. */
import type { Duplex } from 'node:stream'

interface Replicates {
  replicate(target: boolean): Duplex
}

export interface Connection {
  /** Cuts the connection. */
  close(): Promise<void>
}

export function connect(a: Replicates, b: Replicates): Connection {
  const left = a.replicate(true)
  const right = b.replicate(false)
  for (const stream of [left, right]) stream.on('error', noteCut)
  left.pipe(right).pipe(left)
  return {
    async close() {
      const open = [left, right].filter((stream) => !stream.destroyed)
      const ends = open.map((stream) => new Promise<void>((resolve) => stream.once('close', resolve)))
      left.destroy()
      right.destroy()
      await Promise.all(ends)
    },
  }
}

/** A stream that is cut reports an error: that is what these connections are for. */
function noteCut(): void {}
