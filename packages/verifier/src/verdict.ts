/**
 * Verdicts (spec/7-proofs §8, protocol §8): `valid`, `fraud` with what contradicts what, or
 * `inconclusive` with everything that kept the audit from saying more. Browser-safe.
 */

/** What kind of lie a violation is; the portable proof of the same name shows it to a stranger. */
export type ViolationKind = 'genesis' | 'schema' | 'order' | 'execution' | 'index' | 'equivocation'

/** Violations, one stable code each. */
export const VIOLATION_CODES = {
  'genesis-invalid': 'the index does not open with the genesis that its public key commits to',
  'record-invalid': 'a batch record breaks the format, or contradicts the batch it closes',
  'run-invalid': 'a run breaks the format, or contradicts the runs before it',
  'head-inside-batch': 'the executor signed a head at which no batch ends',
  'not-a-participant': 'an op was executed from a log that is not that of an active participant',
  'op-skipped': 'an op was passed over',
  'op-repeated': 'an op was executed twice',
  'op-invented': 'an op was executed that its participant never signed',
  'time-backwards': 'a timestamp lies before the one ahead of it',
  'limit-exceeded': 'a batch or run is longer than the rules allow',
  'batch-not-cut': 'a batch goes on after an op that changed the contract or the participants',
  'wrong-outcome': 'the published outcome is not what the contract gives',
  'wrong-changes': 'the published changes are not what the contract gives',
  'unprompted-change': 'a change was published that no op asked for',
  'non-canonical-index': 'the tree of the index differs from the one that its entries give',
  'log-forked': 'the executor rewrote its log',
} as const
/** A code of {@link VIOLATION_CODES}. */
export type ViolationCode = keyof typeof VIOLATION_CODES

/** Where in the logs a violation or finding stands. */
export interface Place {
  /** Number of the batch. */
  readonly batch?: number
  /** Index block. */
  readonly block?: number
  /** Participant's oplog key, hex. */
  readonly oplog?: string
  /** Sequence number in that oplog. */
  readonly seq?: number
}

/** What an executor did against the contract. */
export interface Violation {
  readonly kind: ViolationKind
  readonly code: ViolationCode
  /** One sentence for a person. */
  readonly message: string
  readonly at: Place
  /** What the contract, the participants' logs or the spec call for; plain data. */
  readonly expected?: unknown
  /** What was published. */
  readonly published?: unknown
}

/** Why something could not be checked; none of them accuses the executor. */
export type FindingCode =
  /** Nothing of the index is here. */
  | 'index-empty'
  /** The index here is shorter than what its executor signed: it took blocks back, or this copy lost them. */
  | 'index-shortened'
  /** Peers have more of the index than this copy. */
  | 'index-behind'
  /** A block of the index or of an oplog is not here. */
  | 'block-missing'
  /** A participant's oplog here is shorter than what it signed. */
  | 'oplog-behind'
  /** A participant signed two histories; the executor saw the other one. */
  | 'oplog-equivocation'
  /** An op cannot be run here either: time, memory. */
  | 'unexecutable'
  /** The executor called an op unexecutable that runs here. */
  | 'disputed'
  /** The result differs under another engine than the one recorded. */
  | 'other-engine'
  /** Two runs here gave different results. */
  | 'unstable'
  /** The rules have a version that this software does not know. */
  | 'rules-unknown'
  /** A batch names an engine that this software does not know. */
  | 'engine-unknown'
  /** The contract does not load on this engine. */
  | 'contract-refused'
  /** The index as published cannot be gone on from where a part begins. */
  | 'start-unreadable'
  /** A participant acknowledged another history of the index than the one here: the executor shows two, or it lies. */
  | 'echo-contradiction'

/** Something that could not be checked. */
export interface Finding {
  readonly code: FindingCode
  readonly message: string
  readonly at: Place
  /**
   * True where a dishonest executor could hide behind it: everything is here, and still the executor's word stands
   * unchecked. It accuses nobody; have it checked elsewhere.
   */
  readonly suspect: boolean
  /** Of an engine's finding: the engine that the batch record names, and the one here. */
  readonly engines?: { readonly recorded: string; readonly here: string }
  /** Of an acknowledgement that contradicts the index. */
  readonly echo?: ContradictingEcho
}

/** A head that a participant acknowledged, and what is here; keys and hashes in hex. One of the two parties is wrong. */
export interface ContradictingEcho {
  /** Public key of the participant who signed the acknowledgement. */
  readonly participant: string
  /** Public key of the executor who signed the index here. */
  readonly executor: string
  /** Length of the index that was acknowledged, and its tree hash there. */
  readonly length: number
  readonly treeHash: string
  /** Tree hash of the index here at that length; null where it does not reach so far. */
  readonly published: string | null
}

const SUSPECT_CODES: ReadonlySet<FindingCode> = new Set([
  'contract-refused',
  'disputed',
  'echo-contradiction',
  'other-engine',
  'start-unreadable',
  'unstable',
])

/** A finding, suspect by its code unless told otherwise. */
export function finding(
  code: FindingCode,
  message: string,
  at: Place,
  more: Partial<Pick<Finding, 'suspect' | 'engines' | 'echo'>> = {},
): Finding {
  return Object.freeze({ code, message, at: Object.freeze(at), suspect: SUSPECT_CODES.has(code), ...more })
}

/** A part of the index, between two batch ends. */
export interface AuditPart {
  /** Index length before its first batch; 0 for genesis. */
  readonly from: number
  /** Index length after its last batch. */
  readonly to: number
}

/** What an audit was told to look at, where that is not everything. */
export interface AuditScope {
  /** The parts that were looked at, in order; absent where it was all of the index. */
  readonly parts?: readonly AuditPart[]
  /** Of a sample: how often a block was drawn; the batches that they are in were checked. */
  readonly draws?: number
  /** True where no op was run: structure, order, signatures and tree hashes alone were checked. */
  readonly hashOnly: boolean
}

/** What an audit found. */
export interface AuditReport {
  /**
   * `partial` where what the audit was told to look at holds, and that is not everything: it says nothing of the
   * rest.
   */
  readonly verdict: 'valid' | 'partial' | 'fraud' | 'inconclusive'
  /** What was looked at, where that is not everything. */
  readonly scope?: AuditScope
  /** Index length at which the audit began: 0 for genesis, else what an earlier audit here had checked. */
  readonly from: number
  /** How far the audit reached: every batch up to this index length was checked. */
  readonly version: number
  /** Index length that is here. */
  readonly length: number
  /** Batches and ops that were checked since `from`. */
  readonly batches: number
  readonly ops: number
  /** Ops in the participants' logs that have no outcome yet. */
  readonly waiting: number
  readonly findings: readonly Finding[]
  readonly violation?: Violation
}

/** A violation with the message of its code unless told otherwise. */
export function violation(
  kind: ViolationKind,
  code: ViolationCode,
  at: Place,
  more: Partial<Violation> = {},
): Violation {
  return Object.freeze({ kind, code, message: VIOLATION_CODES[code], at: Object.freeze(at), ...more })
}

/**
 * How probable it is that a sample has hit a wrong batch.
 *
 * @param draws how many blocks of the index were drawn, each on its own
 * @param share the share of the index that wrong batches make up, in blocks: 0.01 for one block in a hundred
 * @example sampleProbability(300, 0.01) // 0.951
 */
export function sampleProbability(draws: number, share: number): number {
  return 1 - (1 - share) ** draws
}
