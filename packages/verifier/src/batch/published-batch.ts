/**
 * Reads one published batch and holds it against the format (spec/2-index §5–§7). What comes out is
 * legal in form; whether it is what the contract gives is for those who execute.
 */
import {
  BATCH_PATH,
  type BatchRecord,
  decodeBatch,
  decodeIndexBlock,
  decodeRun,
  type IndexEntry,
  parseRunPath,
  type Run,
  type RunPlace,
} from '@vitra/log/formats'
import { FormatError, PathError, ValueError } from '@vitra/log/values'
import { type Place, type Violation, violation } from '../verdict.js'
import { isPromise, type Soon } from './soon.js'
import type { IndexBlocks } from './sources.js'

/** A run as published, with the entries that follow it. */
export interface PublishedRun {
  /** Index block. */
  readonly block: number
  readonly place: RunPlace
  readonly run: Run
  /** The changes of each outcome, `numChanges` each; of the first outcomes alone where the rest is not looked at. */
  readonly changes: readonly (readonly IndexEntry[])[]
}

/** A batch as published. */
export interface PublishedBatch {
  readonly number: number
  readonly start: number
  /** Index length after the batch. */
  readonly end: number
  readonly record: BatchRecord
  /** In order, the record left out. */
  readonly entries: Iterable<IndexEntry> | AsyncIterable<IndexEntry>
  /** The op behind which nothing is looked at; absent where all of the batch is checked. */
  readonly until?: OpPlace
}

/** A batch that is here as a whole. */
export interface WholeBatch extends PublishedBatch {
  readonly entries: readonly IndexEntry[]
}

/** Where the outcome of an op stands. */
interface OpPlace {
  /** Index block of its run. */
  readonly block: number
  /** Sequence number in its oplog. */
  readonly seq: number
}

/** Thrown inside a check to end it with a violation; never leaves it. */
export class Caught extends Error {
  readonly violation: Violation

  constructor(found: Violation) {
    super(found.code)
    this.violation = found
  }
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
export async function readBatch(index: IndexBlocks, { number, start, end }: Stretch): Promise<WholeBatch> {
  const entries: IndexEntry[] = []
  for (let seq = firstEntry(start); seq < end && entries.length < ENTRIES_MAX; seq++) {
    const soon = index.block(seq)
    const entry = entryIn(isPromise(soon) ? await soon : soon, number, seq)
    if (entry.path === BATCH_PATH)
      return { number, start, end: seq + 1, record: decodeRecord(entry, number), entries }
    entries.push(entry)
  }
  throw new Caught(violation('schema', 'head-inside-batch', { batch: number, block: end - 1 }))
}

/** Block 0 of the index is no entry. */
export function firstEntry(start: number): number {
  return start === 0 ? 1 : start
}

/**
 * An entry of a batch.
 *
 * @throws {Caught} `record-invalid` where the block is none
 * @throws {Missing}
 */
export async function readEntry(index: IndexBlocks, number: number, seq: number): Promise<IndexEntry> {
  return entryIn(await index.block(seq), number, seq)
}

function entryIn(block: Uint8Array, number: number, seq: number): IndexEntry {
  try {
    const { path, value } = decodeIndexBlock(block)
    return { seq, path, value }
  } catch (error) {
    if (!isFormat(error)) throw error
    const message = `block ${seq} of the index is not an entry`
    throw new Caught(violation('schema', 'record-invalid', { batch: number, block: seq }, { message }))
  }
}

/** The record that an entry holds. @throws {Caught} `record-invalid` */
export function decodeRecord(entry: IndexEntry, number: number): BatchRecord {
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
export async function splitRuns({ entries, number, until }: PublishedBatch): Promise<PublishedRun[]> {
  const rest = inTurn(entries)
  const runs: PublishedRun[] = []
  for (;;) {
    const soon = rest.next()
    const { value: entry } = isPromise(soon) ? await soon : soon
    if (entry === undefined) return runs
    const place = parseRunPath(entry.path)
    if (place === null || entry.value === null) {
      const at = { batch: number, block: entry.seq }
      throw new Caught(violation('execution', 'unprompted-change', at, { published: { path: entry.path } }))
    }
    const run = decodePublishedRun(entry, number)
    const lastNth = until?.block === entry.seq ? until.seq - place.firstSeq : Number.POSITIVE_INFINITY
    const changes: IndexEntry[][] = []
    for (const [nth, { numChanges }] of run.outcomes.entries()) {
      if (nth > lastNth) break
      const at = { batch: number, block: entry.seq, seq: place.firstSeq + nth }
      const taken = takeChanges(rest, numChanges, at)
      changes.push(isPromise(taken) ? await taken : taken)
    }
    runs.push({ block: entry.seq, place, run, changes })
    if (lastNth !== Number.POSITIVE_INFINITY) return runs
  }
}

function takeChanges(rest: EntriesInTurn, count: number, at: Place): Soon<IndexEntry[]> {
  const changes: IndexEntry[] = []
  while (changes.length < count) {
    const soon = rest.next()
    if (isPromise(soon)) return takeLater(rest, soon, changes, count, at)
    changes.push(changeIn(soon, at))
  }
  return changes
}

async function takeLater(
  rest: EntriesInTurn,
  first: Promise<EntryStep>,
  changes: IndexEntry[],
  count: number,
  at: Place,
): Promise<IndexEntry[]> {
  changes.push(changeIn(await first, at))
  while (changes.length < count) changes.push(changeIn(await rest.next(), at))
  return changes
}

function changeIn({ value: change }: EntryStep, at: Place): IndexEntry {
  if (change !== undefined && parseRunPath(change.path) === null) return change
  const message = 'an outcome counts more changes than follow it'
  throw new Caught(violation('execution', 'wrong-changes', at, { message }))
}

type EntryStep = IteratorResult<IndexEntry, undefined>

interface EntriesInTurn {
  next(): Soon<EntryStep>
}

function inTurn(entries: PublishedBatch['entries']): EntriesInTurn {
  return Symbol.iterator in entries ? entries[Symbol.iterator]() : entries[Symbol.asyncIterator]()
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
  if (!isFormat(error)) return error
  const kind = code === 'genesis-invalid' ? 'genesis' : 'schema'
  return new Caught(violation(kind, code, at, { message: error.message }))
}

/** True for a refusal of a decoder. */
export function isFormat(error: unknown): error is FormatError | ValueError | PathError {
  return error instanceof FormatError || error instanceof ValueError || error instanceof PathError
}
