/** What executor and verifier read of the state besides entries (spec/2-index): participants and runs. Browser-safe. */
import type { BlockSource } from './block-source.js'
import { LogError } from './errors.js'
import { decodeInput, INPUTS_PREFIX, type Input } from './formats/genesis.js'
import { decodeRun, parseRunPath, type Run, type RunPlace, runsPrefix } from './formats/run.js'
import type { KeyRange, OrderedSource, RawEntry } from './values/listing.js'
import { childRange, keyToPath } from './values/path.js'

/** One block of the index: a write of one path. */
export interface IndexEntry {
  /** Block number. */
  readonly seq: number
  readonly path: string
  /** Encoded value; null for a delete. */
  readonly value: Uint8Array | null
}

/** A run found in the index. */
export interface FoundRun {
  /** Index block. */
  readonly seq: number
  readonly place: RunPlace
  readonly run: Run
}

/**
 * The index blocks that block `seq` of the oplog wrote: they follow the run, those of the outcomes before it passed
 * over. One by one, since a liar may count as many as it likes.
 */
export function* changeBlocks({ seq: runBlock, place, run }: FoundRun, seq: number): Generator<number> {
  const at = seq - place.firstSeq
  let from = runBlock + 1
  for (const { numChanges } of run.outcomes.slice(0, at)) from += numChanges
  const { numChanges = 0 } = run.outcomes[at] ?? {}
  for (let n = 0; n < numChanges; n++) yield from + n
}

/** The newest run of an oplog in a state, by one reverse seek; null where it has none. */
export function findLastRun(source: BlockSource, oplog: Uint8Array): Promise<FoundRun | null> {
  return findRun(source, childRange(runsPrefix(oplog)))
}

/** The newest run in a range of keys; null where there is none. */
export async function findRun(source: BlockSource, range: KeyRange): Promise<FoundRun | null> {
  const found = await source.firstBlock(range, true)
  return found === null ? null : readRun(found)
}

/** The run in an entry of the index. @throws {LogError} `INDEX_UNREADABLE` */
export function readRun({ seq, key, value }: RawEntry & { readonly seq: number }): FoundRun {
  const place = parseRunPath(keyToPath(key))
  if (place === null) throw new LogError('INDEX_UNREADABLE', `index block ${seq} is not a run`)
  return { seq, place, run: decodeRun(value) }
}

/** The block of the oplog after those of a run. */
export function endOfRun({ place, run }: FoundRun): number {
  return place.firstSeq + run.outcomes.length
}

/** All participants that the index has ever admitted, in key order. */
export async function readInputs(source: OrderedSource): Promise<Input[]> {
  const inputs: Input[] = []
  const { gte, lt } = childRange(INPUTS_PREFIX)
  let from = gte
  for (;;) {
    const found = await source.first({ gte: from, lt }, false)
    if (found === null) return inputs
    inputs.push(decodeInput(found.value))
    from = new Uint8Array(found.key.length + 1)
    from.set(found.key)
  }
}

/** True where `key` is that of `path` or of something below it. */
export function isAtOrBelow(path: string, prefix: string): boolean {
  return prefix === '/' || path === prefix || path.startsWith(`${prefix}/`)
}
