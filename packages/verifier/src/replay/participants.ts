/** Where each participant's oplog stands while an audit replays the index. */
import {
  type BlockSource,
  type EntrySource,
  findLastRun,
  type Input,
  type Log,
  LogError,
  readInputs,
  type SignedHead,
  sameBytes,
  toHex,
} from '@vitra/log'
import type { FindingCode } from '../verdict.js'
import { waiting } from './published-batch.js'

export interface AuditedParticipant {
  input: Input
  readonly log: Log
  /** First block that has no outcome yet. */
  nextSeq: number
  /** Heads of this oplog that were compared with the log here, by length and hash. */
  readonly comparedHeads: Map<string, FindingCode | null>
  /** Blocks of the log that were here when a wait for more was in vain. */
  vainBlocks?: number
}

export class AuditedParticipants {
  readonly #open: (input: Input) => Promise<Log>
  readonly #all = new Map<string, AuditedParticipant>()
  #runBlocks: ReadonlyMap<string, number> = new Map()

  constructor(open: (input: Input) => Promise<Log>) {
    this.#open = open
  }

  /** Index block of each oplog's last run. */
  get runBlocks(): ReadonlyMap<string, number> {
    return this.#runBlocks
  }

  /** Takes over a batch that holds. @param nextSeqs where each of its participants stands after it */
  advance(nextSeqs: ReadonlyMap<AuditedParticipant, number>, runBlocks: ReadonlyMap<string, number>): void {
    for (const [participant, nextSeq] of nextSeqs) participant.nextSeq = nextSeq
    this.#runBlocks = runBlocks
  }

  get(oplog: Uint8Array): AuditedParticipant | undefined {
    return this.#all.get(toHex(oplog))
  }

  /** Takes the participants from the rebuilt state: after genesis and after an op changed them. */
  async reload(source: EntrySource): Promise<void> {
    for (const input of await readInputs(source)) {
      const key = toHex(input.oplog)
      const known = this.#all.get(key)
      if (known !== undefined) known.input = input
      else this.#all.set(key, { input, log: await this.#open(input), nextSeq: 0, comparedHeads: new Map() })
    }
  }

  /** Takes the participants from a state that was checked before, each where its last run ended. */
  async resume(source: BlockSource): Promise<void> {
    await this.reload(source)
    const runBlocks = new Map<string, number>()
    for (const [key, participant] of this.#all) {
      const last = await findLastRun(source, participant.input.oplog)
      if (last === null) continue
      participant.nextSeq = last.place.firstSeq + last.run.outcomes.length
      runBlocks.set(key, last.seq)
    }
    this.#runBlocks = runBlocks
  }

  /** True where a log that blocks were missing of has more of them, and all that it is known to have. */
  get canFillGaps(): boolean {
    const participants = [...this.#all.values()]
    return participants.some(
      ({ log, vainBlocks }) => vainBlocks !== undefined && log.isComplete && log.blocks > vainBlocks,
    )
  }

  /** Blocks of active participants without an outcome. */
  get waiting(): number {
    let blocks = 0
    for (const { input, log, nextSeq } of this.#all.values())
      if (input.active) blocks += Math.max(0, log.length - nextSeq)
    return blocks
  }
}

/**
 * Compares a head that a participant signed with its log here. Null where they agree; else why the
 * ops under that head cannot be judged, which is never the executor's guilt.
 */
export async function compareOplogHead(
  participant: AuditedParticipant,
  head: SignedHead,
  waitMs: number,
): Promise<FindingCode | null> {
  const name = `${head.length} ${toHex(head.treeHash)}`
  const known = participant.comparedHeads.get(name)
  if (known !== undefined) return known
  const result = await compareNow(participant, head, waitMs)
  // What is not here may come before the next look; the other answers stay.
  if (result === null || result === 'oplog-equivocation') participant.comparedHeads.set(name, result)
  return result
}

/** Reads a block of an oplog. @throws {LogError} `BLOCK_MISSING` */
export async function readOplog(
  participant: AuditedParticipant,
  seq: number,
  waitMs: number,
): Promise<Uint8Array> {
  try {
    return await participant.log.get(seq, waiting(patience(participant, waitMs)))
  } catch (error) {
    participant.vainBlocks = participant.log.blocks
    throw error
  }
}

/** A log that a wait brought nothing of is not waited for again before something has come. */
function patience({ log, vainBlocks }: AuditedParticipant, waitMs: number): number {
  return log.blocks === vainBlocks ? 0 : waitMs
}

async function compareNow(
  participant: AuditedParticipant,
  head: SignedHead,
  waitMs: number,
): Promise<FindingCode | null> {
  const { log } = participant
  // hypercore closes a log once its owner has shown two histories of it.
  if (log.conflicts.length > 0) return 'oplog-equivocation'
  if (!(await log.waitForLength(head.length, patience(participant, waitMs)))) {
    participant.vainBlocks = log.blocks
    return 'oplog-behind'
  }
  try {
    const here = await log.treeHashAt(head.length, waiting(patience(participant, waitMs)))
    return sameBytes(here, head.treeHash) ? null : 'oplog-equivocation'
  } catch (error) {
    if (error instanceof LogError) {
      participant.vainBlocks = log.blocks
      return 'block-missing'
    }
    throw error
  }
}
