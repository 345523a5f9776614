/** Runs (spec/2-index §5): the outcomes of consecutive blocks of one oplog, under its owner's signed head. */
import { RUN_SEQ_DIGITS, SIGNATURE_BYTES } from '../constants.js'
import { FormatError } from '../errors.js'
import type { SignedHead } from '../proofs/head.js'
import { decodeValue } from '../values/cbor-decode.js'
import { decodeCanonical, encodeMessage, expectBytes, expectVersion } from './codec.js'
import { fromHex, toHex } from './hex.js'
import { OutcomeMessage, type OutcomeMessageInput, RunMessage } from './messages.generated.js'
import { FAILURE_CODES, type FailureCode, OUTCOME_KINDS, type Outcome } from './outcome.js'

const VERSION = 1

/** The outcomes of consecutive blocks of one oplog (spec/2-index §5). */
export interface Run {
  /** The oplog's head under which the run's ops are proved; its length reaches the run's end at least. */
  readonly head: SignedHead
  /** Index block of this oplog's previous run; 0 where there is none. */
  readonly prevRun: number
  readonly outcomes: readonly Outcome[]
}

/** Where a run stands: its oplog and the sequence number of its first block. */
export interface RunPlace {
  readonly oplog: Uint8Array
  readonly firstSeq: number
}

const ACKS = '/.sys/acks'
const RUNS = `${ACKS}/`

/** Path of a run in the index. */
export function runPath(place: RunPlace): string {
  return `${ACKS}/${toHex(place.oplog)}/${String(place.firstSeq).padStart(RUN_SEQ_DIGITS, '0')}`
}

/** Prefix of all runs of one oplog. */
export function runsPrefix(oplog: Uint8Array): string {
  return `${ACKS}/${toHex(oplog)}`
}

/** The place that a path names, or null where it is not the path of a run. */
export function parseRunPath(path: string): RunPlace | null {
  if (!path.startsWith(RUNS)) return null
  const match = /^\/\.sys\/acks\/([0-9a-f]{64})\/([0-9]{15})$/.exec(path)
  if (match === null) return null
  return { oplog: fromHex(match[1]!), firstSeq: Number(match[2]) }
}

/** Canonical bytes of a run. */
export function encodeRun(run: Run): Uint8Array {
  return encodeMessage(RunMessage, {
    version: VERSION,
    head: { ...run.head },
    prevRun: run.prevRun,
    outcomes: run.outcomes.map(toMessage),
  })
}

/** Bytes that one outcome adds to a run. */
export function outcomeBytes(outcome: Outcome): number {
  return OutcomeMessage.encodingLength(toMessage(outcome))
}

/**
 * @throws {FormatError} `FORMAT_INVALID` or `VERSION_UNKNOWN`, or a `ValueError` for a result that is no value
 */
export function decodeRun(bytes: Uint8Array): Run {
  const message = decodeCanonical(RunMessage, bytes, 'run')
  expectVersion(message.version, VERSION, 'run')
  const { head, prevRun, outcomes } = message
  expectBytes(head.treeHash, 32, 'tree hash')
  expectBytes(head.signature, SIGNATURE_BYTES, 'signature')
  if (outcomes.length === 0) throw new FormatError('FORMAT_INVALID', 'run: it holds no outcome')
  return Object.freeze({ head: Object.freeze({ ...head }), prevRun, outcomes: outcomes.map(fromMessage) })
}

function toMessage(outcome: Outcome): OutcomeMessageInput {
  const { kind, ts, numChanges, fuel, code, message, metadata, value } = outcome
  return {
    kind: OUTCOME_KINDS.indexOf(kind),
    ts,
    numChanges,
    fuel,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(value === undefined ? {} : { value }),
  }
}

function fromMessage(decoded: OutcomeMessage): Outcome {
  const kind = OUTCOME_KINDS[decoded.kind]
  if (kind === undefined)
    throw new FormatError('FORMAT_INVALID', `outcome: kind ${decoded.kind} is not known`)
  const { ts, numChanges, fuel, code, message, metadata, value } = decoded
  // Absent fields are null: an empty text is present.
  if ((code !== null) !== (kind === 'failed')) {
    throw new FormatError('FORMAT_INVALID', 'outcome: a code stands with `failed` and there only')
  }
  if (message !== null && code === null) {
    throw new FormatError('FORMAT_INVALID', 'outcome: a message stands with `failed` only')
  }
  if (code !== null && !FAILURE_CODES.includes(code as FailureCode)) {
    throw new FormatError('FORMAT_INVALID', `outcome: code ${JSON.stringify(code)} is not known`)
  }
  for (const bytes of [metadata, value]) if (bytes !== null) decodeValue(bytes)
  return Object.freeze({
    kind,
    ts,
    numChanges,
    fuel,
    ...(code === null ? {} : { code: code as FailureCode }),
    ...(message === null ? {} : { message }),
    ...(metadata === null ? {} : { metadata }),
    ...(value === null ? {} : { value }),
  })
}
