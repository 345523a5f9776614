/** The participants of a state, each read from it when a batch names it. */
import { type BlockSource, decodeInput, findLastRun, type Input, inputPath, toHex } from '@vitra/log/formats'
import type { SignedHead } from '@vitra/log/proofs'
import { pathToKey } from '@vitra/log/values'
import type { Participant, Participants } from '../batch/sources.js'
import type { FindingCode } from '../verdict.js'
import type { Evidence, EvidenceOplog } from './evidence.js'

class StateParticipant implements Participant {
  readonly input: Input
  readonly nextSeq: number
  readonly lastRun: number
  readonly #open: () => Promise<EvidenceOplog>

  constructor(
    input: Input,
    { nextSeq, lastRun }: { nextSeq: number; lastRun: number },
    open: () => Promise<EvidenceOplog>,
  ) {
    this.input = input
    this.nextSeq = nextSeq
    this.lastRun = lastRun
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

  constructor(state: BlockSource, evidence: Evidence) {
    this.#state = state
    this.#evidence = evidence
  }

  /** Index block of the last run of each oplog that was asked for. */
  get runBlocks(): ReadonlyMap<string, number> {
    return new Map([...this.#found].map(([key, { lastRun }]) => [key, lastRun]))
  }

  async get(oplog: Uint8Array): Promise<Participant | null> {
    const key = toHex(oplog)
    const known = this.#found.get(key)
    if (known !== undefined) return known
    const bytes = await this.#state.get(pathToKey(inputPath(oplog)))
    if (bytes === null) return null
    const input = decodeInput(bytes)
    const last = await findLastRun(this.#state, oplog)
    const place = {
      nextSeq: last === null ? 0 : last.place.firstSeq + last.run.outcomes.length,
      lastRun: last?.seq ?? 0,
    }
    const open = once(() => this.#evidence.oplog(input))
    const participant = new StateParticipant(input, place, open)
    this.#found.set(key, participant)
    return participant
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
