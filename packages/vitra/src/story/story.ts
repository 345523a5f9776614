/**
 * The logs of a database as a story: what participants called, what became of it, what they acknowledged. Each line comes
 * after what it refers to. It is read batch by batch, from either end, and nothing grows with the history but a count
 * for every few hundred batches.
 */
import {
  decodeValue,
  type FoundRun,
  type IndexLog,
  type Input,
  type Log,
  type Outcome,
  readEcho,
  readOp,
  sameBytes,
  toHex,
  type Value,
} from '@vitra/log'
import { DatabaseError } from '../errors.js'
import { parseKey } from '../keys.js'
import type { ParticipantLogs } from '../participant-logs.js'
import { type Batch, Batches } from './batches.js'
import type { AckLine, CallLine, OtherLine, ResultLine, StoryLine, StoryOptions } from './entries.js'
import { isExecuted, OpCounts } from './op-counts.js'

/** Blocks of an oplog that are read at a time. */
const READ_BLOCKS = 256

/** A participant's log. */
interface Teller {
  readonly participant: string
  readonly log: Log
}

export class Story {
  readonly #index: IndexLog
  readonly #participants: ParticipantLogs
  readonly #batches: Batches
  readonly #counts: OpCounts

  constructor(index: IndexLog, participants: ParticipantLogs) {
    this.#index = index
    this.#participants = participants
    this.#batches = new Batches(index)
    this.#counts = new OpCounts(this.#batches)
  }

  /** @throws {DatabaseError} `NOT_A_PARTICIPANT` where the log is that of nobody known here; {@link LogError} `BLOCK_MISSING` */
  async *tell({
    log,
    reverse = false,
    limit = Number.POSITIVE_INFINITY,
  }: StoryOptions): AsyncGenerator<StoryLine> {
    await this.#participants.refresh()
    const lines =
      log === undefined || log === 'host'
        ? this.#whole(reverse)
        : this.#oplog(parseKey(log, 'the log'), reverse)
    let told = 0
    if (limit <= 0) return
    for await (const line of lines) {
      if (log === 'host' && line.kind !== 'result') continue
      yield line
      if (++told >= limit) return
    }
  }

  /** All that one participant wrote. */
  async *#oplog(publicKey: Uint8Array, reverse: boolean): AsyncGenerator<StoryLine> {
    const input = this.#participants.inputs.find(({ signer }) => sameBytes(signer, publicKey))
    if (input === undefined)
      throw new DatabaseError('NOT_A_PARTICIPANT', `${toHex(publicKey)} is no participant known here`)
    const teller = await this.#open(input)
    yield* this.#blocks(teller, { from: 0, to: teller.log.length, reverse, executed: null })
  }

  async *#whole(reverse: boolean): AsyncGenerator<StoryLine> {
    const version =
      this.#index.length === 0 ? 0 : await this.#index.read(async (snapshot) => snapshot.version)
    if (reverse) {
      yield* this.#waiting(reverse)
      yield* this.#backwards(version)
      return
    }
    yield* this.#onwards(version)
    yield* this.#waiting(reverse)
  }

  async *#onwards(version: number): AsyncGenerator<StoryLine> {
    let end = 0
    let ops = 0
    while (end < version) {
      const batch = await this.#batches.startingAt(end, version)
      if (batch === null) return
      yield* await this.#linesOf(batch, ops)
      ;({ end, ops } = this.#counts.note(batch, ops))
    }
  }

  async *#backwards(version: number): AsyncGenerator<StoryLine> {
    let end = version
    let ops = version === 0 ? 0 : ((await this.#counts.at(version)) ?? 0)
    while (end > 0) {
      const batch = await this.#batches.endingAt(end)
      for (const { run } of batch.runs) ops -= run.outcomes.filter(isExecuted).length
      yield* (await this.#linesOf(batch, ops)).reverse()
      end = batch.start
    }
  }

  /** What participants wrote and the executor has not got to. */
  async *#waiting(reverse: boolean): AsyncGenerator<StoryLine> {
    const inputs = [...this.#participants.inputs]
    for (const input of reverse ? inputs.reverse() : inputs) {
      const last = this.#index.length === 0 ? null : await this.#index.lastRun(input.oplog)
      const teller = await this.#open(input)
      const from = last === null ? 0 : last.place.firstSeq + last.run.outcomes.length
      yield* this.#blocks(teller, { from, to: teller.log.length, reverse, executed: false })
    }
  }

  async *#blocks(
    teller: Teller,
    { from, to, reverse, executed }: { from: number; to: number; reverse: boolean; executed: false | null },
  ): AsyncGenerator<StoryLine> {
    const parts = Math.ceil((to - from) / READ_BLOCKS)
    for (let nth = 0; nth < parts; nth++) {
      const first = from + (reverse ? parts - 1 - nth : nth) * READ_BLOCKS
      const blocks = await stored(teller.log, first, Math.min(to, first + READ_BLOCKS))
      const lines: StoryLine[] = []
      for (const [at, block] of blocks.entries())
        lines.push(
          await this.#lineOf({ participant: teller.participant, position: first + at + 1 }, block, executed),
        )
      yield* reverse ? lines.reverse() : lines
    }
  }

  /** @param before ops executed before the batch */
  async #linesOf({ runs }: Batch, before: number): Promise<StoryLine[]> {
    const lines: StoryLine[] = []
    let position = before
    for (const found of runs) {
      const { place, run } = found
      const input = this.#participants.inputs.find(({ oplog }) => sameBytes(oplog, place.oplog))
      const participant = input === undefined ? '' : toHex(input.signer)
      const end = place.firstSeq + run.outcomes.length
      const blocks =
        input === undefined ? [] : await stored((await this.#open(input)).log, place.firstSeq, end)
      for (const [nth, outcome] of run.outcomes.entries()) {
        const where = { participant, position: place.firstSeq + nth + 1 }
        const line = await this.#lineOf(where, blocks[nth] ?? null, isExecuted(outcome), outcome.kind)
        lines.push(line)
        if (isExecuted(outcome)) lines.push(resultOf(found, outcome, line, ++position))
      }
    }
    return lines
  }

  async #lineOf(
    where: { participant: string; position: number },
    block: Uint8Array | null,
    executed: boolean | null,
    kind?: Outcome['kind'],
  ): Promise<CallLine | AckLine | OtherLine> {
    const echo = block === null ? null : readEcho(block)
    if (echo !== null) return this.#ackOf(where, echo)
    const op = block === null ? null : readOp(block)
    const isOp = kind === undefined ? op !== null || block === null : executed === true
    return isOp ? { kind: 'call', ...where, op, executed } : { kind: 'other', ...where }
  }

  async #ackOf(
    where: { participant: string; position: number },
    { length, treeHash }: { length: number; treeHash: Uint8Array },
  ): Promise<AckLine> {
    const isHere = length > 0 && length <= this.#index.length
    const agrees = isHere ? sameBytes(await this.#index.log.treeHashAt(length), treeHash) : null
    const results = agrees ? await this.#counts.at(length) : null
    return { kind: 'ack', ...where, length, treeHash: toHex(treeHash), results, agrees }
  }

  async #open({ signer }: Input): Promise<Teller> {
    return { participant: toHex(signer), log: await this.#participants.open(signer) }
  }
}

function resultOf(
  { seq }: FoundRun,
  { kind, code, message, ts, value }: Outcome,
  { participant, position: call, ...line }: CallLine | AckLine | OtherLine,
  position: number,
): ResultLine {
  const op: Value | null = line.kind === 'call' ? line.op : null
  const outcome = {
    kind,
    ts,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  }
  const returned = value === undefined ? {} : { value: decodeValue(value) }
  return { kind: 'result', position, participant, call, op, outcome, ...returned, block: seq }
}

/** The blocks that are here, null for each that is not. */
async function stored(log: Log, from: number, to: number): Promise<(Uint8Array | null)[]> {
  const blocks = await log.stored(from, to)
  return Array.from({ length: to - from }, (_, nth) => blocks[nth] ?? null)
}
