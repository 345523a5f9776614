/**
 * The calls made from here that emitted ops, so that they can be found again after a restart. A line
 * of JSON each; the oplog is what counts, this file only tells which ops were one call.
 */
import { appendFile, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Storage } from '@vitra/log'
import { Transaction, type TransactionHost } from './transaction.js'

export class TransactionStore {
  readonly #file: string

  constructor(storage: Storage) {
    this.#file = path.join(storage.path, 'transactions.jsonl')
  }

  async add(transaction: Transaction): Promise<void> {
    await appendFile(this.#file, `${JSON.stringify(transaction)}\n`)
  }

  /** The calls kept here, oldest first. A line that a crash cut short is passed over. */
  async list(host: TransactionHost): Promise<Transaction[]> {
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const transactions: Transaction[] = []
    for (const line of text.split('\n')) {
      const json = parseLine(line)
      if (json !== null) transactions.push(Transaction.fromJSON(json, host))
    }
    return transactions
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null // an append that a crash cut short: its ops are found in the oplog
  }
}
