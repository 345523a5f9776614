/**
 * The calls made from here that emitted ops, so that they can be found again after a restart, and the small forms of
 * receipts. A line of JSON each; the oplog is what counts, this file only tells which ops were one call.
 */
import { type FileHandle, open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { Mutex, type SmallReceipt, type Storage } from '@vitra/log'
import { Transaction, type TransactionHost } from './transaction.js'
import { smallFromJson, smallToJson } from './transaction-receipt.js'

/** What the file holds. */
export interface StoredTransactions {
  /** Oldest first. */
  readonly transactions: readonly Transaction[]
  /** By the txId of the call. */
  readonly receipts: ReadonlyMap<string, SmallReceipt>
}

export class TransactionStore {
  readonly #path: string
  readonly #onFailure: (error: Error) => void
  readonly #writes = new Mutex()
  /** Open from the first line on. */
  #file: FileHandle | null = null
  #waiting = ''
  /** The write that takes all that waits. */
  #next: Promise<void> | null = null

  /** @param onFailure is told where a small form could not be written */
  constructor(storage: Storage, onFailure: (error: Error) => void) {
    this.#path = path.join(storage.path, 'transactions.jsonl')
    this.#onFailure = onFailure
  }

  /** Keeps a call. */
  add(transaction: Transaction): Promise<void> {
    return this.#append(transaction)
  }

  /** Keeps the small form of a receipt, soon. */
  keepReceipt(txId: string, small: SmallReceipt): void {
    this.#append({ receiptOf: txId, small: smallToJson(small) }).catch(this.#onFailure)
  }

  /** Waits for what is being written. */
  async settle(): Promise<void> {
    await this.#writes.run(async () => {})
  }

  async close(): Promise<void> {
    await this.#writes.run(async () => {
      await this.#file?.close()
      this.#file = null
    })
  }

  /** The calls kept here. A line that a crash cut short is passed over. */
  async list(host: TransactionHost): Promise<StoredTransactions> {
    await this.settle()
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const receipts = new Map<string, SmallReceipt>()
    const calls: { txId?: string }[] = []
    for (const line of text.split('\n')) {
      const json = parseLine(line)
      if (json === null) continue
      const small = json.receiptOf === undefined ? null : smallFromJson(json.small)
      if (json.receiptOf === undefined) calls.push(json)
      else if (small !== null) receipts.set(json.receiptOf, small)
    }
    const transactions = calls.map((json) => Transaction.fromJSON(json, host, receipts.get(json.txId ?? '')))
    return { transactions, receipts }
  }

  /** Writes a line, together with all that come until the file is free. */
  #append(line: unknown): Promise<void> {
    this.#waiting += `${JSON.stringify(line)}\n`
    this.#next ??= this.#writes.run(() => this.#write())
    return this.#next
  }

  async #write(): Promise<void> {
    const lines = this.#waiting
    this.#waiting = ''
    this.#next = null
    this.#file ??= await open(this.#path, 'a')
    await this.#file.appendFile(lines)
  }
}

interface Line {
  readonly txId?: string
  readonly receiptOf?: string
  readonly small?: unknown
}

function parseLine(line: string): Line | null {
  try {
    return JSON.parse(line)
  } catch {
    return null // an append that a crash cut short: its ops are found in the oplog
  }
}
