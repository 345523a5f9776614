/**
 * The last step of an append to a log of one's own (spec/8-durability §2): it is signed and in the journal, and hypercore
 * has to take it. Where the disk is full it does not. The same bytes under the same signature are given to it again, soon
 * and before anything else is signed, so that a fault that passes asks nobody to load the database again.
 */
import { LogError } from './errors.js'
import { toHex } from './formats/hex.js'
import { appendOwn } from './internals/append.js'
import type { Log, OwnAppend } from './log.js'
import type { Mutex } from './mutex.js'

/** Pauses before it is tried again at once, in ms. The storage needs some time itself once the disk has room. */
const PAUSES_MS = [20, 100, 400, 1000]
/** It is tried again after this long though nobody appends anything, in ms. */
const LATER_MS = 5000

export class SignedAppend {
  readonly #log: Log
  readonly #mutex: Mutex
  /** Signed and in the journal, and not in the log. */
  #unfinished: OwnAppend | null = null
  #timer: NodeJS.Timeout | undefined

  /** @param mutex of the writer: nothing is finished beside an append */
  constructor(log: Log, mutex: Mutex) {
    this.#log = log
    this.#mutex = mutex
  }

  /** Appends what is in the journal. @throws {LogError} `STORAGE_FAILED`, see {@link finish} */
  async put(append: OwnAppend): Promise<void> {
    this.#unfinished = append
    await this.finish(PAUSES_MS)
  }

  /**
   * Appends what could not be appended before; nothing where all is.
   *
   * @throws {LogError} `STORAGE_FAILED` where the storage does not take it: it stays in the journal
   */
  async finish(pausesMs: readonly number[] = []): Promise<void> {
    for (let nth = 0; this.#unfinished !== null; nth++) {
      const { head } = this.#unfinished
      const failure = await this.#try(this.#unfinished)
      if (this.#log.length >= head.length) {
        this.close()
        return
      }
      if (nth < pausesMs.length && !this.#log.core.closing) await pause(pausesMs[nth]!)
      else throw this.#refused(failure, head.length)
    }
  }

  /** Tries no more by itself. */
  close(): void {
    this.#unfinished = null
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** @returns what it failed with */
  async #try(append: OwnAppend): Promise<unknown> {
    const { core, length } = this.#log
    const { blocks, head } = append
    if (length >= head.length) return null
    return this.#log
      .keeping(append, () => appendOwn(core, blocks, head))
      .then(
        () => null,
        (error: unknown) => error,
      )
  }

  #refused(failure: unknown, length: number): LogError {
    this.#timer ??= setTimeout(() => this.#finishLater(), LATER_MS).unref()
    const { message, cause } = failure as Error
    const why = cause instanceof Error ? cause.message : message
    return new LogError(
      'STORAGE_FAILED',
      `log ${toHex(this.#log.key)} cannot be written: ${why}; the append is signed, in the journal, and made once the disk takes it: do not repeat it. See that the disk has room; where this goes on, close the database and load it again`,
      { cause: failure, details: { length: this.#log.length, signed: length } },
    )
  }

  #finishLater(): void {
    this.#timer = undefined
    this.#mutex.run(() => this.finish()).catch(ignore)
  }
}

/** Whoever appends next is told. */
function ignore(): void {}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
