/**
 * A batch of runs in progress (spec/4-execution §6): serves what they read, brings the state forward by what they write,
 * and tells the host how they ended, in parts where it takes long.
 */
import { isSystemPath } from '@vitra/log/values'
import { unpackEndings, type Write } from '../ending-fields.js'
import { FieldWriter } from '../fields.js'
import { pack, unpack } from '../pack.js'
import type { Runs } from '../runs.js'
import { FRAME, MODE } from '../wire.js'
import { readFrame, writeFrame } from './channel.js'
import type { StateCache } from './state-cache.js'

/** Endings are told at the latest after this long, in ms: the host's watch over each op starts anew with them. */
const PART_MS = 50
const PART_BYTES = 1024 * 1024
/** And after this many lines of the console, of which the host takes so many at a time. */
const PART_LOGS = 500
/** A batch stops after an op that reaches one of these, so that the host has its say. */
const BATCH_MS_MAX = 200
const BATCH_WRITTEN_MAX = 8 * 1024 * 1024

export class Batch {
  readonly runs: Runs
  /** Position of the run in progress. */
  nth = 0
  readonly #cache: StateCache
  readonly #startedAt = performance.now()
  readonly #endings = new FieldWriter()
  /** Changes of the run in progress that went out with a question. */
  #told: Write[] = []
  #bytes = 0
  #logs = 0
  #written = 0
  #toldAt = performance.now()
  /** How long the run in progress was at work up to its last question, and since when it is again. */
  #busyMs = 0
  #busySince = performance.now()
  #isEnded = false

  constructor(runs: Runs, cache: StateCache) {
    this.runs = runs
    this.#cache = cache
  }

  /** True once no further run is to begin. */
  get isDone(): boolean {
    if (this.nth >= this.runs.items.length || this.#isEnded) return true
    return this.#written > BATCH_WRITTEN_MAX || performance.now() - this.#startedAt > BATCH_MS_MAX
  }

  /** How long the run in progress has been at work, in milliseconds; waiting for the host is none. */
  get busyMs(): number {
    return this.#busyMs + performance.now() - this.#busySince
  }

  /** The next items for a realm: one, or all that are left. */
  items(areAll: boolean): Uint8Array {
    const writer = new FieldWriter()
    for (const item of this.runs.items.slice(this.nth, areAll ? undefined : this.nth + 1)) writer.append(item)
    return writer.take()
  }

  /** The value at a path before this op. */
  get(path: string): Uint8Array | undefined {
    let value = this.#cache.get(path)
    if (value === undefined) {
      value = unpack(this.#call(pack(['get', path]))) as Uint8Array | null
      this.#cache.keep(path, value)
    }
    return value ?? undefined
  }

  /** Asks the host what it answers over everything that was written so far. */
  ask(question: Uint8Array): Uint8Array {
    const [name, , , changes] = unpack(question) as [string, unknown, unknown, Write[]]
    if (name === 'txList') this.#told.push(...changes)
    this.#tell()
    return this.#call(question)
  }

  /** Tells the host a line of the console. */
  log(line: Uint8Array): void {
    this.#logs++
    writeFrame(FRAME.log, line)
  }

  /** Takes the ending of the run in progress. False where its realm is not to be used again. */
  end(payload: Uint8Array): boolean {
    const ending = unpackEndings(payload)[0]!
    this.#endings.append(payload)
    this.#bytes += payload.length
    if (ending.isOk && this.runs.mode === MODE.apply) {
      this.#bringForward(this.#told)
      this.#bringForward(ending.writes)
    }
    if (this.#told.length > 0) this.#told = []
    const [kind, code] = ending.isOk ? ['ok'] : (unpack(ending.told) as string[])
    // What is beyond this process, the host tries in another.
    if (kind === 'resource') this.#isEnded = true
    this.nth++
    this.#busyMs = 0
    this.#busySince = performance.now()
    const isLate = this.#busySince - this.#toldAt > PART_MS
    if (isLate || this.#bytes > PART_BYTES || this.#logs > PART_LOGS) this.#tell()
    return kind === 'ok' || (kind === 'failed' && code !== 'fuel' && code !== 'depth')
  }

  /** Tells the host what no part told. */
  finish(): void {
    writeFrame(FRAME.result, this.#endings.take())
  }

  #bringForward(changes: readonly Write[]): void {
    for (const [path, value] of changes) {
      this.#cache.write(path, value)
      this.#written += path.length + (value?.length ?? 0)
      // A new contract or new participants: the ops behind this one may not be executed in this batch.
      if (isSystemPath(path)) this.#isEnded = true
    }
  }

  #tell(): void {
    if (this.#bytes > 0) writeFrame(FRAME.part, this.#endings.take())
    this.#bytes = 0
    this.#logs = 0
    this.#toldAt = performance.now()
  }

  #call(question: Uint8Array): Uint8Array {
    this.#busyMs = this.busyMs
    writeFrame(FRAME.call, pack([Math.round(this.#busyMs), this.nth, question]))
    const frame = readFrame()
    this.#busySince = performance.now()
    if (frame?.kind !== FRAME.reply) throw new Error('the host is gone')
    return frame.payload
  }
}
