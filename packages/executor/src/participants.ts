/**
 * The oplogs that feed an executor: where each stands, and whose turn it is. Turns go round in key
 * order, so that a flood in one oplog delays the others by one turn at most.
 */
import { type IndexLog, type Input, type Log, type RunBlocks, readInputs, toHex } from '@vitra/log'

export interface Participant {
  readonly input: Input
  readonly log: Log
  /** First block that has no outcome yet. */
  nextSeq: number
}

export interface ParticipantsOptions {
  readonly index: IndexLog
  /** Opens the oplog of an input; the same log at each call. */
  readonly openOplog: (input: Input) => Promise<Log>
  /** Called when an oplog has more blocks. */
  readonly onBlocks: () => void
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

  /** Takes a published batch into account. */
  advance(nextSeqs: ReadonlyMap<Participant, number>, runBlocks: ReadonlyMap<string, number>): void {
    for (const [participant, seq] of nextSeqs) participant.nextSeq = seq
    this.#runBlocks = new Map(runBlocks)
  }

  /** Reads from the index where everybody stands: at the start, and after a batch that failed. */
  async restart(): Promise<void> {
    for (const input of await this.#readInputs()) await this.#take(input)
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
    const { index, openOplog, onBlocks } = this.#options
    const key = toHex(input.oplog)
    const log = this.#all.get(key)?.log ?? (await openOplog(input))
    const last = await index.lastRun(input.oplog)
    if (last !== null) this.#runBlocks.set(key, last.seq)
    if (!this.#all.has(key)) {
      log.on('append', onBlocks)
      log.core.on('download', onBlocks)
    }
    const nextSeq = last === null ? 0 : last.place.firstSeq + last.run.outcomes.length
    this.#all.set(key, { input, log, nextSeq })
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
