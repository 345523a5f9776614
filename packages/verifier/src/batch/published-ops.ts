/**
 * The ops of a published batch, one after the other (spec/2-index §5–§7): the place and form of each run is checked when
 * its first op is reached, and the block of each op is read.
 */
import { type Executed, outcomeBytes, type Rules, type RunDraft, toHex } from '@vitra/log/formats'
import { type Crypto, checkHead, oplogIdentity, type SignedHead } from '@vitra/log/proofs'
import { sameBytes } from '@vitra/log/values'
import { type Finding, type Place, violation } from '../verdict.js'
import { Caught, type OpPlace, type PublishedRun } from './published-batch.js'
import { type Doubt, isValue, type PublishedOp } from './published-form.js'
import { Missing, type Participant, type Participants } from './sources.js'

export interface OpsContext {
  readonly crypto: Crypto
  /** The database's public key. */
  readonly indexKey: Uint8Array
  readonly rules: Rules
  readonly participants: Participants
  /** The one op that is judged, or none; all others are taken as published. Absent in an audit, which judges all. */
  readonly accused?: OpPlace | null
  readonly signal?: AbortSignal | undefined
}

/** An op with what is here to judge it by. */
export interface OpInTurn {
  readonly op: PublishedOp
  /** The block of the oplog, or why the op cannot be judged without it. */
  readonly block: Uint8Array | Doubt
  /** False where the metadata is no value: such an op cannot be run. */
  readonly isLegal: boolean
  /** What the run holds so far; whoever checks the op adds it. */
  readonly executed: Executed[]
}

export class PublishedOps {
  /** As they have to be laid out, as far as ops were read. */
  readonly runs: RunDraft[] = []
  /** Where each participant stands after the ops that were read, by oplog key in hex. */
  readonly nextSeqs = new Map<string, number>()
  readonly #context: OpsContext
  readonly #batch: number
  /** Index blocks of the runs of this batch. */
  readonly #runBlocks = new Map<string, number>()
  /** The head last believed of each oplog: runs that follow carry the same one, and its signature is checked once. */
  readonly #believed = new Map<string, SignedHead>()

  /** @param batch its number */
  constructor(context: OpsContext, batch: number) {
    this.#context = context
    this.#batch = batch
  }

  /** @throws {Caught} at the first op of a run that breaks the format */
  async *read(published: readonly PublishedRun[]): AsyncGenerator<OpInTurn, void> {
    for (const run of published) yield* this.#readRun(run)
  }

  async *#readRun(published: PublishedRun): AsyncGenerator<OpInTurn, void> {
    const { place, run, block } = published
    const { signal } = this.#context
    const oplog = toHex(place.oplog)
    const at: Place = { batch: this.#batch, block, oplog, seq: place.firstSeq }
    const participant = await this.#checkPlace(published, at)
    this.#checkForm(published, participant, at)
    const doubt = await this.#doubtOf(participant, run.head, block)
    const executed: Executed[] = []
    this.runs.push({ oplog: place.oplog, firstSeq: place.firstSeq, head: run.head, executed })
    this.nextSeqs.set(oplog, place.firstSeq + run.outcomes.length)
    for (const [nth, changes] of published.changes.entries()) {
      signal?.throwIfAborted()
      const seq = place.firstSeq + nth
      const op = { input: participant.input, seq, outcome: run.outcomes[nth]!, changes, at: { ...at, seq } }
      const isJudged = doubt === null && this.#isJudged(block, seq)
      const read = isJudged ? await this.#readBlock(participant, seq) : (doubt ?? NOT_JUDGED)
      yield { op, block: read, isLegal: this.#isLegal(op), executed }
    }
  }

  async #checkPlace({ place, run }: PublishedRun, at: Place): Promise<Participant> {
    const { participants } = this.#context
    const participant = await participants.get(place.oplog)
    if (participant === null || !participant.input.active)
      throw new Caught(violation('order', 'not-a-participant', at))
    const expected = this.nextSeqs.get(toHex(place.oplog)) ?? participant.nextSeq
    if (place.firstSeq !== expected) {
      const code = place.firstSeq > expected ? 'op-skipped' : 'op-repeated'
      throw new Caught(violation('order', code, at, { expected, published: place.firstSeq }))
    }
    const covered = run.head.length >= place.firstSeq + run.outcomes.length
    if (!covered || !this.#isSigned(participant, run.head))
      throw new Caught(violation('order', 'op-invented', at))
    return participant
  }

  #isSigned({ input: { oplog, signer } }: Participant, head: SignedHead): boolean {
    const { crypto, indexKey } = this.#context
    const name = toHex(oplog)
    const believed = this.#believed.get(name)
    if (believed !== undefined && isSameHead(believed, head)) return true
    if (!checkHead(crypto, oplogIdentity(signer, indexKey), head)) return false
    this.#believed.set(name, head)
    return true
  }

  /** A run closes once its outcomes reach the limit: all but the last stay below it. */
  #checkForm({ run, place, block }: PublishedRun, { lastRun }: Participant, at: Place): void {
    let bytes = 0
    for (const outcome of run.outcomes.slice(0, -1)) bytes += outcomeBytes(outcome)
    if (bytes >= this.#context.rules.limits.runBytesMax && run.outcomes.length > 1)
      throw new Caught(violation('schema', 'limit-exceeded', at))
    const oplog = toHex(place.oplog)
    const expected = this.#runBlocks.get(oplog) ?? lastRun
    if (run.prevRun !== expected) {
      const message = 'a run names another previous run'
      throw new Caught(violation('schema', 'run-invalid', at, { message, expected, published: run.prevRun }))
    }
    this.#runBlocks.set(oplog, block)
  }

  /** Why no op of a run can be judged; null where some can. */
  async #doubtOf(participant: Participant, head: SignedHead, block: number): Promise<Doubt | null> {
    const { accused } = this.#context
    if (accused !== undefined && accused?.block !== block) return NOT_JUDGED
    const code = await participant.compareHead(head)
    return code === null ? null : { code, message: UNPROVED_MESSAGES[code] ?? code }
  }

  #isJudged(block: number, seq: number): boolean {
    const { accused } = this.#context
    return accused === undefined || (accused?.block === block && accused.seq === seq)
  }

  /** Taken from the log as it is: all that can be checked of metadata is its form. */
  #isLegal({ outcome: { metadata } }: PublishedOp): boolean {
    const { valueBytesMax, valueDepthMax } = this.#context.rules.limits
    return metadata === undefined || isValue(metadata, { bytesMax: valueBytesMax, depthMax: valueDepthMax })
  }

  async #readBlock(participant: Participant, seq: number): Promise<Uint8Array | Doubt> {
    try {
      return await participant.block(seq)
    } catch (error) {
      if (!(error instanceof Missing)) throw error
      return { code: 'block-missing', message: 'an op is not here' }
    }
  }
}

function isSameHead(a: SignedHead, b: SignedHead): boolean {
  return a.length === b.length && sameBytes(a.treeHash, b.treeHash) && sameBytes(a.signature, b.signature)
}

const NOT_JUDGED: Doubt = { code: 'block-missing', message: 'an op of which nothing is said' }

const UNPROVED_MESSAGES: Partial<Record<Finding['code'], string>> = {
  'oplog-behind': "a participant's log is shorter here than what it signed",
  'oplog-equivocation': 'a participant signed two histories of its log',
  'block-missing': "a block of a participant's log is not here",
}
