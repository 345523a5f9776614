/** The participants of a state, each read from it when a batch names it. */
import { type BlockSource, decodeInput, findLastRun, type Input, inputPath, toHex } from '@vitra/log/formats'
import type { SignedHead } from '@vitra/log/proofs'
import { pathToKey } from '@vitra/log/values'
import type { Participant, ParticipantPlace, Participants } from '../batch/sources.js'
import type { FindingCode } from '../verdict.js'
import type { Evidence, EvidenceOplog } from './evidence.js'

class StateParticipant implements Participant {
  readonly input: Input
  readonly place: () => Promise<ParticipantPlace>
  readonly #open: () => Promise<EvidenceOplog>

  constructor(input: Input, place: () => Promise<ParticipantPlace>, open: () => Promise<EvidenceOplog>) {
    this.input = input
    this.place = place
    this.#open = open
  }

  async compareHead(head: SignedHead): Promise<FindingCode | null> {
    return (await this.#open()).compareHead(head)
  }

  async block(seq: number): Promise<Uint8Array> {
    return (await this.#open()).block(seq)
  }
}

export class StateParticipants implements Participants {
  readonly #state: BlockSource
  readonly #evidence: Evidence
  readonly #found = new Map<string, Participant>()
  readonly #lastRuns = new Map<string, number>()

  constructor(state: BlockSource, evidence: Evidence) {
    this.#state = state
    this.#evidence = evidence
  }

  /** Index block of the last run of each oplog whose place was asked for. */
  get runBlocks(): ReadonlyMap<string, number> {
    return this.#lastRuns
  }

  async get(oplog: Uint8Array): Promise<Participant | null> {
    const key = toHex(oplog)
    const known = this.#found.get(key)
    if (known !== undefined) return known
    const bytes = await this.#state.get(pathToKey(inputPath(oplog)))
    if (bytes === null) return null
    const input = decodeInput(bytes)
    const place = once(() => this.#place(oplog))
    const participant = new StateParticipant(
      input,
      place,
      once(() => this.#evidence.oplog(input)),
    )
    this.#found.set(key, participant)
    return participant
  }

  async #place(oplog: Uint8Array): Promise<ParticipantPlace> {
    const last = await findLastRun(this.#state, oplog)
    const lastRun = last?.seq ?? 0
    this.#lastRuns.set(toHex(oplog), lastRun)
    return { nextSeq: last === null ? 0 : last.place.firstSeq + last.run.outcomes.length, lastRun }
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
