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

  /** Reads the participants from the index: at the start, and after an op changed them. */
  async reload(): Promise<void> {
    const { index, openOplog, onBlocks } = this.#options
    for (const input of await index.read(({ source }) => readInputs(source))) {
      const key = toHex(input.oplog)
      const known = this.#all.get(key)
      if (known !== undefined) {
        this.#all.set(key, { input, log: known.log, nextSeq: known.nextSeq })
        continue
      }
      const log = await openOplog(input)
      const last = await index.lastRun(input.oplog)
      if (last !== null) this.#runBlocks.set(key, last.seq)
      this.#all.set(key, {
        input,
        log,
        nextSeq: last === null ? 0 : last.place.firstSeq + last.run.outcomes.length,
      })
      log.on('append', onBlocks)
      log.core.on('download', onBlocks)
    }
  }

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
