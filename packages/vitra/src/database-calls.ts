/** The calls of a database: methods of its contract that are called from here, and what became of them. */
import { decodeValue, encodeValue, type Value } from '@vitra/log'
import type { DatabaseCore } from './database-core.js'
import { eachWithin } from './each-within.js'
import { DatabaseError } from './errors.js'
import { Transaction } from './transaction.js'

export class DatabaseCalls {
  readonly #core: DatabaseCore

  constructor(core: DatabaseCore) {
    this.#core = core
  }

  /** See `Database.call`. */
  call<R>(method: string, params: unknown, signal?: AbortSignal): Promise<Transaction<R>> {
    signal?.throwIfAborted()
    const encoded = encodeValue(params)
    return this.#core.calls.run(encoded.length, () => this.#call<R>(method, encoded, signal))
  }

  /** See `Database.writeOps`. */
  async write(ops: readonly Value[]): Promise<Transaction> {
    if (ops.length === 0) throw new DatabaseError('OPTIONS_INVALID', 'give at least one op to write')
    return this.#core.emit(
      { method: '', params: null },
      ops.map((op) => encodeValue(op)),
    )
  }

  /** See `Database.pending`. */
  pending(): Promise<Transaction[]> {
    return this.#core.use(() => this.#core.participant.pending())
  }

  /** See `Database.transactions`. */
  newest(): AsyncGenerator<Transaction> {
    return eachWithin((step) => this.#core.use(step), this.#core.participant.newest())
  }

  /** See `Database.findTransaction`. */
  find(txId: string): Promise<Transaction | null> {
    return this.#core.use(() => this.#core.participant.find(txId))
  }

  /** See `Database.transaction`. */
  read(json: unknown): Transaction {
    return Transaction.fromJSON(json, this.#core.transactionHost)
  }

  async #call<R>(method: string, encoded: Uint8Array, signal?: AbortSignal): Promise<Transaction<R>> {
    const { response, ops } = await this.#core.use(() => this.#core.callContract(method, encoded, signal))
    const record = {
      method,
      params: decodeValue(encoded),
      ...(response === undefined ? {} : { response: decodeValue(response) }),
    }
    if (ops.length === 0) {
      const txId = `read-${crypto.randomUUID()}`
      return new Transaction<R>({ ...record, txId, ops: [] }, this.#core.transactionHost)
    }
    signal?.throwIfAborted()
    return this.#core.emit(record, ops) as Promise<Transaction<R>>
  }
}
