/**
 * A batch of runs in progress (spec/4-execution §6): hands out what realms are to run, passes on what they ask, and tells the
 * host how runs ended, in parts where it takes long.
 */
import { reusedWriter } from '../fields.js'
import { pack, unpack } from '../pack.js'
import type { Runs } from '../runs.js'
import { BATCH, FRAME, MODE, ORDER, type Order, STOP } from '../wire.js'
import { readFrame, writeFrame } from './channel.js'

/** Endings are told at the latest after this long, in ms: the host's watch over each op starts anew with them. */
const PART_MS = 50
/** The same of method calls: somebody waits for each. */
const CALLS_PART_MS = 4
const PART_BYTES = 1024 * 1024
/** And after this many, so that the host has work with them while the next ops run. */
const PART_RUNS = 64
/** And after this many lines of the console, of which the host takes so many at a time. */
const PART_LOGS = 500
/** A batch stops after an op that reaches one of these, so that the host has its say. */
const BATCH_MS_MAX = 200
/** The same of method calls: ops wait for no more than this and one call. */
const CALLS_MS_MAX = 20
const BATCH_BYTES_MAX = 8 * 1024 * 1024

const nextItems = reusedWriter()
const nextEndings = reusedWriter()

export class Batch {
  readonly runs: Runs
  /** Runs that ended. */
  #ended = 0
  readonly #startedAt = performance.now()
  /** Those that are not told. */
  readonly #endings = nextEndings()
  #toldRuns = 0
  /** Of all endings, and of what was written before a question. */
  #bytes = 0
  #toldAt = performance.now()
  #logs = 0
  /** How long the run in progress was at work up to its last question, and since when it is again. */
  #busyMs = 0
  #busySince = performance.now()
  /** What the realm at work said last about going on; see {@link STOP}. */
  #stop = 0

  constructor(runs: Runs) {
    this.runs = runs
  }

  /** True once no further run is to begin. */
  get isDone(): boolean {
    return this.#ended >= this.runs.items.length || (this.#stop & STOP.over) !== 0
  }

  /** True while the realm at work goes on. */
  get goesOn(): boolean {
    return this.#stop === 0
  }

  /** True where the realm that stopped may be used again. */
  get isReusable(): boolean {
    return (this.#stop & STOP.spent) === 0
  }

  /** How long the run in progress has been at work, in milliseconds; waiting for the host is none. */
  get busyMs(): number {
    return this.#busyMs + performance.now() - this.#busySince
  }

  /** Notes that another run begins. */
  beginRun(): void {
    this.#busyMs = 0
    this.#busySince = performance.now()
  }

  /** What is wanted with the next turn. */
  get order(): Order {
    const now = performance.now()
    const areCalls = this.runs.mode === MODE.call
    const longest = areCalls ? CALLS_MS_MAX : BATCH_MS_MAX
    if (now - this.#startedAt > longest || this.#bytes > BATCH_BYTES_MAX) return ORDER.stop
    const isDue = now - this.#toldAt > (areCalls ? CALLS_PART_MS : PART_MS)
    return isDue || this.#logs > PART_LOGS ? ORDER.tell : ORDER.goOn
  }

  /**
   * The next items for a realm.
   *
   * @param areAll all that are left, or one
   * @param goesOn the realm knows the state as it is now
   */
  items(areAll: boolean, goesOn: boolean): Uint8Array {
    const { items, state, isCareful, isExplained, mode } = this.runs
    this.#stop = 0
    const writer = nextItems()
    const isLasting = state === 0 ? 0 : BATCH.isLasting
    const isFixed = mode === MODE.call ? BATCH.isFixed : 0
    const how = (isCareful ? BATCH.isCareful : 0) | (isExplained ? BATCH.isExplained : 0)
    writer.uint(isLasting | isFixed | (goesOn ? BATCH.goesOn : 0) | how)
    for (const item of items.slice(this.#ended, areAll ? undefined : this.#ended + 1)) writer.append(item)
    return writer.take()
  }

  /** Asks the host what it answers over everything that was written so far. */
  ask(question: Uint8Array): Uint8Array {
    this.tell()
    this.#bytes += question.length
    this.#busyMs = this.busyMs
    writeFrame(FRAME.call, pack([Math.round(this.#busyMs), this.#ended, question]))
    const frame = readFrame()
    this.#busySince = performance.now()
    if (frame?.kind !== FRAME.reply) throw new Error('the host is gone')
    return frame.payload
  }

  /** What is at a path, as {@link ask}; see `SERVICE.get`. */
  get(path: string): Uint8Array | string | undefined {
    return (unpack(this.ask(pack(['get', path]))) as Uint8Array | string | null) ?? undefined
  }

  /** Tells the host a line of the console. */
  log(line: Uint8Array): void {
    this.#logs++
    writeFrame(FRAME.log, line)
  }

  /** Takes the next endings. @param stop of {@link STOP} */
  take(told: Uint8Array, count: number, stop: number): void {
    this.#endings.append(told)
    this.#bytes += told.length
    this.#ended += count
    this.#stop = stop
    const untold = this.#ended - this.#toldRuns
    const isDue = this.order !== ORDER.goOn || this.#endings.length > PART_BYTES || this.runs.isCareful
    // The last endings go with the result.
    if (!this.isDone && (isDue || untold >= PART_RUNS)) this.tell()
  }

  /** Tells the host what no part told. */
  finish(): void {
    writeFrame(FRAME.result, this.#endings.take())
  }

  /** Tells the host all endings that are known. */
  tell(): void {
    if (this.#ended > this.#toldRuns) writeFrame(FRAME.part, this.#endings.take())
    this.#toldRuns = this.#ended
    this.#logs = 0
    this.#toldAt = performance.now()
  }
}
