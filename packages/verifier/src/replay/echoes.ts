/**
 * Compares what participants have acknowledged in their oplogs with the index here (spec/7-proofs §8): whoever
 * acknowledged a head of another history was shown one by the executor, or lies. Their word accuses nobody; the other
 * head under the executor's own signature, from a peer that has it, does.
 */
import {
  checkHead,
  fromHex,
  type Log,
  readEcho,
  type SignedHead,
  sameBytes,
  sodiumCrypto,
  toHex,
} from '@vitra/log'
import { Caught } from '../batch/published-batch.js'
import { Missing } from '../batch/sources.js'
import { type Finding, finding, violation } from '../verdict.js'
import type { AuditedLog } from './participants.js'

/** Blocks of an oplog that are read at a time. */
const READ_BLOCKS = 1024
/** Echoes of one participant beyond the index here that are kept; no honest one has as many. */
const AHEAD_MAX = 4096
/** No history of a database has a head that is shorter: header, source, a participant, genesis record, batch record. */
const HEAD_LENGTH_MIN = 5

export interface EchoesOptions {
  readonly index: Log
  /** Tree hash of the index here. @throws {Missing} */
  readonly hashAt: (length: number) => Promise<Uint8Array>
  /** Asks peers for heads of the index at a length; what they say is checked. */
  readonly askHeads?: ((length: number) => Promise<readonly SignedHead[]>) | undefined
  /** Blocks of each oplog, by its key in hex, that an earlier audit of this copy has looked at. */
  readonly from: ReadonlyMap<string, number>
  /** What earlier audits of this copy have found. */
  readonly known: readonly Finding[]
}

/** A head that a participant has acknowledged. */
interface Claim {
  readonly seq: number
  readonly length: number
  readonly treeHash: Uint8Array
}

/** One participant's echoes. */
interface Claims {
  nextSeq: number
  /** Of heads that the index here does not reach. */
  ahead: Claim[]
  /** The first that contradicts the index: one is enough, and what follows it is of the same other history. */
  other: Claim | null
}

export class Echoes {
  readonly #options: EchoesOptions
  readonly #claims = new Map<string, Claims>()

  constructor(options: EchoesOptions) {
    this.#options = options
  }

  /**
   * Looks at what the logs have that was not looked at, and again at what the index had not reached.
   *
   * @returns a finding for each participant who acknowledged another history
   * @throws {Caught} `log-forked` where a peer gave the executor's own signature of one
   */
  async check(logs: readonly AuditedLog[], signal?: AbortSignal): Promise<readonly Finding[]> {
    const findings: Finding[] = []
    for (const participant of logs) {
      const claims = this.#claimsOf(participant)
      await this.#compareNew(participant, claims, signal)
      if (claims.other === null) continue
      await this.#askFor(claims.other)
      findings.push(await this.#findingOf(participant, claims.other))
    }
    return findings
  }

  /** Looks at the blocks that have an outcome: before an audit keeps the place that it has reached. */
  async compareExecuted(logs: readonly AuditedLog[]): Promise<void> {
    for (const participant of logs) {
      const claims = this.#claimsOf(participant)
      if (claims.nextSeq < participant.nextSeq) await this.#compareNew(participant, claims)
    }
  }

  #claimsOf({ input }: AuditedLog): Claims {
    const oplog = toHex(input.oplog)
    const open = this.#claims.get(oplog)
    if (open !== undefined) return open
    const { from, known } = this.#options
    const nextSeq = from.get(oplog) ?? 0
    const found =
      nextSeq === 0 ? undefined : known.find(({ at, echo }) => at.oplog === oplog && echo !== undefined)
    const claims: Claims = { nextSeq, ahead: [], other: found === undefined ? null : claimOf(found) }
    this.#claims.set(oplog, claims)
    return claims
  }

  async #compareNew(participant: AuditedLog, claims: Claims, signal?: AbortSignal): Promise<void> {
    const { log } = participant
    if (claims.other !== null) return
    const ahead = claims.ahead
    claims.ahead = []
    await this.#compareAll(participant, claims, ahead)
    while (claims.other === null && claims.nextSeq < log.length) {
      signal?.throwIfAborted()
      const blocks = await log.stored(claims.nextSeq, claims.nextSeq + READ_BLOCKS)
      const gap = blocks.indexOf(null)
      const read = gap === -1 ? blocks : blocks.slice(0, gap)
      const start = claims.nextSeq
      claims.nextSeq += read.length
      await this.#compareAll(participant, claims, claimsIn(read, start))
      if (gap !== -1 || read.length === 0) return // blocks are missing: from there on the next time
    }
  }

  async #compareAll(participant: AuditedLog, claims: Claims, all: readonly Claim[]): Promise<void> {
    for (const claim of all) {
      const isHere = claims.other === null ? await this.#isHere(claim) : true
      if (isHere === false || (isHere === null && claim.seq < participant.nextSeq)) claims.other = claim
      else if (isHere === null && claims.ahead.length < AHEAD_MAX) claims.ahead.push(claim)
    }
  }

  /** True where the index here has that head, false where it has another, null where that cannot be told yet. */
  async #isHere({ length, treeHash }: Claim): Promise<boolean | null> {
    if (length < HEAD_LENGTH_MIN) return true // it says nothing
    if (length > this.#options.index.length) return null
    try {
      return sameBytes(await this.#options.hashAt(length), treeHash)
    } catch (error) {
      if (error instanceof Missing) return null
      throw error
    }
  }

  /** A peer may have the history that was acknowledged, with the executor's signature. */
  async #askFor({ length }: Claim): Promise<void> {
    const { index, askHeads, hashAt } = this.#options
    if (askHeads === undefined || length > index.length) return
    for (const head of await askHeads(length)) {
      if (head.length !== length || !checkHead(sodiumCrypto, index.identity, head)) continue
      if (sameBytes(await hashAt(length), head.treeHash)) continue
      const published = { length, treeHash: toHex(head.treeHash), signature: toHex(head.signature) }
      throw new Caught(violation('equivocation', 'log-forked', { block: length }, { published }))
    }
  }

  async #findingOf({ input }: AuditedLog, { seq, length, treeHash }: Claim): Promise<Finding> {
    const { index, hashAt } = this.#options
    const participant = toHex(input.signer)
    const executor = toHex(index.identity.signer)
    const published = length > index.length ? null : toHex(await hashAt(length))
    const head = published === null ? 'that the index here does not reach' : 'that is not in the index here'
    return finding(
      'echo-contradiction',
      `participant ${participant} has acknowledged a head of length ${length} ${head}: either the executor ${executor} has shown two histories, or this participant has written what is not true`,
      { block: length - 1, oplog: toHex(input.oplog), seq },
      { echo: { participant, executor, length, treeHash: toHex(treeHash), published } },
    )
  }
}

function claimOf({ at, echo }: Finding): Claim | null {
  if (echo === undefined || at.seq === undefined) return null
  return { seq: at.seq, length: echo.length, treeHash: fromHex(echo.treeHash) }
}

function claimsIn(blocks: readonly (Uint8Array | null)[], start: number): Claim[] {
  return blocks.flatMap((block, nth) => {
    const echo = block === null ? null : readEcho(block)
    return echo === null ? [] : [{ seq: start + nth, length: echo.length, treeHash: echo.treeHash }]
  })
}
