/**
 * The oplogs that feed an executor: where each stands, and whose turn it is. Turns go round in key
 * order, so that a flood in one oplog delays the others by one turn at most.
 */
import { type IndexLog, type Input, type Log, type RunBlocks, readInputs, toHex } from '@vitra/log'
import { Meter, type ParticipantLimits } from './limits.js'

export interface Participant {
  readonly input: Input
  readonly log: Log
  /** First block that was not executed yet; what was executed may be on its way to the disk. */
  nextSeq: number
  /** Where the operator limits it. */
  readonly meter: Meter | null
}

/** A participant that its limits keep from having its ops executed now. */
export interface Throttled {
  readonly publicKey: Uint8Array
  /** Its ops that are here and not executed. */
  readonly waiting: number
  /** When the next one is executed, in ms from now. */
  readonly retryAfterMs: number
}

export interface ParticipantsOptions {
  readonly index: IndexLog
  /** Opens the oplog of an input; the same log at each call. */
  readonly openOplog: (input: Input) => Promise<Log>
  /** Called when an oplog has more blocks. */
  readonly onBlocks: () => void
  /** Limits of a participant, by its public key. */
  readonly limitsOf: (publicKey: Uint8Array) => ParticipantLimits | undefined
  /** A clock that never jumps, ms. */
  readonly now: () => number
}

export class Participants {
  readonly #options: ParticipantsOptions
  readonly #all = new Map<string, Participant>()
  /** Index block of each oplog's newest run. */
  #runBlocks = new Map<string, number>()
  /** Key of the oplog that was served last. */
  #served = ''

  constructor(options: ParticipantsOptions) {
    this.#options = options
  }

  get runBlocks(): RunBlocks {
    return this.#runBlocks
  }

  /** Active participants, the one after the last served first. */
  inTurn(): Participant[] {
    const active = [...this.#all.entries()].filter(([, { input }]) => input.active).sort(byKey)
    const from = active.findIndex(([key]) => key > this.#served)
    return from === -1 ? active.map(second) : [...active.slice(from), ...active.slice(0, from)].map(second)
  }

  /** The order of later turns starts behind this participant. */
  serve(participant: Participant): void {
    this.#served = toHex(participant.input.oplog)
  }

  /** Goes on behind what was executed, which is not published yet. */
  advance(nextSeqs: ReadonlyMap<Participant, number>): void {
    for (const [participant, seq] of nextSeqs) participant.nextSeq = seq
  }

  /** Takes the runs of a published batch into account. */
  published(runBlocks: ReadonlyMap<string, number>): void {
    this.#runBlocks = new Map(runBlocks)
  }

  /** Reads from the index where everybody stands: at the start, and after a batch that failed. */
  async restart(): Promise<void> {
    for (const input of await this.#readInputs()) await this.#take(input)
    // Whoever has the newest run was served last.
    const [newest] = [...this.#runBlocks].sort((a, b) => b[1] - a[1])
    this.#served = newest?.[0] ?? ''
  }

  /** Those that have blocks and may have none executed now. */
  throttled(): Throttled[] {
    return [...this.#all.values()].flatMap(({ input, log, nextSeq, meter }) => {
      const waiting = log.length - nextSeq
      if (!meter?.isHeldUp || !input.active || waiting <= 0) return []
      return [{ publicKey: input.signer, waiting, retryAfterMs: meter.waitMs }]
    })
  }

  /** Reads the participants from the index after an op changed them. */
  async reload(): Promise<void> {
    for (const input of await this.#readInputs()) {
      const key = toHex(input.oplog)
      const known = this.#all.get(key)
      if (known === undefined) await this.#take(input)
      else this.#all.set(key, { ...known, input })
    }
  }

  #readInputs(): Promise<Input[]> {
    return this.#options.index.read(({ source }) => readInputs(source))
  }

  /** A participant as the index knows it, heard from now on. */
  async #take(input: Input): Promise<void> {
    const { index, openOplog, onBlocks, limitsOf, now } = this.#options
    const key = toHex(input.oplog)
    const known = this.#all.get(key)
    const log = known?.log ?? (await openOplog(input))
    const last = await index.lastRun(input.oplog)
    if (last === null) this.#runBlocks.delete(key)
    else this.#runBlocks.set(key, last.seq)
    if (known === undefined) {
      log.on('append', onBlocks)
      log.core.on('download', onBlocks)
    }
    const nextSeq = last === null ? 0 : last.place.firstSeq + last.run.outcomes.length
    const limits = known === undefined ? limitsOf(input.signer) : undefined
    const meter = known?.meter ?? (limits === undefined ? null : new Meter(limits, now))
    this.#all.set(key, { input, log, nextSeq, meter })
  }

  /** Listens no longer. */
  close(): void {
    for (const { log } of this.#all.values()) {
      log.off('append', this.#options.onBlocks)
      log.core.off('download', this.#options.onBlocks)
    }
  }
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1
}

function second<T>(pair: readonly [string, T]): T {
  return pair[1]
}
