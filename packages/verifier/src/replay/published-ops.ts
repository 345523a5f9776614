/**
 * The ops of a published batch, one after the other (spec/2-index §5–§7): the place and form of each run is checked when
 * its first op is reached, and the block of each op is read.
 */
import {
  checkHead,
  type Executed,
  LogError,
  oplogIdentity,
  outcomeBytes,
  type Rules,
  type RunDraft,
  sodiumCrypto,
  toHex,
} from '@vitra/log'
import { type Finding, type Place, violation } from '../verdict.js'
import {
  type AuditedParticipant,
  type AuditedParticipants,
  compareOplogHead,
  readOplog,
} from './participants.js'
import { Caught, type PublishedRun } from './published-batch.js'
import { type Doubt, isValue, type PublishedOp } from './published-form.js'

export interface OpsContext {
  readonly log: { readonly key: Uint8Array }
  readonly rules: Rules
  readonly participants: AuditedParticipants
  readonly waitMs: number
  readonly signal: AbortSignal | undefined
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
  /** Where each participant stands after the ops that were read. */
  readonly nextSeqs = new Map<AuditedParticipant, number>()
  readonly #context: OpsContext
  readonly #batch: number
  readonly #runBlocks: Map<string, number>

  /** @param batch its number */
  constructor(context: OpsContext, batch: number) {
    this.#context = context
    this.#batch = batch
    this.#runBlocks = new Map(context.participants.runBlocks)
  }

  /** @throws {Caught} at the first op of a run that breaks the format */
  async *read(published: readonly PublishedRun[]): AsyncGenerator<OpInTurn, void> {
    for (const run of published) yield* this.#readRun(run)
  }

  async *#readRun(published: PublishedRun): AsyncGenerator<OpInTurn, void> {
    const { place, run, block } = published
    const { signal, waitMs } = this.#context
    const at: Place = { batch: this.#batch, block, oplog: toHex(place.oplog), seq: place.firstSeq }
    const participant = this.#checkPlace(published, at)
    this.#checkForm(published, at)
    const unproved = await compareOplogHead(participant, run.head, waitMs)
    const executed: Executed[] = []
    this.runs.push({ oplog: place.oplog, firstSeq: place.firstSeq, head: run.head, executed })
    this.nextSeqs.set(participant, place.firstSeq + run.outcomes.length)
    for (const [nth, outcome] of run.outcomes.entries()) {
      signal?.throwIfAborted()
      const seq = place.firstSeq + nth
      const { input } = participant
      const op = { input, seq, outcome, changes: published.changes[nth]!, at: { ...at, seq } }
      const block = unproved === null ? await this.#readBlock(participant, seq) : unprovedDoubt(unproved)
      yield { op, block, isLegal: this.#isLegal(op), executed }
    }
  }

  #checkPlace({ place, run }: PublishedRun, at: Place): AuditedParticipant {
    const { participants, log } = this.#context
    const participant = participants.get(place.oplog)
    if (participant === undefined || !participant.input.active)
      throw new Caught(violation('order', 'not-a-participant', at))
    const expected = this.nextSeqs.get(participant) ?? participant.nextSeq
    if (place.firstSeq !== expected) {
      const code = place.firstSeq > expected ? 'op-skipped' : 'op-repeated'
      throw new Caught(violation('order', code, at, { expected, published: place.firstSeq }))
    }
    const identity = oplogIdentity(participant.input.signer, log.key)
    const covered = run.head.length >= place.firstSeq + run.outcomes.length
    if (!covered || !checkHead(sodiumCrypto, identity, run.head))
      throw new Caught(violation('order', 'op-invented', at))
    return participant
  }

  /** A run closes once its outcomes reach the limit: all but the last stay below it. */
  #checkForm({ run, place, block }: PublishedRun, at: Place): void {
    let bytes = 0
    for (const outcome of run.outcomes.slice(0, -1)) bytes += outcomeBytes(outcome)
    if (bytes >= this.#context.rules.limits.runBytesMax && run.outcomes.length > 1)
      throw new Caught(violation('schema', 'limit-exceeded', at))
    const oplog = toHex(place.oplog)
    const expected = this.#runBlocks.get(oplog) ?? 0
    if (run.prevRun !== expected) {
      const message = 'a run names another previous run'
      throw new Caught(violation('schema', 'run-invalid', at, { message, expected, published: run.prevRun }))
    }
    this.#runBlocks.set(oplog, block)
  }

  /** Taken from the log as it is: all that can be checked of metadata is its form. */
  #isLegal({ outcome: { metadata } }: PublishedOp): boolean {
    const { valueBytesMax, valueDepthMax } = this.#context.rules.limits
    return metadata === undefined || isValue(metadata, { bytesMax: valueBytesMax, depthMax: valueDepthMax })
  }

  async #readBlock(participant: AuditedParticipant, seq: number): Promise<Uint8Array | Doubt> {
    try {
      return await readOplog(participant, seq, this.#context.waitMs)
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'BLOCK_MISSING') throw error
      return { code: 'block-missing', message: 'an op is not here' }
    }
  }
}

function unprovedDoubt(code: Finding['code']): Doubt {
  return { code, message: UNPROVED_MESSAGES[code] ?? code }
}

const UNPROVED_MESSAGES: Partial<Record<Finding['code'], string>> = {
  'oplog-behind': "a participant's log is shorter here than what it signed",
  'oplog-equivocation': 'a participant signed two histories of its log',
  'block-missing': "a block of a participant's log is not here",
}
