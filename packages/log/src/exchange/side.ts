/** A connected peer, as an exchange has it: what it said and gave, and what it has sent that is not taken in. */
import type { LogPeer } from '../core.js'
import { type BlocksMessage, bytesOf, type Message } from './messages.js'
import { nextStep } from './receiver.js'
import { type Sender, WINDOW_BYTES } from './sender.js'

/** A peer is told what has arrived after so many bytes. */
const HAVE_BYTES = 16 * 1024
/**
 * Where more bytes than that wait to be taken in, or have come without being asked for (what was on its way when another
 * was asked), nothing more may come. One message may have more: a block may.
 */
const UNTAKEN_BYTES_MAX = 4 * WINDOW_BYTES
/** What a message takes in memory besides its blocks, about. */
const MESSAGE_BYTES = 1024

export class Side {
  readonly peer: LogPeer
  readonly sender: Sender
  /** `plain` where it knows these messages not, or sent what does not hold: then for good. */
  state: 'new' | 'speaks' | 'plain' | 'refused' = 'new'
  /** True where it was asked and sent too little in time. */
  isSlow = false
  /** Bytes of blocks that it sent and that held. */
  given = 0
  readonly #tell: (message: Message) => void
  /** What it has sent and is not taken in. */
  readonly #waiting: BlocksMessage[] = []
  #waitingBytes = 0
  /** Bytes that have come since it was told. */
  #untold = 0
  /** Bytes that have come since it was asked last, and were not asked for. */
  #unasked = 0

  /** @param tell sends it a message */
  constructor(peer: LogPeer, sender: Sender, tell: (message: Message) => void) {
    this.peer = peer
    this.sender = sender
    this.#tell = tell
  }

  /** True where something that it has sent is not taken in. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Keeps what it has sent until it is taken in. @throws {RangeError} where that is more than it was asked for */
  receive(message: BlocksMessage, isAsked: boolean): void {
    if (Math.max(this.#waitingBytes, this.#unasked) > UNTAKEN_BYTES_MAX) {
      throw new RangeError('it sent more than it was asked for')
    }
    const bytes = bytesOf(message) + MESSAGE_BYTES
    if (!isAsked) this.#unasked += bytes
    this.#waitingBytes += bytes
    this.#waiting.push(message)
  }

  /** Takes out what is to be stored at once. */
  nextStep(): BlocksMessage {
    const count = this.#waiting.length
    const step = nextStep(this.#waiting)
    this.#waitingBytes -= bytesOf(step) + (count - this.#waiting.length) * MESSAGE_BYTES
    return step
  }

  /** It is asked from now on: what it has sent before is passed over. */
  beginAsked(): void {
    this.drop()
    this.#unasked = 0
  }

  /** Passes over all that it has sent, as if it were taken in. */
  drop(): void {
    const bytes = this.#waiting.reduce((sum, message) => sum + bytesOf(message), 0)
    this.forget()
    this.tellTaken(bytes)
  }

  /** Passes over all that it has sent, and says nothing. */
  forget(): void {
    this.#waiting.length = 0
    this.#waitingBytes = 0
  }

  /** Tells it how many bytes of blocks were taken in, now and then. */
  tellTaken(bytes: number): void {
    this.#untold += bytes
    if (this.#untold < HAVE_BYTES) return
    this.#tell({ kind: 'have', bytes: this.#untold })
    this.#untold = 0
  }
}
