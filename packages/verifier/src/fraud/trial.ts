/**
 * Tries an accusation (spec/7-proofs §12): the check that an audit makes of a batch, over evidence alone. Whoever makes a
 * proof and whoever checks it run this; they differ in where the blocks come from.
 */
import {
  BATCH_PATH,
  type BlockSource,
  decodeGenesis,
  decodeIndexBlock,
  decodeRules,
  type IndexEntry,
  layOutBatch,
  type Rules,
} from '@vitra/log/formats'
import { BeeReader, type Crypto, treeHash } from '@vitra/log/proofs'
import { type Change, type Overlay, sameBytes, VitraError } from '@vitra/log/values'
import { BatchCheck, type OpsInTurn } from '../batch/batch-check.js'
import { readSource, recordAt } from '../batch/batch-end.js'
import { auditGenesis, RulesUnknown } from '../batch/genesis.js'
import {
  Caught,
  decodeRecord,
  firstEntry,
  isFormat,
  type PublishedBatch,
  readBatch,
  readEntry,
  type Stretch,
} from '../batch/published-batch.js'
import { type CheckedOp, checkForm, type FormContext, type RunnableOp } from '../batch/published-form.js'
import { type Focus, type OpInTurn, STRUCTURE } from '../batch/published-ops.js'
import type { Soon, Turns } from '../batch/soon.js'
import { Missing } from '../batch/sources.js'
import { otherTree, refusedContract } from '../batch/violations.js'
import { type Finding, type Place, type Violation, violation } from '../verdict.js'
import type { Evidence, EvidenceIndex } from './evidence.js'
import { type Accusation, isAboutExecution, isReadInPart } from './fraud-proof.js'
import { StateParticipants } from './state-participants.js'

/** What is needed to run one op. */
export interface OpTrial extends FormContext {
  /** State before the op. */
  readonly view: Overlay
  /** Engine that the batch record names. */
  readonly engine: string
  /** The contract in force. */
  readonly source: string
}

/** What a trial cannot do in a browser. */
export interface FraudRunner {
  /** Runs the contract on an op. @throws {Caught} where it does not give what was published */
  checkOp(trial: OpTrial, op: RunnableOp): Promise<CheckedOp>
  /** Lays entries out over an index of some length, 0 for none. */
  layOut(
    index: EvidenceIndex,
    start: number,
    changes: readonly Change[],
  ): Promise<{ readonly length: number; readonly treeHash: Uint8Array }>
  /** Why a source is no contract under an engine; null where it is one, or that engine is not here. */
  refusal(source: string, rules: Rules, engine: string): Promise<string | null>
}

export interface TrialContext {
  readonly crypto: Crypto
  /** Null in a browser. */
  readonly runner: FraudRunner | null
}

/** A violation that a trial found. */
export interface FoundViolation {
  readonly violation: Violation
  /** True where nothing was run or laid out: what was read of the evidence follows from the accusation alone. */
  readonly isExact: boolean
}

/** What a trial came to: a violation, or why there is none. */
export type TrialResult =
  | FoundViolation
  | { readonly reason: TrialReason; readonly at?: Place; readonly findings?: readonly Finding[] }

/** Why a trial found no violation. */
type TrialReason =
  /** Everything that was looked at holds. */
  | 'holds'
  /** It could not be decided here: the findings say why. */
  | 'undecided'
  /** A block is not in the evidence. */
  | 'block-missing'
  /** It takes a sandbox, or the layout of an index, that is not here. */
  | 'needs-runner'
  /** The evidence is not about what the accusation names. */
  | 'unfit'
  /** The rules have a version that this software does not know. */
  | 'rules-unknown'

/** The evidence is not about what the accusation names. */
class Unfit extends Error {}
/** It takes what is not here. */
class NeedsRunner extends Error {}

/** Tries an accusation. @throws what the sandbox throws where this machine runs nothing now */
export async function tryAccusation(
  context: TrialContext,
  evidence: Evidence,
  accusation: Accusation,
): Promise<TrialResult> {
  let isExact = true
  const runner = context.runner === null ? null : noting(context.runner, () => (isExact = false))
  try {
    const findings = await tryAll({ ...context, runner }, evidence, accusation)
    return findings.length === 0 ? { reason: 'holds' } : { reason: 'undecided', findings }
  } catch (error) {
    if (error instanceof Caught) return { violation: error.violation, isExact }
    if (error instanceof Missing) return { reason: 'block-missing', at: error.at }
    if (error instanceof NeedsRunner) return { reason: 'needs-runner' }
    if (error instanceof RulesUnknown) return { reason: 'rules-unknown' }
    if (error instanceof VitraError && error.code === 'RULES_UNKNOWN') return { reason: 'rules-unknown' }
    const isUnreadable = error instanceof VitraError && error.code === 'INDEX_UNREADABLE'
    if (error instanceof Unfit || isUnreadable || isFormat(error)) return { reason: 'unfit' }
    throw error
  }
}

/** A runner reads as the sandbox and Hyperbee do, which may change from one version to the next. */
function noting(runner: FraudRunner, note: () => void): FraudRunner {
  return {
    checkOp(...args) {
      note()
      return runner.checkOp(...args)
    },
    layOut(...args) {
      note()
      return runner.layOut(...args)
    },
    refusal: (...args) => runner.refusal(...args),
  }
}

async function tryAll(
  context: TrialContext,
  evidence: Evidence,
  accusation: Accusation,
): Promise<readonly Finding[]> {
  const { code, start } = accusation
  if (code === 'log-forked') throw new Unfit('two heads show it, not blocks')
  if (!isReadInPart(accusation) && accusation.end !== 0) throw new Unfit('it has no end')
  if (code === 'head-inside-batch') return tryHead(evidence.index)
  return start === 0 ? tryGenesis(context, evidence.index) : tryBatch(context, evidence, accusation)
}

async function tryHead(index: EvidenceIndex): Promise<Finding[]> {
  const block = index.head.length - 1
  if (!(await isBatchRecord(index, block)))
    throw new Caught(violation('schema', 'head-inside-batch', { block }))
  return []
}

async function isBatchRecord(index: EvidenceIndex, seq: number): Promise<boolean> {
  const block = await index.block(seq)
  try {
    return decodeIndexBlock(block).path === BATCH_PATH
  } catch (error) {
    if (isFormat(error)) return false
    throw error
  }
}

async function tryGenesis({ crypto, runner }: TrialContext, index: EvidenceIndex): Promise<Finding[]> {
  const batch = await readBatch(index, { number: 0, start: 0, end: index.head.length })
  const { changes, source, rules } = auditGenesis(crypto, index, batch)
  if (runner === null) throw new NeedsRunner()
  const laidOut = await runner.layOut(index, 0, changes)
  const published = treeHash(crypto, await index.roots(batch.end))
  if (laidOut.length !== batch.end || !sameBytes(laidOut.treeHash, published))
    throw otherTree('genesis-invalid', batch, laidOut.treeHash)
  const why = await runner.refusal(source, rules, batch.record.engine)
  if (why !== null) throw refusedContract(why)
  return []
}

async function tryBatch(
  context: TrialContext,
  evidence: Evidence,
  accusation: Accusation,
): Promise<readonly Finding[]> {
  const { crypto, runner } = context
  const { index } = evidence
  const { start } = accusation
  if (start >= index.head.length) throw new Unfit('nothing follows')
  const before = await recordAt(index, start)
  if (before === null) throw new Unfit('no batch ends there')
  const reader = new BeeReader(async (seq) => index.block(seq), start)
  const rules = rulesOf(await index.genesis(start))
  const participants = new StateParticipants(reader, evidence)
  const batch = await openBatch(index, before.number + 1, accusation)
  const form = { crypto, rules, indexKey: index.key }
  const judge = (view: Overlay, ops: Turns<OpInTurn>) =>
    new AccusedOp({ ...form, view, engine: batch.record.engine }, reader, runner, ops)
  const check = new BatchCheck(
    {
      ...form,
      identity: index.identity,
      state: reader,
      treeHash: treeHash(crypto, await index.roots(start)),
      lastTs: before.lastTs,
      participants,
      focus: focusOf(accusation),
      judge,
    },
    batch,
  )
  const { prevHead, runs } = await check.check()
  if (accusation.code !== 'non-canonical-index')
    return check.findings.filter(({ at }) => isAboutExecution(accusation) && isAt(at, accusation))
  const { number, engine } = batch.record
  const draft = { number, prevHead, lastTs: check.lastTs, engine, runs }
  const { changes } = layOutBatch(draft, participants.runBlocks)
  await tryLayout(context, index, batch, changes)
  return []
}

function isAt(at: Place, { block, seq }: Accusation): boolean {
  return at.block === block && at.seq === seq
}

/** Nothing overwrites the genesis record, so it is read where it stands and not through the tree. */
function rulesOf(block: Uint8Array): Rules {
  const { value } = decodeIndexBlock(block)
  if (value === null) throw new Unfit('a state without rules')
  return decodeRules(decodeGenesis(value).rules)
}

async function tryLayout(
  { crypto, runner }: TrialContext,
  index: EvidenceIndex,
  batch: PublishedBatch,
  changes: readonly Change[],
): Promise<void> {
  if (runner === null) throw new NeedsRunner()
  const laidOut = await runner.layOut(index, batch.start, changes)
  const published = treeHash(crypto, await index.roots(batch.end))
  if (laidOut.length !== batch.end || !sameBytes(laidOut.treeHash, published))
    throw otherTree('non-canonical-index', batch, laidOut.treeHash)
}

/** What of the batch the accused rule is about: an honest batch stands every check, so that those left out hide nothing. */
function focusOf({ code, block, seq }: Accusation): Focus {
  if (code === 'non-canonical-index') return STRUCTURE
  if (block === undefined || seq === undefined) return NOTHING
  switch (code) {
    case 'wrong-outcome':
    case 'wrong-changes':
      return { run: block, isPlaced: false, op: seq }
    case 'not-a-participant':
    case 'op-invented':
      return { run: block, isPlaced: false, op: null }
    case 'op-skipped':
    case 'op-repeated':
    case 'run-invalid':
      return { run: block, isPlaced: true, op: null }
    default:
      return NOTHING
  }
}

const NOTHING: Focus = { run: null, isPlaced: false, op: null }

/** The accused batch: all of it, or its record and what stands before the violation. */
async function openBatch(
  index: EvidenceIndex,
  number: number,
  accusation: Accusation,
): Promise<PublishedBatch> {
  const { start, end, block, seq } = accusation
  if (!isReadInPart(accusation)) return readBatch(index, { number, start, end: index.head.length })
  if (end <= start || end > index.head.length) throw new Unfit('no such batch')
  const last = await readEntry(index, number, end - 1)
  if (last.path !== BATCH_PATH) throw new Unfit('no batch ends there')
  const record = decodeRecord(last, number)
  // Else it closes another batch, and what would be read up to it belongs to several.
  if (record.prevEnd !== start || record.blocks !== end - start)
    throw new Unfit('the record of another batch')
  const until = block === undefined || seq === undefined ? {} : { until: { block, seq } }
  return { number, start, end, record, entries: entriesOf(index, { number, start, end }), ...until }
}

async function* entriesOf(index: EvidenceIndex, { number, start, end }: Stretch): AsyncGenerator<IndexEntry> {
  for (let seq = firstEntry(start); seq < end - 1; seq++) {
    const entry = await readEntry(index, number, seq)
    if (entry.path === BATCH_PATH) throw new Unfit('the batch ends before')
    yield entry
  }
}

/** Runs the accused op; the others are never asked about. */
class AccusedOp implements OpsInTurn {
  readonly #trial: Omit<OpTrial, 'source'>
  readonly #state: BlockSource
  readonly #runner: FraudRunner | null
  readonly #ops: Turns<OpInTurn>

  constructor(
    trial: Omit<OpTrial, 'source'>,
    state: BlockSource,
    runner: FraudRunner | null,
    ops: Turns<OpInTurn>,
  ) {
    this.#trial = trial
    this.#state = state
    this.#runner = runner
    this.#ops = ops
  }

  next(): Soon<OpInTurn | null> {
    return this.#ops.next()
  }

  async check(op: RunnableOp): Promise<CheckedOp> {
    // What no contract can give needs none to be shown.
    checkForm(this.#trial, op)
    const source = await readSource(this.#state)
    if (source === null) throw new Unfit('a state without a contract')
    if (this.#runner === null) throw new NeedsRunner()
    return this.#runner.checkOp({ ...this.#trial, source }, op)
  }

  restart(): void {}
}
