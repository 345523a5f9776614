/**
 * A batch of runs in progress (spec/4-execution §6): serves what they read, brings the state forward by what they write,
 * and tells the host how they ended, in parts where it takes long.
 */
import { isSystemPath } from '@vitra/log/values'
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

type WrittenChange = [path: string, value: Uint8Array | null]
type Ending = [fuel: number, kind: string, valueOrCode: unknown, changes?: WrittenChange[]]

export class Batch {
  readonly runs: Runs
  /** Position of the run in progress. */
  nth = 0
  readonly #cache: StateCache
  readonly #startedAt = performance.now()
  #endings: Uint8Array[] = []
  /** Changes of the run in progress that went out with a question. */
  #told: WrittenChange[] = []
  #bytes = 0
  #logs = 0
  #written = 0
  #toldAt = performance.now()
  #isEnded = false

  constructor(runs: Runs, cache: StateCache) {
    this.runs = runs
    this.#cache = cache
  }

  /** True once no further run is to begin. */
  get isDone(): boolean {
    if (this.nth >= this.runs.messages.length || this.#isEnded) return true
    return this.#written > BATCH_WRITTEN_MAX || performance.now() - this.#startedAt > BATCH_MS_MAX
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
    const [name, , , changes] = unpack(question) as [string, unknown, unknown, WrittenChange[]]
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
    const [, kind, code, changes] = unpack(payload) as Ending
    this.#endings.push(payload)
    this.#bytes += payload.length
    if (kind === 'ok' && this.runs.mode === MODE.apply) this.#bringForward([...this.#told, ...changes!])
    this.#told = []
    // What is beyond this process, the host tries in another.
    if (kind === 'resource') this.#isEnded = true
    this.nth++
    const isLate = performance.now() - this.#toldAt > PART_MS
    if (isLate || this.#bytes > PART_BYTES || this.#logs > PART_LOGS) this.#tell()
    return kind === 'ok' || (kind === 'failed' && code !== 'fuel' && code !== 'depth')
  }

  /** Tells the host what no part told. */
  finish(): void {
    writeFrame(FRAME.result, pack(this.#endings))
  }

  #bringForward(changes: readonly WrittenChange[]): void {
    for (const [path, value] of changes) {
      this.#cache.write(path, value)
      this.#written += path.length + (value?.length ?? 0)
      // A new contract or new participants: the ops behind this one may not be executed in this batch.
      if (isSystemPath(path)) this.#isEnded = true
    }
  }

  #tell(): void {
    if (this.#endings.length > 0) writeFrame(FRAME.part, pack(this.#endings))
    this.#endings = []
    this.#bytes = 0
    this.#logs = 0
    this.#toldAt = performance.now()
  }

  #call(question: Uint8Array): Uint8Array {
    writeFrame(FRAME.call, pack([this.nth, question]))
    const frame = readFrame()
    if (frame?.kind !== FRAME.reply) throw new Error('the host is gone')
    return frame.payload
  }
}
