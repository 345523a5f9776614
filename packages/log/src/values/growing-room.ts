/** Memory for encoders. Used in sandbox realms too: see natives.ts. */
import { copyOf, makeRoom, putInto, type Room } from './natives.js'

/** Memory that grows with what is written into it. */
export class GrowingRoom {
  /** What is written so far, and room behind it. Another one after each {@link claim}. */
  bytes: Room
  /** Bytes that are claimed. */
  length = 0
  /** Bytes that there is room for. */
  capacity: number

  constructor(capacity: number) {
    this.capacity = capacity
    this.bytes = makeRoom(capacity)
  }

  /** Makes room for the next bytes and gives the place of the first. */
  claim(size: number): number {
    const at = this.length
    const end = at + size
    if (end > this.capacity) this.#grow(end)
    this.length = end
    return at
  }

  /** Appends bytes. */
  put(bytes: Uint8Array): void {
    const at = this.claim(bytes.length)
    putInto(this.bytes, bytes, at)
  }

  /** The bytes written, copied; the next ones begin anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = copyOf(this.bytes, 0, this.length)
    this.length = 0
    return taken
  }

  #grow(least: number): void {
    this.capacity = Math.max(least, 2 * this.capacity)
    const larger = makeRoom(this.capacity)
    putInto(larger, this.bytes, 0)
    this.bytes = larger
  }
}
