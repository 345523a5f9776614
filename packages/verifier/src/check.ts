/**
 * Checks proofs of every kind from bytes and the key of a database (spec/7-proofs): no log, no network, in Node or a
 * browser. Only what takes the contract to be run, or an index to be laid out, needs a runner.
 */

import { fromHex, toHex } from '@vitra/log/formats'
import {
  type Crypto,
  checkConsistency,
  checkEquivocation,
  checkHeadProof,
  type EquivocationProof,
  type HeadProof,
  type LogIdentity,
  logKey,
  openBlocks,
  openReceipt,
  openState,
  oplogIdentity,
} from '@vitra/log/proofs'
import { FormatError, sameBytes } from '@vitra/log/values'
import { decodeProof, encodeProof, type Proof, proofFromJson } from './fraud/codec.js'
import { ProofEvidence } from './fraud/evidence.js'
import { type FraudProof, isAccused } from './fraud/fraud-proof.js'
import { type FraudRunner, type TrialResult, tryAccusation } from './fraud/trial.js'
import { type LogName, type Proven, type Verdict, verdict } from './proof-verdict.js'

/** What a proof is checked with. */
export interface CheckOptions {
  /** Public key of the database, its 32 bytes or their hex. */
  readonly pubkey: Uint8Array | string
  readonly crypto: Crypto
  /** Runs contracts; where there is none, what takes one is inconclusive. */
  readonly runner?: FraudRunner | null
}

/**
 * What a proof proves of the database with this key. Never throws, whatever it is given.
 *
 * @param proof its bytes, its JSON, or the object that one of them gave
 * @example
 * const { ok, explanation } = await check(bytes, { pubkey, crypto })
 */
export async function check(proof: unknown, options: CheckOptions): Promise<Verdict> {
  try {
    const key = readKey(options.pubkey)
    if (key === null) return verdict('key-invalid')
    const read = readProof(proof)
    return 'kind' in read ? await checkProof(read, key, options) : read
  } catch (error) {
    // What is left is the machine: memory, a sandbox that does not start.
    return verdict('inconclusive', `it could not be checked here: ${messageOf(error)}`)
  }
}

function readKey(pubkey: unknown): Uint8Array | null {
  if (typeof pubkey === 'string') return /^[0-9a-f]{64}$/i.test(pubkey) ? fromHex(pubkey.toLowerCase()) : null
  return pubkey instanceof Uint8Array && pubkey.length === 32 ? pubkey : null
}

/** An object goes through its bytes: what comes out has the form of a proof, whatever it was. */
function readProof(proof: unknown): Proof | Verdict {
  try {
    if (proof instanceof Uint8Array) return decodeProof(proof)
    if (Object.hasOwn(Object(proof), 'version')) return proofFromJson(proof)
    return decodeProof(encodeProof(proof as Proof))
  } catch (error) {
    if (!(error instanceof FormatError)) return verdict('format-invalid')
    if (error.code === 'VERSION_UNKNOWN' || error.code === 'TYPE_UNKNOWN')
      return verdict('kind-unknown', error.message)
    return verdict('format-invalid', error.message)
  }
}

async function checkProof(proof: Proof, key: Uint8Array, options: CheckOptions): Promise<Verdict> {
  const { crypto } = options
  const identity = 'identity' in proof ? proof.identity : proof.index.identity
  const log = nameOf(crypto, key, identity)
  if (log === null) return verdict('other-database')
  const logOf = log.participant === undefined ? key : logKey(crypto, identity)
  switch (proof.kind) {
    case 'head':
      return proved(checkHeadProof(crypto, logOf, proof) && headOf(log, proof))
    case 'blocks': {
      const blocks = openBlocks(crypto, logOf, proof)
      return proved(blocks !== null && { kind: 'blocks', log, head: proof.head, blocks })
    }
    case 'consistency':
      return proved(
        checkConsistency(crypto, logOf, proof) && {
          kind: 'consistency',
          log,
          from: proof.from,
          to: proof.to,
        },
      )
    case 'state': {
      const state = await openState(crypto, key, proof)
      return proved(state !== null && { kind: 'state', state })
    }
    case 'equivocation':
      return proved(checkEquivocation(crypto, logOf, proof) && guiltOf(log, proof))
    case 'receipt': {
      const receipt = openReceipt(crypto, key, proof)
      return proved(receipt !== null && { kind: 'receipt', receipt })
    }
    case 'fraud':
      return checkFraud(proof, key, options)
  }
}

/** Whose log an identity is in the database with this key; null where in none of its logs. */
function nameOf(crypto: Crypto, key: Uint8Array, identity: LogIdentity): LogName | null {
  if (sameBytes(logKey(crypto, identity), key)) return {}
  const oplog = oplogIdentity(identity.signer, key)
  return sameBytes(oplog.userData, identity.userData) ? { participant: toHex(identity.signer) } : null
}

function headOf(log: LogName, { head }: HeadProof): Proven {
  return { kind: 'head', log, head }
}

function guiltOf(log: LogName, { first, second, fork }: EquivocationProof): Proven {
  const heads = second === undefined ? [first] : [first, second]
  return { kind: 'equivocation', log, heads, ...(fork === undefined ? {} : { fork }) }
}

function proved(proves: Proven | false): Verdict {
  return proves === false ? verdict('not-proved') : verdict('proved', undefined, proves)
}

async function checkFraud(
  proof: FraudProof,
  key: Uint8Array,
  { crypto, runner = null }: CheckOptions,
): Promise<Verdict> {
  const evidence = ProofEvidence.open(crypto, key, proof)
  if (evidence === null) return verdict('not-proved')
  const { accusation } = proof
  const result = await tryAccusation({ crypto, runner }, evidence, accusation)
  if ('reason' in result) return unproved(result)
  const { violation, isExact } = result
  if (!isAccused(accusation, violation))
    return verdict('not-proved', `the evidence shows something else than it says: ${violation.code}`)
  // An op stands in it where the contract is run, and nowhere else.
  const hasOp = isExact && proof.op !== undefined
  if (hasOp || !evidence.isExact(isExact ? 0 : accusation.start)) return verdict('not-proved', TOO_MUCH)
  return proved({ kind: 'fraud', violation })
}

/** A proof has one form. */
const TOO_MUCH = 'it holds blocks that do not belong to it'

function unproved({ reason, at, findings = [] }: Exclude<TrialResult, { violation: unknown }>): Verdict {
  switch (reason) {
    case 'holds':
      return verdict('not-proved', 'what was published holds')
    case 'unfit':
      return verdict('not-proved', 'the evidence is not about what it accuses')
    case 'block-missing':
      return verdict('inconclusive', `a block is not in the proof: ${JSON.stringify(at)}`)
    case 'needs-runner':
      return verdict('needs-runner')
    case 'rules-unknown':
      return verdict('inconclusive', 'the rules have a version that this software does not know')
    case 'undecided':
      return verdict('inconclusive', findings.map(({ message }) => message).join('; '))
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'an unknown error'
}
