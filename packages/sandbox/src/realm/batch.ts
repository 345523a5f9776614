/**
 * A batch of runs as the realm sees it (spec/4-execution §6): the items, the state that they read and bring forward, and the
 * endings, of which the guest gets many at a time.
 */
import { isSystemPath, type Value } from '@vitra/log/values'
import { packEnding, type RawEnding, type Write } from '../ending-fields.js'
import { FieldReader, FieldWriter } from '../fields.js'
import { type RunItem, readItem } from '../runs.js'
import { BATCH, STOP } from '../wire.js'
import { askHost, fetchState, takeItems, tellEndings } from './host.js'
import { StateCache } from './state-cache.js'

/** Endings are told at the latest after so many: the host has work with them while the next ops run. */
const UNTOLD_MAX = 64
const UNTOLD_BYTES_MAX = 256 * 1024

/**
 * So many reads of an op need no question since they are in a gap. The others are asked for, as all are where the op is proved
 * by itself: what the host lets one op read (`OP_READ_BYTES_MAX`) differs by no more than these.
 */
const GAP_READS_MAX = 4096

const ending = new FieldWriter()
const untold = new FieldWriter()
let items: FieldReader | null = null
let isCareful = false
let isExplained = false
let untoldCount = 0
/** What is known of the state that ops go on from, and of the one that methods read. */
const known = { ops: new StateCache(), methods: new StateCache() }
let cache = known.ops
let hasChangedSystem = false
/** Of the op in progress. */
let gapReads = 0

/** True while a batch is in progress. */
export function isRunning(): boolean {
  return items !== null
}

/** True where endings are to tell where ops failed. */
export function explains(): boolean {
  return isExplained
}

/** The next item; where no batch is in progress, the first of the next one. */
export function nextItem(): RunItem {
  items ??= begin()
  gapReads = 0
  return readItem(items)
}

function begin(): FieldReader {
  const reader = new FieldReader(takeItems())
  const flags = reader.uint()
  isCareful = (flags & BATCH.isCareful) !== 0
  isExplained = (flags & BATCH.isExplained) !== 0
  hasChangedSystem = false
  if ((flags & BATCH.isLasting) === 0) {
    cache = new StateCache()
    return reader
  }
  const which = (flags & BATCH.isFixed) === 0 ? 'ops' : 'methods'
  if ((flags & BATCH.goesOn) === 0 || known[which].isFull) known[which] = new StateCache()
  cache = known[which]
  return reader
}

/** The encoded value at a path before this op. */
export function readState(path: string): Uint8Array | undefined {
  const known = cache.get(path)
  if (known !== undefined) return known ?? undefined
  if (gapReads < GAP_READS_MAX && cache.isGap(path)) {
    gapReads++
    return undefined
  }
  tellEarlier()
  const found = fetchState(path)
  if (typeof found === 'string') cache.keepGap(path, found)
  else cache.keep(path, found ?? null)
  return typeof found === 'string' ? undefined : found
}

/** Asks the host anything else and waits. */
export function ask(...question: unknown[]): Value {
  tellEarlier()
  return askHost(...question)
}

/** Brings the state forward by what an op wrote. */
export function bringForward(changes: readonly Write[]): void {
  for (const [path, value] of changes) {
    cache.write(path, value)
    // A new contract or new participants: the ops behind this one may not be executed in this batch.
    if (isSystemPath(path)) hasChangedSystem = true
  }
}

/** What the end of a run means for those behind it. */
export interface EndOptions {
  /** True where the realm is not to be used again. */
  readonly isSpent: boolean
  /** True where no further run is to begin in this batch. */
  readonly isOver: boolean
  /** True where the host has waited long enough. */
  readonly isDue: boolean
}

/** Takes the ending of a run. True where another run is to follow in this realm. */
export function endRun(raw: RawEnding, { isSpent, isOver, isDue }: EndOptions): boolean {
  untold.append(packEnding(raw, ending))
  untoldCount++
  const stops = (isSpent ? STOP.spent : 0) | (isOver || hasChangedSystem ? STOP.over : 0)
  if (stops !== 0 || items!.isAtEnd) {
    items = null
    tell(stops | STOP.here)
    return false
  }
  if (isDue || isCareful || untoldCount >= UNTOLD_MAX || untold.length > UNTOLD_BYTES_MAX) tell(0)
  return true
}

/** What the guest does not know of yet, it has to know before it is asked something. */
function tellEarlier(): void {
  if (untoldCount > 0) tell(0)
}

function tell(stop: number): void {
  const count = untoldCount
  untoldCount = 0
  tellEndings(untold.take(), count, stop)
}
