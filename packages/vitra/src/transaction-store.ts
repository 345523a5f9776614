/**
 * The calls made from here that emitted ops, so that they can be found again after a restart, and the small forms of
 * receipts. A line of JSON each; the oplog is what counts, this file only tells which ops were one call.
 */
import { appendFile, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { SmallReceipt, Storage } from '@vitra/log'
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
  readonly #file: string
  readonly #onFailure: (error: Error) => void
  #waiting = ''
  #writing: Promise<void> | null = null

  /** @param onFailure is told where a small form could not be written */
  constructor(storage: Storage, onFailure: (error: Error) => void) {
    this.#file = path.join(storage.path, 'transactions.jsonl')
    this.#onFailure = onFailure
  }

  async add(transaction: Transaction): Promise<void> {
    await appendFile(this.#file, `${JSON.stringify(transaction)}\n`)
  }

  /** Keeps the small form of a receipt, soon: those of one batch are written together. */
  keepReceipt(txId: string, small: SmallReceipt): void {
    this.#waiting += `${JSON.stringify({ receiptOf: txId, small: smallToJson(small) })}\n`
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null
    })
  }

  /** Waits for the small forms that are being written. */
  async settle(): Promise<void> {
    await this.#writing
  }

  /** The calls kept here. A line that a crash cut short is passed over. */
  async list(host: TransactionHost): Promise<StoredTransactions> {
    await this.settle()
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
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

  async #write(): Promise<void> {
    while (this.#waiting !== '') {
      const lines = this.#waiting
      this.#waiting = ''
      await appendFile(this.#file, lines).catch(this.#onFailure)
    }
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
