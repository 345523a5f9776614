/** Where each participant's oplog stands while an audit replays the index. */
import {
  type BlockSource,
  type EntrySource,
  findLastRun,
  type Input,
  type Log,
  LogError,
  LogReader,
  readEcho,
  readInputs,
  type SignedHead,
  sameBytes,
  toHex,
} from '@vitra/log'
import type { Soon } from '../batch/soon.js'
import { Missing, type Participant, type ParticipantPlace, type Participants } from '../batch/sources.js'
import type { FindingCode } from '../verdict.js'
import { waiting } from './index-source.js'

/** Blocks of an oplog that stay in memory, in bytes: each is read once. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024
/** Heads of one oplog that are known to be those of the log here. */
const COMPARED_MAX = 64

class AuditedParticipant implements Participant {
  input: Input
  nextSeq = 0
  lastRun = 0
  readonly log: Log
  readonly #reader: LogReader
  readonly #waitMs: number
  /** Heads of this oplog that were compared with the log here, by length and hash. */
  readonly #compared = new Map<string, FindingCode | null>()
  /** Blocks of the log that were here when a wait for more was in vain. */
  #vainBlocks: number | undefined

  constructor(input: Input, log: Log, waitMs: number) {
    this.input = input
    this.log = log
    this.#reader = new LogReader(log, KEPT_BYTES_MAX)
    this.#waitMs = waitMs
  }

  /** True where blocks were missing of its log and all that are known of are here by now. */
  get canFillGaps(): boolean {
    return this.#vainBlocks !== undefined && this.log.isComplete && this.log.blocks > this.#vainBlocks
  }

  place(): ParticipantPlace {
    return this
  }

  compareHead(head: SignedHead): Soon<FindingCode | null> {
    const name = `${head.length} ${toHex(head.treeHash)}`
    const known = this.#compared.get(name)
    return known === undefined ? this.#compareFirst(head, name) : known
  }

  async #compareFirst(head: SignedHead, name: string): Promise<FindingCode | null> {
    const result = await this.#compareNow(head)
    // What is not here may come before the next look; the other answers stay.
    if (result === null || result === 'oplog-equivocation') this.#compared.set(name, result)
    if (result === null) this.#forgetOldest()
    return result
  }

  /** The runs of a batch, and of the next ones, name the same heads; a head of long ago is not met again. */
  #forgetOldest(): void {
    if (this.#compared.size <= COMPARED_MAX) return
    for (const [name, result] of this.#compared) {
      if (result !== null) continue
      this.#compared.delete(name)
      return
    }
  }

  block(seq: number): Soon<Uint8Array> {
    this.#reader.ahead(seq)
    return this.#reader.loaded(seq) ?? this.#read(seq)
  }

  async #read(seq: number): Promise<Uint8Array> {
    try {
      return await this.#reader.get(seq, waiting(this.#patience))
    } catch (error) {
      this.#vainBlocks = this.log.blocks
      if (!(error instanceof LogError) || error.code !== 'BLOCK_MISSING') throw error
      throw new Missing({ oplog: toHex(this.input.oplog), seq }, { cause: error })
    }
  }

  /** A log that a wait brought nothing of is not waited for again before something has come. */
  get #patience(): number {
    return this.log.blocks === this.#vainBlocks ? 0 : this.#waitMs
  }

  async #compareNow(head: SignedHead): Promise<FindingCode | null> {
    const { log } = this
    // hypercore closes a log once its owner has shown two histories of it.
    if (log.conflicts.length > 0) return 'oplog-equivocation'
    if (!(await log.waitForLength(head.length, this.#patience))) {
      this.#vainBlocks = log.blocks
      return 'oplog-behind'
    }
    try {
      const here = await log.treeHashAt(head.length, waiting(this.#patience))
      return sameBytes(here, head.treeHash) ? null : 'oplog-equivocation'
    } catch (error) {
      if (!(error instanceof LogError)) throw error
      this.#vainBlocks = log.blocks
      return 'block-missing'
    }
  }
}

export class AuditedParticipants implements Participants {
  readonly #open: (input: Input) => Promise<Log>
  readonly #waitMs: number
  readonly #all = new Map<string, AuditedParticipant>()

  /** @param waitMs how long to wait for peers to give what is not here */
  constructor(open: (input: Input) => Promise<Log>, waitMs: number) {
    this.#open = open
    this.#waitMs = waitMs
  }

  /** Index block of each oplog's last run. */
  get runBlocks(): ReadonlyMap<string, number> {
    return new Map([...this.#all].flatMap(([key, { lastRun }]) => (lastRun === 0 ? [] : [[key, lastRun]])))
  }

  get(oplog: Uint8Array): Participant | null {
    return this.#all.get(toHex(oplog)) ?? null
  }

  /**
   * Takes over a batch that holds.
   *
   * @param nextSeqs where each of its participants stands after it
   * @param runBlocks where their last runs stand
   */
  advance(nextSeqs: ReadonlyMap<string, number>, runBlocks: ReadonlyMap<string, number>): void {
    for (const [key, nextSeq] of nextSeqs) {
      const participant = this.#all.get(key)!
      participant.nextSeq = nextSeq
      participant.lastRun = runBlocks.get(key)!
    }
  }

  /** Takes the participants from the rebuilt state: after genesis and after an op changed them. */
  async reload(source: EntrySource): Promise<void> {
    for (const input of await readInputs(source)) {
      const key = toHex(input.oplog)
      const known = this.#all.get(key)
      if (known !== undefined) known.input = input
      else this.#all.set(key, new AuditedParticipant(input, await this.#open(input), this.#waitMs))
    }
  }

  /** Takes the participants from a state that was checked before, each where its last run ended. */
  async resume(source: BlockSource): Promise<void> {
    await this.reload(source)
    for (const participant of this.#all.values()) {
      const last = await findLastRun(source, participant.input.oplog)
      if (last === null) continue
      participant.nextSeq = last.place.firstSeq + last.run.outcomes.length
      participant.lastRun = last.seq
    }
  }

  /** True where a log that blocks were missing of has more of them, and all that it is known to have. */
  get canFillGaps(): boolean {
    return [...this.#all.values()].some((participant) => participant.canFillGaps)
  }

  /** Ops of active participants without an outcome: an acknowledgement is none. */
  async waiting(): Promise<number> {
    let ops = 0
    for (const { input, log, nextSeq } of this.#all.values())
      if (input.active && nextSeq < log.length) ops += await countOps(log, nextSeq)
    return ops
  }

  /** The participants, removed ones too, each with its log and where it stands. */
  get list(): readonly AuditedLog[] {
    return [...this.#all.values()]
  }
}

/** A participant's log as an audit knows it. */
export interface AuditedLog {
  readonly input: Input
  readonly log: Log
  /** The first block that the audited part of the index gives no outcome. */
  readonly nextSeq: number
}

/** Blocks of a log that are looked at; all that comes after them counts. */
const COUNTED_MAX = 4096

/** Blocks from a sequence number on that are not known to hold an echo. */
async function countOps(log: Log, from: number): Promise<number> {
  const end = Math.min(log.length, from + COUNTED_MAX)
  const blocks = await log.stored(from, end).catch(() => []) // of a log that closes all count
  const echoes = blocks.filter((block) => block !== null && readEcho(block) !== null)
  return log.length - from - echoes.length
}
