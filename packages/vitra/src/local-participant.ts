/** The participant that calls from this copy: which one it is, its ops, and what became of them. */
import {
  decodeEnvelope,
  decodeValue,
  FormatError,
  fromHex,
  type IndexLog,
  type Input,
  type Log,
  readOp,
  type SmallReceipt,
  type Storage,
  sameBytes,
  toHex,
  ValueError,
} from '@vitra/log'
import type { MethodHost } from '@vitra/sandbox'
import { Acknowledger } from './acknowledger.js'
import { CallTurns } from './call-turns.js'
import { DatabaseError } from './errors.js'
import type { LocalState } from './local-state.js'
import type { OpWriter } from './op-writer.js'
import type { ParticipantLogs } from './participant-logs.js'
import {
  Transaction,
  type TransactionHost,
  type TransactionOp,
  type TransactionRecord,
} from './transaction.js'
import { parseTxId, type StoredCall, TransactionStore } from './transaction-store.js'

export interface LocalParticipantOptions {
  readonly storage: Storage
  readonly index: IndexLog
  readonly state: LocalState
  readonly participants: ParticipantLogs
  readonly host: TransactionHost
  /** True where results are acknowledged. */
  readonly acknowledges: () => Promise<boolean>
  /** Is told what failed after the ops were written. */
  readonly onFailure: (error: Error) => void
}

export class LocalParticipant {
  readonly #options: LocalParticipantOptions
  readonly #transactions: TransactionStore
  readonly #emitting = new Set<Promise<Transaction>>()
  /** The oplog as methods saw it last. */
  #readable: MethodHost['oplog'] = null
  /** This participant as it was found last, and where. */
  #found: Found | null = null
  /** What writes its ops. */
  #writing: Writing | null = null
  /** Ops are written in the order of the calls. */
  readonly #turns = new CallTurns()
  readonly #acknowledger: Acknowledger

  constructor(options: LocalParticipantOptions) {
    this.#options = options
    this.#transactions = new TransactionStore(options.storage, options.onFailure)
    this.#acknowledger = new Acknowledger({
      index: options.index,
      isWanted: options.acknowledges,
      participant: async () => {
        const input = await this.#input()
        if (!input?.active) return null
        const log = await options.participants.open(input.signer)
        return { log, openWriter: async () => (await this.#writingOf(input))?.writer ?? null }
      },
    })
  }

  /** The index has grown: what it says of calls from here is acknowledged. */
  acknowledge(): void {
    this.#acknowledger.look()
  }

  /** Public key, hex; null where none was chosen. */
  get id(): string | null {
    const { participant } = this.#options.state
    return participant === null ? null : toHex(participant)
  }

  /** @throws {DatabaseError} `NOT_A_PARTICIPANT` where the secret key is not kept here */
  async choose(publicKey: Uint8Array): Promise<void> {
    const { storage, participants, state } = this.#options
    if ((await storage.keys.get(publicKey)) === null) {
      throw new DatabaseError(
        'NOT_A_PARTICIPANT',
        `the secret key of ${toHex(publicKey)} is not kept here: import the identity first`,
      )
    }
    await participants.open(publicKey)
    await state.setParticipant(publicKey)
    this.#acknowledger.reset()
  }

  /**
   * Removes the secret key of a participant; another one that is kept here calls from then on.
   *
   * @param rest public keys of the others that are kept here
   */
  async forget(publicKey: Uint8Array, rest: readonly Uint8Array[]): Promise<void> {
    const { storage, participants, state } = this.#options
    await Promise.allSettled(this.#emitting)
    await participants.release(publicKey)
    this.#writing = null
    this.#acknowledger.reset()
    await storage.keys.remove(publicKey)
    if (state.participant !== null && sameBytes(state.participant, publicKey))
      await state.setParticipant(rest[0] ?? null)
  }

  /** The oplog as methods of the contract see it; null where this participant is not admitted. */
  async oplog(): Promise<MethodHost['oplog']> {
    const input = await this.#input()
    if (!input?.active) return null
    if (this.#readable?.pubkey !== input.signer) {
      const log = await this.#options.participants.open(input.signer)
      this.#readable = {
        pubkey: input.signer,
        length: async () => log.length,
        get: async (seq) => (seq < log.length ? readOpBytes(await log.get(seq)) : null),
      }
    }
    return this.#readable
  }

  /**
   * Writes the ops of a call to the oplog, in one append.
   *
   * @throws {DatabaseError} `NOT_A_PARTICIPANT`
   */
  async emit(
    call: Pick<TransactionRecord, 'method' | 'params' | 'response'>,
    ops: readonly Uint8Array[],
  ): Promise<Transaction> {
    const emitting = this.#emit(call, ops)
    this.#emitting.add(emitting)
    try {
      return await emitting
    } finally {
      this.#emitting.delete(emitting)
    }
  }

  /** Waits for the calls and receipts that are being written, so that whoever made them knows what was written. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#emitting)
    await this.#acknowledger.close()
    await this.#transactions.close()
  }

  /** Keeps what cannot be had again of the receipt of a call. */
  keepReceipt(txId: string, small: SmallReceipt): void {
    this.#transactions.keepReceipt(txId, small)
  }

  /** The calls whose ops have no outcome yet; ops that no call is known of are given one each. */
  async pending(): Promise<Transaction[]> {
    const { state, participants, index, host } = this.#options
    if (state.participant === null) return []
    const log = await participants.open(state.participant)
    const oplog = toHex(log.key)
    const last = index.length === 0 ? null : await index.lastRun(log.key)
    const done = last === null ? 0 : last.place.firstSeq + last.run.outcomes.length
    if (done >= log.length) return []
    const known: Transaction[] = []
    for (const call of await this.#transactions.since(oplog, done)) {
      if (call.range.first >= log.length) continue
      const transaction = await this.#restore(call, async () => log)
      if (transaction !== null) known.push(transaction)
    }
    const covered = new Set(known.flatMap(({ ops }) => ops.map(({ seq }) => seq)))
    for (let seq = done; seq < log.length; seq++) {
      if (covered.has(seq)) continue
      const ops = await readOps(log, seq, seq + 1)
      if (ops.length === 0) continue
      known.push(new Transaction({ txId: `${oplog}-${seq}-1`, method: '', params: null, ops }, host))
    }
    return known
  }

  /** The calls made from here whose ops are in their oplogs, newest first. */
  async *newest(): AsyncGenerator<Transaction> {
    for await (const call of this.#transactions.newest()) {
      const transaction = await this.#restore(call, () => this.#oplogOf(call.range.oplog))
      if (transaction !== null) yield transaction
    }
  }

  /** The call of this name; null where it names no ops that are here. @param txId as `tx.txId` says */
  async find(txId: string): Promise<Transaction | null> {
    const range = parseTxId(txId)
    if (range === null) return null
    const { call, small } = await this.#transactions.find(txId)
    const wanted = call ?? { txId, method: '', params: null, range, ops: null }
    return this.#restore(wanted, () => this.#oplogOf(range.oplog), small)
  }

  /** Null where it is the oplog of nobody who is known here. @param oplog its key, hex */
  async #oplogOf(oplog: string): Promise<Log | null> {
    const { participants, host } = this.#options
    const isKnown = participants.inputs.some((input) => toHex(input.oplog) === oplog)
    return isKnown ? host.openOplog(fromHex(oplog)) : null
  }

  /** A call with its ops; null where the oplog has none of them. */
  async #restore(
    { range: { first, count }, ops: kept, ...call }: StoredCall,
    open: () => Promise<Log | null>,
    small: SmallReceipt | null = null,
  ): Promise<Transaction | null> {
    const ops = kept ?? (await readCall(await open(), first, first + count))
    return ops.length === 0 ? null : new Transaction({ ...call, ops }, this.#options.host, small)
  }

  async #emit(
    call: Pick<TransactionRecord, 'method' | 'params' | 'response'>,
    ops: readonly Uint8Array[],
  ): Promise<Transaction> {
    const { host, onFailure } = this.#options
    const { writer, oplog } = await this.#turns.next(() => this.#openWriting())
    const first = await writer.append(ops)
    const record = {
      ...call,
      txId: `${oplog}-${first}-${ops.length}`,
      ops: ops.map((op, nth) => ({ oplog, seq: first + nth, value: decodeValue(op) })),
    }
    const transaction = new Transaction(record, host)
    // The ops are written: an error here would have the caller write them again.
    await this.#transactions.add(record).catch(onFailure)
    return transaction
  }

  /** @throws {DatabaseError} `NOT_A_PARTICIPANT` */
  async #openWriting(): Promise<Writing> {
    const input = await this.#input()
    const writing = input?.active ? await this.#writingOf(input) : null
    if (writing === null) throw notAParticipant(this.id)
    return writing
  }

  async #writingOf({ signer }: Input): Promise<Writing | null> {
    if (this.#writing?.signer === signer) return this.#writing
    const writer = await this.#options.participants.writer(signer)
    if (writer === null) return null
    this.#acknowledger.attach(writer, await this.#options.participants.open(signer))
    this.#writing = { signer, writer, oplog: toHex(writer.key) }
    return this.#writing
  }

  /** This participant as the index has it. */
  async #input(): Promise<Input | undefined> {
    const { state, participants } = this.#options
    const { participant } = state
    if (participant === null) return undefined
    await participants.refresh()
    const { inputs } = participants
    if (this.#found?.participant !== participant || this.#found.inputs !== inputs) {
      const input = inputs.find(({ signer }) => sameBytes(signer, participant))
      this.#found = { participant, inputs, input }
    }
    return this.#found.input
  }
}

interface Found {
  readonly participant: Uint8Array
  readonly inputs: readonly Input[]
  readonly input: Input | undefined
}

interface Writing {
  readonly signer: Uint8Array
  readonly writer: OpWriter
  /** Its key, hex. */
  readonly oplog: string
}

/** The ops of a call; none where the oplog does not reach so far. */
async function readCall(log: Log | null, first: number, end: number): Promise<TransactionOp[]> {
  return log === null || end > log.length ? [] : readOps(log, first, end)
}

async function readOps(log: Log, from: number, to: number): Promise<TransactionOp[]> {
  const oplog = toHex(log.key)
  const ops: TransactionOp[] = []
  for (let seq = from; seq < to; seq++) {
    const value = readOp(await log.get(seq))
    if (value !== null) ops.push({ oplog, seq, value })
  }
  return ops
}

/** The encoded op of a block; null where it holds none. */
function readOpBytes(block: Uint8Array): Uint8Array | null {
  try {
    const envelope = decodeEnvelope(block)
    return envelope.type === 'op' ? envelope.body : null
  } catch (error) {
    if (error instanceof FormatError || error instanceof ValueError) return null
    throw error
  }
}

function notAParticipant(id: string | null): DatabaseError {
  if (id === null) {
    return new DatabaseError(
      'NOT_A_PARTICIPANT',
      'this copy is no participant: make an identity with db.createIdentity() and have the contract admit its public key',
    )
  }
  return new DatabaseError(
    'NOT_A_PARTICIPANT',
    `${id} is not admitted: have the contract admit this public key (tx.addOplog)`,
  )
}
