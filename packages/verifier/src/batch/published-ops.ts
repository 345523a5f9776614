/**
 * The ops of a published batch, one after the other (spec/2-index §5–§7): the place and form of each run is checked when
 * its first op is reached, and the block of each op is read.
 */
import { type Executed, outcomeBytes, type Rules, type RunDraft, toHex } from '@vitra/log/formats'
import { type Crypto, checkHead, oplogIdentity, type SignedHead } from '@vitra/log/proofs'
import { sameBytes } from '@vitra/log/values'
import { type Finding, type Place, violation } from '../verdict.js'
import { Caught, type PublishedRun } from './published-batch.js'
import { type Doubt, isValue, type PublishedOp, type RunnableOp } from './published-form.js'
import { here, type Steps, Turns } from './soon.js'
import { Missing, type Participant, type ParticipantPlace, type Participants } from './sources.js'

/** What of a batch an accusation is about; all else is taken as published. */
export interface Focus {
  /** The run that is held against its participant, by its index block; `all` of them, or none. */
  readonly run: number | 'all' | null
  /** True where it has to go on from where the participant stands. */
  readonly isPlaced: boolean
  /** The op that is judged, of that run. */
  readonly op: number | null
}

/** Order, heads and form of all runs, and no op. */
export const STRUCTURE: Focus = { run: 'all', isPlaced: true, op: null }

export interface OpsContext {
  readonly crypto: Crypto
  /** The database's public key. */
  readonly indexKey: Uint8Array
  readonly rules: Rules
  readonly participants: Participants
  /** What of the runs is checked against the participants and their logs; absent in an audit, which checks all. */
  readonly focus?: Focus
  readonly signal?: AbortSignal | undefined
}

/** An op with what is here to judge it by. */
export interface OpInTurn {
  readonly op: PublishedOp
  /** The op with its block, or why it cannot be judged. */
  readonly runnable: RunnableOp | Doubt
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
  /** Index blocks of the newest runs of this batch that were read, by oplog key in hex. */
  readonly runBlocks = new Map<string, number>()
  /** The head last believed of each oplog: runs that follow carry the same one, and its signature is checked once. */
  readonly #believed = new Map<string, SignedHead>()

  /** @param batch its number */
  constructor(context: OpsContext, batch: number) {
    this.#context = context
    this.#batch = batch
  }

  /** @throws {Caught} at the first op of a run that breaks the format */
  read(published: readonly PublishedRun[]): Turns<OpInTurn> {
    return new Turns(this.#readAll(published))
  }

  *#readAll(published: readonly PublishedRun[]): Steps<OpInTurn> {
    for (const run of published) yield* this.#readRun(run)
  }

  *#readRun(published: PublishedRun): Steps<OpInTurn> {
    const { place, run, block } = published
    const { signal } = this.#context
    const oplog = toHex(place.oplog)
    const at: Place = { batch: this.#batch, block, oplog, seq: place.firstSeq }
    const participant = yield* this.#participant(published, at)
    const stands = participant !== null && this.#focus.isPlaced ? yield* here(participant.place()) : null
    if (stands !== null) this.#checkTurn(published, stands, at)
    if (participant !== null) this.#checkHead(published, participant, at)
    this.#checkForm(published, at)
    if (stands !== null) this.#checkLink(published, stands, at)
    const doubt = yield* this.#doubtOf(participant, run.head)
    const executed: Executed[] = []
    this.runs.push({ oplog: place.oplog, firstSeq: place.firstSeq, head: run.head, executed })
    this.nextSeqs.set(oplog, place.firstSeq + run.outcomes.length)
    this.runBlocks.set(oplog, block)
    for (const [nth, changes] of published.changes.entries()) {
      signal?.throwIfAborted()
      const seq = place.firstSeq + nth
      const op = { seq, outcome: run.outcomes[nth]!, changes, at: { batch: this.#batch, block, oplog, seq } }
      const runnable = doubt ?? (yield* this.#runnable(participant!, op))
      yield { op, runnable, isLegal: this.#isLegal(op), executed }
    }
  }

  get #focus(): Focus {
    return this.#context.focus ?? STRUCTURE
  }

  /** Whose run it is; null where that is not looked at. */
  *#participant({ place, block }: PublishedRun, at: Place): Steps<never, Participant | null> {
    const { run } = this.#focus
    if (run !== 'all' && run !== block) return null
    const participant = yield* here(this.#context.participants.get(place.oplog))
    if (participant === null || !participant.input.active)
      throw new Caught(violation('order', 'not-a-participant', at))
    return participant
  }

  #checkHead({ place, run }: PublishedRun, participant: Participant, at: Place): void {
    const covered = run.head.length >= place.firstSeq + run.outcomes.length
    if (!covered || !this.#isSigned(participant, run.head))
      throw new Caught(violation('order', 'op-invented', at))
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
  #checkForm({ run }: PublishedRun, at: Place): void {
    let bytes = 0
    for (const outcome of run.outcomes.slice(0, -1)) bytes += outcomeBytes(outcome)
    if (bytes >= this.#context.rules.limits.runBytesMax && run.outcomes.length > 1)
      throw new Caught(violation('schema', 'limit-exceeded', at))
  }

  #checkTurn({ place }: PublishedRun, { nextSeq }: ParticipantPlace, at: Place): void {
    const expected = this.nextSeqs.get(toHex(place.oplog)) ?? nextSeq
    if (place.firstSeq === expected) return
    const code = place.firstSeq > expected ? 'op-skipped' : 'op-repeated'
    throw new Caught(violation('order', code, at, { expected, published: place.firstSeq }))
  }

  #checkLink({ place, run }: PublishedRun, { lastRun }: ParticipantPlace, at: Place): void {
    const expected = this.runBlocks.get(toHex(place.oplog)) ?? lastRun
    if (run.prevRun === expected) return
    const message = 'a run names another previous run'
    throw new Caught(violation('schema', 'run-invalid', at, { message, expected, published: run.prevRun }))
  }

  /** Why no op of a run can be judged; null where some can. */
  *#doubtOf(participant: Participant | null, head: SignedHead): Steps<never, Doubt | null> {
    const { focus } = this.#context
    if (participant === null || (focus !== undefined && focus.op === null)) return NOT_JUDGED
    const code = yield* here(participant.compareHead(head))
    return code === null ? null : { code, message: UNPROVED_MESSAGES[code] ?? code }
  }

  /** Taken from the log as it is: all that can be checked of metadata is its form. */
  #isLegal({ outcome: { metadata } }: PublishedOp): boolean {
    const { valueBytesMax, valueDepthMax } = this.#context.rules.limits
    return metadata === undefined || isValue(metadata, { bytesMax: valueBytesMax, depthMax: valueDepthMax })
  }

  *#runnable(participant: Participant, op: PublishedOp): Steps<never, RunnableOp | Doubt> {
    const { focus } = this.#context
    if (focus !== undefined && focus.op !== op.seq) return NOT_JUDGED
    try {
      const block = yield* here(participant.block(op.seq))
      const { seq, outcome, changes, at } = op
      return { seq, outcome, changes, at, input: participant.input, block }
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
