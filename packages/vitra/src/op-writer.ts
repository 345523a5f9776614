/**
 * Writes the ops of calls to one oplog. Those that come while an append is on its way to the disk go into the next one
 * together: one signature and one fdatasync for all of them.
 */
import { encodeOpBody, type KeyPair, type Log, LogWriter, type SignedHead, type Storage } from '@vitra/log'

/** Most bytes of one append; a call alone may have more. */
const APPEND_BYTES_MAX = 4 * 1024 * 1024

/** What goes into the log ahead of the next ops, such as an acknowledgement. */
export interface Ahead {
  readonly block: Uint8Array
  /** The append that it went along with is on disk. */
  readonly written: () => void
}

interface Waiting {
  readonly blocks: readonly Uint8Array[]
  readonly bytes: number
  readonly resolve: (firstSeq: number) => void
  readonly reject: (error: unknown) => void
}

export class OpWriter {
  readonly #writer: LogWriter
  #waiting: Waiting[] = []
  #isWriting = false
  #hasAppended = false
  /** Asked before each append; null where nothing goes ahead. */
  ahead: (() => Promise<Ahead | null>) | null = null

  private constructor(writer: LogWriter) {
    this.#writer = writer
  }

  /**
   * @param known a head of the log that the index holds
   * @param hasBegun true where more may have been written elsewhere, though the log is empty here
   * @throws as {@link LogWriter.open}
   */
  static async open(
    log: Log,
    storage: Storage,
    keyPair: KeyPair,
    known: SignedHead | null = null,
    hasBegun = false,
  ): Promise<OpWriter> {
    return new OpWriter(await LogWriter.open(log, storage, keyPair, { known, hasBegun }))
  }

  /** Key of the oplog. */
  get key(): Uint8Array {
    return this.#writer.log.key
  }

  /**
   * Appends the ops of one call, one after the other.
   *
   * @returns sequence number of the first, once all of them are on disk
   * @throws as {@link LogWriter.append}; nothing of the call is written then
   */
  append(ops: readonly Uint8Array[]): Promise<number> {
    const blocks = ops.map(encodeOpBody)
    const bytes = blocks.reduce((sum, { length }) => sum + length, 0)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ blocks, bytes, resolve, reject })
      if (!this.#isWriting) void this.#write()
    })
  }

  /**
   * Appends what goes ahead, if there is anything, and no op with it.
   *
   * @throws as {@link LogWriter.append}
   */
  async appendAhead(): Promise<void> {
    await this.append([])
  }

  /** True once something was appended here: later appends wait for no peer. */
  get hasAppended(): boolean {
    return this.#hasAppended
  }

  /** See {@link LogWriter.compact}. */
  async compact(): Promise<void> {
    await this.#writer.compact()
  }

  async close(): Promise<void> {
    await this.#writer.close()
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    while (this.#waiting.length > 0) {
      const ahead = (await this.ahead?.()) ?? null
      const calls = this.#take()
      const ops = calls.flatMap((call) => call.blocks)
      const blocks = ahead === null ? ops : [ahead.block, ...ops]
      try {
        let seq = (await this.#append(blocks)) - ops.length
        ahead?.written()
        for (const call of calls) {
          call.resolve(seq)
          seq += call.blocks.length
        }
      } catch (error) {
        for (const { reject } of calls) reject(error)
      }
    }
    this.#isWriting = false
  }

  /** @returns length of the log after it */
  async #append(blocks: readonly Uint8Array[]): Promise<number> {
    if (blocks.length === 0) return this.#writer.log.length
    const { length } = await this.#writer.append(blocks)
    this.#hasAppended = true
    return length
  }

  /** The calls of the next append. */
  #take(): Waiting[] {
    let bytes = 0
    const end = this.#waiting.findIndex((call) => {
      bytes += call.bytes
      return bytes > APPEND_BYTES_MAX
    })
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end))
  }
}
