/**
 * One call of a contract: what it answered, the ops it emitted, and what became of them. Event-driven:
 * it looks again whenever the index grows.
 */
import {
  decodeProof,
  encodeProof,
  type FoundRun,
  fromHex,
  LogError,
  type Receipt,
  type SmallReceipt,
  toHex,
  type Value,
} from '@vitra/log'
import { TransactionError } from './errors.js'
import { failureText } from './failure-text.js'
import { fromJsonValue, toJsonValue } from './json-value.js'
import { type PublicKeyLike, parseKey } from './keys.js'
import { findSmallReceipt, growReceipt, readReceipt, resultsOf, toAck } from './transaction-receipt.js'
import type {
  Ack,
  OpInclusion,
  Result,
  TransactionHost,
  TransactionOp,
  TransactionRecord,
  TransactionStatus,
  WaitOptions,
} from './transaction-types.js'

export type * from './transaction-types.js'

/** `R` is what the method answers, where the contract's types say it. */
export class Transaction<R = Value | undefined> {
  readonly txId: string
  readonly method: string
  readonly params: Value
  /** What the method returned; undefined where it returned nothing. */
  readonly response: R
  readonly ops: readonly TransactionOp[]
  readonly #host: TransactionHost | null
  #acks: Ack[] | null = null
  /** Of a detached transaction whose receipt was checked. */
  #results: Result[] | null = null
  #receipt: Receipt | null
  #small: SmallReceipt | null

  /** @param small of a receipt that was made before */
  constructor(record: TransactionRecord, host: TransactionHost | null, small: SmallReceipt | null = null) {
    this.txId = record.txId
    this.method = record.method
    this.params = record.params
    this.response = record.response as R
    this.ops = record.ops
    this.#host = host
    this.#receipt = record.receipt ?? null
    this.#small = small
    if (record.ops.length === 0) this.#acks = []
  }

  /** As far as this object has seen; `fetchAcks` and `whenProcessed` look again. */
  get status(): TransactionStatus {
    if (this.ops.length === 0) return 'read'
    if (this.#acks === null) return 'pending'
    return this.#acks.every((ack) => ack.success) ? 'processed' : 'rejected'
  }

  /**
   * Proof that the ops were executed, with what outcomes and changes. {@link whenProcessed} and {@link fetchReceipt} make
   * it; null before, and where it could not be made. `toJSON` carries it.
   */
  get receipt(): Receipt | null {
    return this.#receipt
  }

  /**
   * Resolves once every op is executed and the executor has it on disk; {@link receipt} is there then.
   *
   * @throws {TransactionError} `OP_REJECTED` where an op failed, `TX_TIMEOUT`; or the signal's reason
   */
  async whenProcessed(options: WaitOptions = {}): Promise<Ack[]> {
    const acks = this.#acks ?? (await this.#wait(options))
    if (options.receipt !== false && this.#host !== null && acks.length > 0)
      await this.fetchReceipt().catch(forget)
    const failed = acks.find((ack) => !ack.success)
    if (failed === undefined) return acks
    const { kind, code, message, fuel } = failed.outcome
    throw new TransactionError(
      'OP_REJECTED',
      `the contract rejected the op: ${failureText(failed.outcome)}`,
      {
        details: {
          txId: this.txId,
          seq: failed.seq,
          kind,
          failure: code ?? null,
          message: message ?? null,
          fuel,
        },
      },
    )
  }

  /** What the executor published about the ops so far; shorter than `ops` while some wait. */
  async fetchAcks(): Promise<Ack[]> {
    if (this.#host === null && this.#acks !== null) return this.#acks
    return this.#take(await this.#findAll())
  }

  async #take(found: readonly FoundRun[]): Promise<Ack[]> {
    const acks = found.map((run, n) => ackOf(this.ops[n]!, run))
    if (acks.length < this.ops.length) return acks
    this.#acks = acks
    if (acks.length > 0) await this.#keepSmall(found).catch(forget)
    return acks
  }

  /** The changes that the ops made, in order. */
  async fetchResults(): Promise<Result[]> {
    if (this.#host === null && this.#results !== null) return this.#results
    const results: Result[] = []
    for (const op of this.ops) {
      const found = await this.#find(op)
      if (found === null) continue
      const { index, use } = this.#attached
      results.push(...resultsOf(op, { changes: await use(() => index.changesOf(found, op.seq)) }))
    }
    return results
  }

  /**
   * The receipt, made from what this copy holds where it was not made before: that of the execution, whenever it is
   * asked for, since what the logs do not keep was taken when the outcome was seen.
   *
   * @throws {TransactionError} `TX_NOT_PROCESSED` while an op waits, and for a call that emitted none; `TX_UNPROVED`,
   *   `TX_DETACHED`; {@link LogError} `BLOCK_MISSING`
   */
  async fetchReceipt(): Promise<Receipt> {
    this.#receipt ??= await this.#makeReceipt()
    return this.#receipt
  }

  async #makeReceipt(): Promise<Receipt> {
    const host = this.#attached
    const small = this.#small ?? (await this.#keepSmall(await this.#findWhole()))
    return host.use(() => growReceipt(host, this.ops, small))
  }

  /** The runs of all ops. @throws {TransactionError} `TX_NOT_PROCESSED` */
  async #findWhole(): Promise<FoundRun[]> {
    const found = await this.#findAll()
    const waiting = this.ops[found.length]
    if (waiting !== undefined || found.length === 0) {
      const what = waiting === undefined ? 'the call emitted no op' : `op ${waiting.seq} is not executed yet`
      throw new TransactionError('TX_NOT_PROCESSED', `${what}: there is a receipt once an op is executed`)
    }
    return found
  }

  /**
   * Proves, and checks, that each op is in its oplog, and its outcome and changes in the index. A transaction that
   * carries its receipt is checked without any database.
   *
   * @param pubkey of the database; default that of the database it is attached to
   * @throws {TransactionError} `TX_NOT_PROCESSED` while an op waits, `TX_UNPROVED` where the receipt does not hold,
   *   `TX_DETACHED` where there is neither a database nor a receipt and a key; {@link LogError} `BLOCK_MISSING`
   * @example
   * const tx = Transaction.fromJSON(json)
   * const [{ ack, results }] = await tx.verifyInclusion(pubkey)
   */
  async verifyInclusion(pubkey?: PublicKeyLike): Promise<OpInclusion[]> {
    if (this.ops.length === 0) return []
    const key = pubkey === undefined ? this.#attached.index.key : parseKey(pubkey, 'the database key')
    const proved = readReceipt(this.ops, key, await this.fetchReceipt())
    this.#acks = proved.map(({ ack }) => ack)
    this.#results = proved.flatMap(({ results }) => results)
    return proved
  }

  /** Plain data from which `Transaction.fromJSON` makes the transaction again. */
  toJSON(): unknown {
    const { txId, method, params, response, ops } = this
    return {
      format: 1,
      txId,
      method,
      params: toJsonValue(params),
      ...(response === undefined ? {} : { response: toJsonValue(response as Value) }),
      ops: ops.map((op) => ({ ...op, value: toJsonValue(op.value) })),
      ...(this.#receipt === null ? {} : { receipt: toHex(encodeProof(this.#receipt)) }),
    }
  }

  /**
   * @param host the database it belongs to; without one it shows what it holds, and `verifyInclusion(pubkey)` checks it
   * @param small of a receipt that was made before
   * @throws {TransactionError} `TX_INVALID`
   */
  static fromJSON(
    json: unknown,
    host: TransactionHost | null = null,
    small: SmallReceipt | null = null,
  ): Transaction {
    return new Transaction(parseTransaction(json), host, small)
  }

  get #attached(): TransactionHost {
    if (this.#host !== null) return this.#host
    throw new TransactionError(
      'TX_DETACHED',
      'the transaction belongs to no open database: use db.transaction(json), or verifyInclusion(pubkey) where it has a receipt',
    )
  }

  #find(op: TransactionOp): Promise<FoundRun | null> {
    const { index, use } = this.#attached
    return use(() => index.runOf(fromHex(op.oplog), op.seq))
  }

  /** The runs of the ops that are executed so far, in order. */
  async #findAll(): Promise<FoundRun[]> {
    const all: FoundRun[] = []
    let found: FoundRun | null = null
    for (const op of this.ops) {
      if (found === null || op.seq >= endOf(found)) found = await this.#find(op)
      if (found === null) break // an oplog is executed in order
      all.push(found)
    }
    return all
  }

  /** Takes what cannot be had again once the index has grown: cheap, while a receipt costs proofs. */
  async #keepSmall(found: readonly FoundRun[]): Promise<SmallReceipt> {
    if (this.#small !== null) return this.#small
    const host = this.#attached
    this.#small = await host.use(() => findSmallReceipt(host.index, this.ops, found))
    host.keepReceipt(this.txId, this.#small)
    return this.#small
  }

  async #wait({ timeout, signal }: WaitOptions): Promise<Ack[]> {
    const host = this.#attached
    signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      const last = this.ops.at(-1)!
      let isOver = false
      let isAsked = false
      let isLooking = false
      const finish = (settle: () => void) => {
        isOver = true
        clearTimeout(timer)
        host.index.log.off('append', look)
        host.index.log.core.off('download', lookOnceComplete)
        signal?.removeEventListener('abort', onAbort)
        unsubscribe()
        settle()
      }
      const look = () => {
        isAsked = true
        if (!isLooking) void lookWhileAsked()
      }
      /** One look at a time, and one more for all that happened meanwhile. */
      const lookWhileAsked = async () => {
        isLooking = true
        while (isAsked && !isOver) {
          isAsked = false
          try {
            // An oplog is executed in order: where the last op waits there is no need to ask for the others.
            const found = await this.#find(last)
            if (found === null) continue
            const isInOneRun = found.place.firstSeq <= this.ops[0]!.seq
            const acks = await this.#take(isInOneRun ? this.ops.map(() => found) : await this.#findAll())
            if (acks.length === this.ops.length) finish(() => resolve(acks))
          } catch (error) {
            // Peers that went away may come back with the block: the wait has ends of its own.
            if (isMissing(error)) isAsked = true
            else finish(() => reject(error))
          }
        }
        isLooking = false
      }
      // Without a peer it looked at the version whose blocks were here.
      const lookOnceComplete = () => {
        if (host.index.log.isComplete) look()
      }
      const onAbort = () => finish(() => reject(signal?.reason))
      const late = () =>
        new TransactionError(
          'TX_TIMEOUT',
          `not executed within ${timeout} ms: the executor may be away, wait again later`,
        )
      const timer =
        timeout === undefined ? undefined : setTimeout(() => finish(() => reject(late())), timeout)
      const unsubscribe = host.failed((error) => finish(() => reject(error)))
      signal?.addEventListener('abort', onAbort)
      host.index.log.on('append', look)
      host.index.log.core.on('download', lookOnceComplete)
      look()
    })
  }
}

/** The block after those of a run. */
function endOf({ place, run }: FoundRun): number {
  return place.firstSeq + run.outcomes.length
}

function isMissing(error: unknown): boolean {
  return error instanceof LogError && error.code === 'BLOCK_MISSING'
}

function ackOf(op: TransactionOp, { place, run }: FoundRun): Ack {
  return toAck(op, run.outcomes[op.seq - place.firstSeq]!)
}

/** The outcome counts: what keeps a receipt from being had is told to whoever asks for it. */
function forget(): void {}

function parseTransaction(json: unknown): TransactionRecord {
  const { format, txId, method, params, response, ops, receipt } = (json ?? {}) as Record<string, unknown>
  if (format !== 1 || typeof txId !== 'string' || typeof method !== 'string' || !Array.isArray(ops)) {
    throw new TransactionError(
      'TX_INVALID',
      'this is not a transaction: it holds format 1, txId, method, params and ops',
    )
  }
  return {
    txId,
    method,
    params: fromJsonValue(params),
    ...(response === undefined ? {} : { response: fromJsonValue(response) }),
    ops: ops.map(parseOp),
    ...(receipt === undefined ? {} : { receipt: parseReceipt(receipt) }),
  }
}

function parseReceipt(json: unknown): Receipt {
  const isHex = typeof json === 'string' && /^(?:[0-9a-f]{2})+$/.test(json)
  try {
    const proof = isHex ? decodeProof(fromHex(json)) : null
    if (proof?.kind === 'receipt') return proof
  } catch (cause) {
    throw new TransactionError('TX_INVALID', 'the receipt of the transaction cannot be read', { cause })
  }
  throw new TransactionError('TX_INVALID', 'the receipt of the transaction is none')
}

function parseOp(json: unknown): TransactionOp {
  const { oplog, seq, value } = (json ?? {}) as Record<string, unknown>
  if (typeof oplog !== 'string' || !/^[0-9a-f]{64}$/.test(oplog) || !Number.isSafeInteger(seq)) {
    throw new TransactionError('TX_INVALID', 'an op of the transaction names no oplog and sequence number')
  }
  return { oplog, seq: seq as number, value: fromJsonValue(value) }
}
