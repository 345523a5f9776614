/**
 * Reads one published batch and holds it against the format (spec/2-index §5–§7). What comes out is
 * legal in form; whether it is what the contract gives is for `execution.ts`.
 */
import {
  BATCH_PATH,
  type BatchRecord,
  decodeBatch,
  decodeRun,
  FormatError,
  type IndexEntry,
  type IndexLog,
  LogError,
  PathError,
  parseRunPath,
  type ReadOptions,
  type Run,
  type RunPlace,
  ValueError,
} from '@vitra/log'
import { type Place, type Violation, violation } from '../verdict.js'

/** A run as published, with the entries that follow it. */
export interface PublishedRun {
  /** Index block. */
  readonly block: number
  readonly place: RunPlace
  readonly run: Run
  /** The changes of each outcome, `numChanges` each. */
  readonly changes: readonly (readonly IndexEntry[])[]
}

export interface PublishedBatch {
  readonly number: number
  readonly start: number
  /** Index length after the batch. */
  readonly end: number
  readonly record: BatchRecord
  readonly entries: readonly IndexEntry[]
}

/** Thrown inside an audit to end it with a violation; never leaves `Auditor`. */
export class Caught extends Error {
  readonly violation: Violation

  constructor(found: Violation) {
    super(found.code)
    this.violation = found
  }
}

/** The index block that an audit cannot do without is not here. */
export class Missing extends Error {
  readonly at: Place

  constructor(at: Place, options: ErrorOptions) {
    super('a block is missing', options)
    this.at = at
  }
}

/** How an audit reads what may not be here. */
export function waiting(waitMs: number): ReadOptions {
  return { wait: waitMs > 0, timeoutMs: waitMs }
}

/** No honest batch has more entries: the ops of a batch, times the changes of one. Guards the reader's memory. */
const ENTRIES_MAX = 20_000_000

/** The part of the index that is read: from the end of the last batch to the end of the signed log. */
export interface Stretch {
  /** Number of the batch that begins here. */
  readonly number: number
  readonly start: number
  /** Length of the log as its owner signed it: read once, since a log that is closed says 0. */
  readonly end: number
}

/**
 * Reads entries until a batch record closes them.
 *
 * @throws {Caught} where the signed log ends without one, or a block is no entry
 * @throws {Missing} where a block is not here
 */
export async function readBatch(
  index: IndexLog,
  { number, start, end }: Stretch,
  waitMs: number,
): Promise<PublishedBatch> {
  const entries: IndexEntry[] = []
  const firstEntry = start === 0 ? 1 : start
  for (let seq = firstEntry; seq < end && entries.length < ENTRIES_MAX; seq++) {
    const entry = await readEntry(index, number, seq, waitMs)
    if (entry.path === BATCH_PATH) {
      return { number, start, end: seq + 1, record: decodeRecord(entry, number), entries }
    }
    entries.push(entry)
  }
  throw new Caught(violation('schema', 'head-inside-batch', { batch: number, block: end - 1 }))
}

async function readEntry(index: IndexLog, number: number, seq: number, waitMs: number): Promise<IndexEntry> {
  try {
    return await index.entry(seq, waiting(waitMs))
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    if (error.code === 'BLOCK_MISSING') throw new Missing({ batch: number, block: seq }, { cause: error })
    if (error.code !== 'INDEX_UNREADABLE') throw error
    throw new Caught(
      violation('schema', 'record-invalid', { batch: number, block: seq }, { message: error.message }),
    )
  }
}

function decodeRecord(entry: IndexEntry, number: number): BatchRecord {
  const at = { batch: number, block: entry.seq }
  if (entry.value === null)
    throw new Caught(violation('schema', 'record-invalid', at, { message: 'a batch record is deleted' }))
  try {
    return decodeBatch(entry.value)
  } catch (error) {
    throw formatViolation(error, 'record-invalid', at)
  }
}

/**
 * Splits a batch into runs and their changes.
 *
 * @throws {Caught} for a run that breaks the format, and for changes that belong to no run
 */
export function splitRuns(batch: PublishedBatch): PublishedRun[] {
  const { entries, number } = batch
  const runs: PublishedRun[] = []
  let at = 0
  while (at < entries.length) {
    const entry = entries[at++]!
    const place = parseRunPath(entry.path)
    if (place === null || entry.value === null) {
      throw new Caught(
        violation(
          'execution',
          'unprompted-change',
          { batch: number, block: entry.seq },
          { published: { path: entry.path } },
        ),
      )
    }
    const run = decodePublishedRun(entry, number)
    const changes: IndexEntry[][] = []
    for (const [nth, { numChanges }] of run.outcomes.entries()) {
      const own = entries.slice(at, at + numChanges)
      const foreign = own.find((change) => parseRunPath(change.path) !== null)
      if (own.length < numChanges || foreign !== undefined) {
        const where = { batch: number, block: entry.seq, seq: place.firstSeq + nth }
        throw new Caught(
          violation('execution', 'wrong-changes', where, {
            message: 'an outcome counts more changes than follow it',
          }),
        )
      }
      changes.push(own)
      at += numChanges
    }
    runs.push({ block: entry.seq, place, run, changes })
  }
  return runs
}

function decodePublishedRun(entry: IndexEntry, number: number): Run {
  try {
    return decodeRun(entry.value!)
  } catch (error) {
    throw formatViolation(error, 'run-invalid', { batch: number, block: entry.seq })
  }
}

/** Turns a refusal of a decoder into a violation; anything else is a bug and stays what it is. */
export function formatViolation(
  error: unknown,
  code: 'record-invalid' | 'run-invalid' | 'genesis-invalid',
  at: Place,
): unknown {
  const isFormat = error instanceof FormatError || error instanceof ValueError || error instanceof PathError
  if (!isFormat) return error
  const kind = code === 'genesis-invalid' ? 'genesis' : 'schema'
  return new Caught(violation(kind, code, at, { message: error.message }))
}
