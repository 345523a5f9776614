/** What a check of a proof says (spec/7-proofs §1). Browser-safe. */
import { toHex } from '@vitra/log/formats'
import type { OpenReceipt, ProvedState, SignedHead } from '@vitra/log/proofs'
import type { Violation } from './verdict.js'

/** Codes of verdicts on proofs, and what each says. */
export const VERDICT_CODES = {
  proved: 'the proof holds',
  'not-proved': 'the proof does not show what it says',
  'format-invalid': 'the bytes are no proof',
  'kind-unknown': 'a proof of a kind or version that is not known here: use a newer version of Vitra',
  'key-invalid': 'the public key of a database is 32 bytes, or 64 hex digits',
  'other-database': 'the proof is about another database than the one with this key',
  'needs-runner': 'to check it the contract has to be run, or an index laid out: check it with Node',
  inconclusive: 'it could not be decided; it accuses nobody',
} as const
/** A code of {@link VERDICT_CODES}. */
export type VerdictCode = keyof typeof VERDICT_CODES

/**
 * A log of a database: the index, or the oplog of a public key, hex. Every key has one in every database: whether it is a
 * participant's is for a state proof or a receipt to say.
 */
export interface LogName {
  readonly participant?: string
}

/** What a proof proves. */
export type Proven =
  /** The owner of the log signed this head. */
  | { readonly kind: 'head'; readonly log: LogName; readonly head: SignedHead }
  /** These blocks are in the log, by sequence number. */
  | {
      readonly kind: 'blocks'
      readonly log: LogName
      readonly head: SignedHead
      readonly blocks: ReadonlyMap<number, Uint8Array>
    }
  /** The log was only appended to from one head to the other. */
  | {
      readonly kind: 'consistency'
      readonly log: LogName
      readonly from: SignedHead
      readonly to: SignedHead
    }
  /** What the database holds at a version. */
  | { readonly kind: 'state'; readonly state: ProvedState }
  /** These ops of a participant were executed, with these outcomes and changes. */
  | { readonly kind: 'receipt'; readonly receipt: OpenReceipt }
  /** The owner of the log signed two histories: the executor, or a participant, which is never the executor's guilt. */
  | {
      readonly kind: 'equivocation'
      readonly log: LogName
      readonly heads: readonly SignedHead[]
      readonly fork?: number
    }
  /** The executor has violated the contract or the spec. */
  | { readonly kind: 'fraud'; readonly violation: Violation }

/** What a check of a proof came to. */
export interface Verdict {
  /** True where the proof holds; only then `proves` says what follows from it. */
  readonly ok: boolean
  readonly code: VerdictCode
  /** For a person. */
  readonly explanation: string
  readonly proves: Proven | null
}

/** A verdict, with the text of its code and of what it proves. */
export function verdict(code: VerdictCode, more?: string, proves: Proven | null = null): Verdict {
  const said = more === undefined ? VERDICT_CODES[code] : `${VERDICT_CODES[code]}: ${more}`
  return Object.freeze({
    ok: code === 'proved',
    code,
    explanation: proves === null ? said : explain(proves),
    proves,
  })
}

function explain(proves: Proven): string {
  switch (proves.kind) {
    case 'head':
      return `${ownerOf(proves.log)} signed a head of ${proves.head.length} blocks`
    case 'blocks': {
      const seqs = [...proves.blocks.keys()]
      const which = seqs.length === 1 ? `block ${seqs[0]} is` : `${seqs.length} blocks are`
      return `${which} in ${nameOf(proves.log)}, which has ${proves.head.length}`
    }
    case 'consistency':
      return `from ${proves.from.length} to ${proves.to.length} blocks ${nameOf(proves.log)} was only appended to`
    case 'state':
      return `at version ${proves.state.version} the database holds what the proof says`
    case 'receipt': {
      const { ops, signer } = proves.receipt
      const which = ops.length === 1 ? 'an op' : `${ops.length} ops`
      return `${which} of participant ${toHex(signer)} ${ops.length === 1 ? 'was' : 'were'} executed as the proof says`
    }
    case 'equivocation':
      return `${ownerOf(proves.log)} signed two histories of ${nameOf(proves.log)}`
    case 'fraud':
      return `the executor has violated the contract: ${proves.violation.message} (${proves.violation.code})`
  }
}

function ownerOf({ participant }: LogName): string {
  return participant === undefined ? 'the executor' : `the owner of key ${participant}`
}

function nameOf({ participant }: LogName): string {
  return participant === undefined ? 'the index' : `the oplog of key ${participant}`
}
