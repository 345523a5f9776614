/** `db.index`: the published state, read by path. */

import type { Executor } from '@vitra/executor'
import {
  assertPath,
  type Change,
  childRange,
  decodeEntryValue,
  encodeValue,
  type IndexLog,
  type IndexSnapshot,
  isAtOrBelow,
  type ListOptions,
  type Value,
} from '@vitra/log'
import { DatabaseError } from './errors.js'

/** An entry of the state. */
export interface Entry {
  readonly path: string
  /** The value; for entries below `/.sys` the record they hold. */
  readonly value: unknown
}

/** A direct child of a listed path. */
export interface ListEntry {
  readonly path: string
  /** Last segment of the path. */
  readonly name: string
  /** True where there are entries below. */
  readonly container: boolean
  /** Undefined where the path itself has no value. */
  readonly value?: unknown
}

/** One published write. */
export interface HistoryEntry extends Entry {
  readonly type: 'put' | 'del'
  /** Index block. */
  readonly seq: number
}

/** Which writes `history` gives. */
export interface HistoryOptions {
  /** First block; default the first entry. */
  readonly from?: number
  /** Block to stop before; default the newest. */
  readonly to?: number
  /** Only this path and what lies below. */
  readonly path?: string
  /** Newest first; not with `live`. */
  readonly reverse?: boolean
  readonly limit?: number
  /** Go on with what is published later, until the signal or the loop ends it. */
  readonly live?: boolean
  readonly signal?: AbortSignal
}

/** A change for {@link DatabaseIndex.dangerousBatch}. */
export type DangerousChange =
  | { readonly type: 'put'; readonly path: string; readonly value: unknown }
  | { readonly type: 'del'; readonly path: string }

/** Reads of the state at one version. */
class IndexReader {
  readonly #read: <T>(work: (snapshot: IndexSnapshot) => Promise<T>) => Promise<T>

  constructor(read: <T>(work: (snapshot: IndexSnapshot) => Promise<T>) => Promise<T>) {
    this.#read = read
  }

  /** The entry at a path, or null. @throws {PathError} */
  async get(path: string): Promise<Entry | null> {
    const bytes = await this.#read((snapshot) => snapshot.read(path))
    return bytes === null ? null : { path, value: decodeEntryValue(path, bytes) }
  }

  /**
   * The direct children of a prefix, in byte order of their names. A page costs a page.
   *
   * @example await db.index.list('/users', { limit: 20, cursor: 'bob' })
   */
  async list(prefix = '/', options: ListOptions = {}): Promise<ListEntry[]> {
    const items = await this.#read((snapshot) => snapshot.list(prefix, options))
    return items.map(({ path, name, container, value }) => ({
      path,
      name,
      container,
      ...(value === null ? {} : { value: decodeEntryValue(path, value) }),
    }))
  }
}

/** The state at a past version. */
export class PastIndex extends IndexReader implements AsyncDisposable {
  readonly version: number

  constructor(snapshot: IndexSnapshot) {
    super((work) => work(snapshot))
    this.version = snapshot.version
  }

  /** Tells that it is not used any more; it holds nothing that would have to be freed. */
  async close(): Promise<void> {}

  /** `await using` closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/**
 * The published state: the newest by default, any past version with `at`. A copy that misses blocks and has no peer
 * to fetch them from is read at the newest version up to which it has all of them.
 */
export class DatabaseIndex extends IndexReader {
  readonly #log: IndexLog
  readonly #use: <T>(work: () => Promise<T>) => Promise<T>
  readonly #executor: () => Executor | null

  /** @param use does work that needs the database open */
  constructor(
    log: IndexLog,
    use: <T>(work: () => Promise<T>) => Promise<T>,
    executor: () => Executor | null,
  ) {
    super((work) => use(() => log.read(work)))
    this.#log = log
    this.#use = use
    this.#executor = executor
  }

  /** The newest version: the length of the index log, a batch end. */
  get version(): number {
    return this.#log.length
  }

  /** The state as it was. @throws {LogError} `NOT_A_BATCH_END`; `BLOCK_MISSING`, as every read of this class */
  async at(version: number): Promise<PastIndex> {
    return new PastIndex(await this.#use(() => this.#log.at(version)))
  }

  /** Every write that was published, oldest first unless told otherwise. */
  async *history(options: HistoryOptions = {}): AsyncGenerator<HistoryEntry> {
    const { path, reverse = false, limit = Number.POSITIVE_INFINITY, live = false, signal } = options
    if (reverse && live)
      throw new DatabaseError('OPTIONS_INVALID', 'history: reverse and live do not go together')
    const prefix = path === undefined || path === '/' ? '/' : assertPath(path)
    let given = 0
    let next = Math.max(1, options.from ?? 1)
    for (;;) {
      const length = await this.#use(async () => this.#log.length)
      const end = Math.min(length, options.to ?? Number.POSITIVE_INFINITY)
      for (let n = 0; n < end - next && given < limit; n++) {
        if (signal?.aborted) return
        const entry = await this.#use(() => this.#log.entry(reverse ? end - 1 - n : next + n))
        if (!isAtOrBelow(entry.path, prefix)) continue
        given++
        yield toHistory(entry)
      }
      next = Math.max(next, end)
      if (!live || given >= limit || next >= (options.to ?? Number.POSITIVE_INFINITY)) return
      if (!(await this.#grown(next, signal))) return
    }
  }

  /** Every write at a path or below from now on. */
  watch(path: string, options: { signal?: AbortSignal } = {}): AsyncGenerator<HistoryEntry> {
    childRange(path) // refuses a bad path at once, not at the first change
    return this.history({ from: Math.max(1, this.#log.length), path, live: true, ...options })
  }

  /**
   * Publishes changes that no op asked for. This violates the contract, for good; it is here to see
   * what verification finds.
   *
   * @throws {DatabaseError} `NOT_THE_EXECUTOR`
   */
  async dangerousBatch(changes: readonly DangerousChange[]): Promise<void> {
    const executor = this.#executor()
    if (executor === null)
      throw new DatabaseError('NOT_THE_EXECUTOR', 'only the executor of a database can write its index')
    await this.#use(() => executor.dangerousBatch(changes.map(toChange)))
  }

  /** Waits until the log has more than `length` blocks. False where the signal or a close ended the wait. */
  #grown(length: number, signal: AbortSignal | undefined): Promise<boolean> {
    const { log } = this.#log
    return new Promise((resolve) => {
      const settle = () => {
        if (log.length <= length && !signal?.aborted && !log.core.closing) return
        log.off('append', settle)
        log.core.off('close', settle)
        signal?.removeEventListener('abort', settle)
        resolve(log.length > length && !signal?.aborted)
      }
      log.on('append', settle)
      log.core.on('close', settle)
      signal?.addEventListener('abort', settle)
      settle()
    })
  }
}

function toHistory({
  seq,
  path,
  value,
}: {
  seq: number
  path: string
  value: Uint8Array | null
}): HistoryEntry {
  if (value === null) return { type: 'del', seq, path, value: undefined }
  return { type: 'put', seq, path, value: decodeEntryValue(path, value) }
}

function toChange(change: DangerousChange): Change {
  const path = assertPath(change.path)
  return { path, value: change.type === 'put' ? encodeValue(change.value as Value) : null }
}
