/**
 * One call of a contract: what it answered, the ops it emitted, and what became of them. Event-driven:
 * it looks again whenever the index grows.
 */
import {
  type BlocksProof,
  checkBlocks,
  decodeValue,
  encodeValue,
  type FoundRun,
  fromHex,
  type IndexLog,
  type Log,
  LogError,
  type Outcome,
  proofSource,
  proveInclusion,
  readOp,
  sameBytes,
  sodiumCrypto,
  type Value,
} from '@vitra/log'
import { TransactionError } from './errors.js'
import { failureText } from './failure-text.js'
import { fromJsonValue, toJsonValue } from './json-value.js'

/** One op of a transaction: a block of the caller's oplog. */
export interface TransactionOp {
  /** Key of the oplog, hex. */
  readonly oplog: string
  readonly seq: number
  readonly value: Value
}

/** What the executor published about one op. */
export interface Ack {
  readonly oplog: string
  readonly seq: number
  /** True where the op was executed. */
  readonly success: boolean
  readonly outcome: Outcome
  /** What `apply` returned, where it returned something. */
  readonly returnValue?: Value
  /** What `process` returned, where it returned something. */
  readonly metadata?: Value
}

/** One change that an op made. */
export interface Result {
  readonly oplog: string
  readonly seq: number
  readonly path: string
  /** Absent for a delete. */
  readonly value?: Value
  readonly deleted: boolean
}

/** Proofs that an op stands in its oplog and its outcome in the index, under signed heads. */
export interface OpInclusion {
  readonly op: BlocksProof
  readonly run: BlocksProof
}

/** `read`: nothing was emitted. `pending`: not executed yet. `processed`, `rejected`: executed. */
export type TransactionStatus = 'read' | 'pending' | 'processed' | 'rejected'

/** A transaction as plain data. */
export interface TransactionRecord {
  readonly txId: string
  readonly method: string
  readonly params: Value
  readonly response?: Value
  readonly ops: readonly TransactionOp[]
}

/** What a transaction needs of a database. */
export interface TransactionHost {
  readonly index: IndexLog
  /** Does work that needs the database open. */
  use<T>(work: () => Promise<T>): Promise<T>
  /** Opens the oplog with this key; the same log at each call. */
  openOplog(key: Uint8Array): Promise<Log>
  /** Rejects once the database closes or its own executor fails. */
  readonly failed: (listener: (error: Error) => void) => () => void
}

/** How long to wait for results. */
export interface WaitOptions {
  /** In ms; without it the wait has no end of its own. */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

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

  constructor(record: TransactionRecord, host: TransactionHost | null) {
    this.txId = record.txId
    this.method = record.method
    this.params = record.params
    this.response = record.response as R
    this.ops = record.ops
    this.#host = host
    if (record.ops.length === 0) this.#acks = []
  }

  /** As far as this object has seen; `fetchAcks` and `whenProcessed` look again. */
  get status(): TransactionStatus {
    if (this.ops.length === 0) return 'read'
    if (this.#acks === null) return 'pending'
    return this.#acks.every((ack) => ack.success) ? 'processed' : 'rejected'
  }

  /**
   * Resolves once every op is executed and the executor has it on disk.
   *
   * @throws {TransactionError} `OP_REJECTED` where an op failed, `TX_TIMEOUT`; or the signal's reason
   */
  async whenProcessed(options: WaitOptions = {}): Promise<Ack[]> {
    const acks = this.#acks ?? (await this.#wait(options))
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
    const acks: Ack[] = []
    for (const op of this.ops) {
      const found = await this.#find(op)
      if (found !== null) acks.push(toAck(op, found))
    }
    if (acks.length === this.ops.length) this.#acks = acks
    return acks
  }

  /** The changes that the ops made, in order. */
  async fetchResults(): Promise<Result[]> {
    const results: Result[] = []
    for (const op of this.ops) {
      const found = await this.#find(op)
      if (found === null) continue
      const { index, use } = this.#attached
      for (const { path, value } of await use(() => index.changesOf(found, op.seq))) {
        const place = { oplog: op.oplog, seq: op.seq, path }
        results.push(
          value === null
            ? { ...place, deleted: true }
            : { ...place, deleted: false, value: decodeValue(value) },
        )
      }
    }
    return results
  }

  /**
   * Proves, and checks, that each op is in its oplog and its outcome in the index.
   *
   * @throws {TransactionError} `TX_NOT_PROCESSED` while an op waits, `TX_UNPROVED` where a proof fails
   */
  async verifyInclusion(): Promise<OpInclusion[]> {
    const host = this.#attached
    const proofs: OpInclusion[] = []
    for (const op of this.ops) {
      const found = await this.#find(op)
      if (found === null)
        throw new TransactionError('TX_NOT_PROCESSED', `op ${op.seq} is not executed yet: wait for it first`)
      const log = await host.openOplog(fromHex(op.oplog))
      const pair = await host.use(async () => ({
        op: await proveInclusion(proofSource(log, {}), op.seq),
        run: await proveInclusion(proofSource(host.index.log, {}), found.seq),
      }))
      const holds =
        checkBlocks(sodiumCrypto, log.key, pair.op) && checkBlocks(sodiumCrypto, host.index.key, pair.run)
      const same = sameBytes(encodeValue(readOp(pair.op.blocks[0]!.block)), encodeValue(op.value))
      if (!holds || !same)
        throw new TransactionError(
          'TX_UNPROVED',
          `op ${op.seq} cannot be proved: the logs do not hold what they should`,
        )
      proofs.push(pair)
    }
    return proofs
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
    }
  }

  /**
   * @param host the database it belongs to; without one it only shows what it holds
   * @throws {TransactionError} `TX_INVALID`
   */
  static fromJSON(json: unknown, host: TransactionHost | null = null): Transaction {
    return new Transaction(parseTransaction(json), host)
  }

  get #attached(): TransactionHost {
    if (this.#host !== null) return this.#host
    throw new TransactionError(
      'TX_DETACHED',
      'the transaction belongs to no open database: give one to Transaction.fromJSON',
    )
  }

  #find(op: TransactionOp): Promise<FoundRun | null> {
    const { index, use } = this.#attached
    return use(() => index.runOf(fromHex(op.oplog), op.seq))
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
            if ((await this.#find(last)) === null) continue
            const acks = await this.fetchAcks()
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

function isMissing(error: unknown): boolean {
  return error instanceof LogError && error.code === 'BLOCK_MISSING'
}

function toAck(op: TransactionOp, found: FoundRun): Ack {
  const outcome = found.run.outcomes[op.seq - found.place.firstSeq]!
  return {
    oplog: op.oplog,
    seq: op.seq,
    success: outcome.kind === 'ok',
    outcome,
    ...(outcome.value === undefined ? {} : { returnValue: decodeValue(outcome.value) }),
    ...(outcome.metadata === undefined ? {} : { metadata: decodeValue(outcome.metadata) }),
  }
}

function parseTransaction(json: unknown): TransactionRecord {
  const { format, txId, method, params, response, ops } = (json ?? {}) as Record<string, unknown>
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
  }
}

function parseOp(json: unknown): TransactionOp {
  const { oplog, seq, value } = (json ?? {}) as Record<string, unknown>
  if (typeof oplog !== 'string' || !/^[0-9a-f]{64}$/.test(oplog) || !Number.isSafeInteger(seq)) {
    throw new TransactionError('TX_INVALID', 'an op of the transaction names no oplog and sequence number')
  }
  return { oplog, seq: seq as number, value: fromJsonValue(value) }
}
