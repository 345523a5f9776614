/** The host's end of the channel (spec/4-execution §6): whole frames out of a stream that may bring anything. */
import type { Duplex } from 'node:stream'
import { FRAME_HEADER_BYTES, frameOf, GUEST_FRAME_BYTES_MAX } from './wire.js'

export interface ChannelEvents {
  onFrame(kind: number, payload: Uint8Array): void
  /** The guest sent what is no frame. */
  onGarbage(): void
}

export class Channel {
  readonly #stream: Duplex
  readonly #events: ChannelEvents
  #receivedBytes = 0
  #chunks: Uint8Array[] = []
  #size = 0
  /** Length of the frame being received, header included; 0 while the header is not here. */
  #expected = 0

  constructor(stream: Duplex, events: ChannelEvents) {
    this.#stream = stream
    this.#events = events
    stream.on('data', (chunk: Uint8Array) => this.#receive(chunk))
    // A guest that dies takes the stream with it; its exit is what is reported.
    stream.on('error', () => {})
  }

  /** All that came, frames that are not whole yet included. */
  get receivedBytes(): number {
    return this.#receivedBytes
  }

  send(kind: number, payload: Uint8Array): void {
    if (!this.#stream.destroyed) this.#stream.write(frameOf(kind, payload))
  }

  close(): void {
    this.#stream.removeAllListeners('data')
    this.#stream.destroy()
  }

  #receive(chunk: Uint8Array): void {
    this.#receivedBytes += chunk.length
    this.#chunks.push(chunk)
    this.#size += chunk.length
    while (this.#size >= Math.max(this.#expected, FRAME_HEADER_BYTES)) {
      const data = this.#join()
      const view = new DataView(data.buffer, data.byteOffset)
      const length = view.getUint32(0, true)
      if (length > GUEST_FRAME_BYTES_MAX) {
        this.close()
        this.#events.onGarbage()
        return
      }
      this.#expected = FRAME_HEADER_BYTES + length
      if (data.length < this.#expected) return
      // A copy, so that nothing keeps the whole chunk alive.
      const payload = new Uint8Array(data.subarray(FRAME_HEADER_BYTES, this.#expected))
      const rest = data.subarray(this.#expected)
      this.#chunks = rest.length > 0 ? [rest] : []
      this.#size = rest.length
      this.#expected = 0
      this.#events.onFrame(view.getUint8(4), payload)
    }
  }

  #join(): Uint8Array {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0]!
  }
}
