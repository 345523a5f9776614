/** Where each participant's oplog stands while an audit replays the index. */
import {
  type EntrySource,
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
}

export class AuditedParticipants {
  readonly #open: (input: Input) => Promise<Log>
  readonly #all = new Map<string, AuditedParticipant>()
  runBlocks = new Map<string, number>()

  constructor(open: (input: Input) => Promise<Log>) {
    this.#open = open
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
  const result = await compareNow(participant.log, head, waitMs)
  // A log that is behind may catch up before the next look; the other answers stay.
  if (result !== 'oplog-behind') participant.comparedHeads.set(name, result)
  return result
}

async function compareNow(log: Log, head: SignedHead, waitMs: number): Promise<FindingCode | null> {
  // hypercore closes a log once its owner has shown two histories of it.
  if (log.conflicts.length > 0) return 'oplog-equivocation'
  if (!(await log.waitForLength(head.length, waitMs))) return 'oplog-behind'
  try {
    const here = await log.treeHashAt(head.length, waiting(waitMs))
    return sameBytes(here, head.treeHash) ? null : 'oplog-equivocation'
  } catch (error) {
    if (error instanceof LogError) return 'block-missing'
    throw error
  }
}
