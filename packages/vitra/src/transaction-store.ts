/**
 * The calls made from here that emitted ops, so that they can be found again after a restart, and the small forms of
 * receipts. A line of JSON each; the oplog is what counts, this file only tells which ops were one call. It is read from
 * its end: what is looked for is new.
 */
import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import { Mutex, type SmallReceipt, type Storage } from '@vitra/log'
import { endsTorn, linesBackwards } from './lines-backwards.js'
import { Transaction, type TransactionHost } from './transaction.js'
import { smallFromJson, smallToJson } from './transaction-receipt.js'

/**
 * Calls of one oplog are written in the order of their ops, give or take as many as are under way at a time: after so
 * many older ones in a row all that come before are older too.
 */
const OLDER_CALLS = 16

/** The ops that a call wrote. */
interface OpRange {
  /** Hex. */
  readonly oplog: string
  readonly first: number
  readonly count: number
}

/** Reads the name of a transaction; null for one that names no ops. */
export function parseTxId(txId: string): OpRange | null {
  const [, oplog, first, count] = TX_ID.exec(txId) ?? []
  return oplog === undefined ? null : { oplog, first: Number(first), count: Number(count) }
}

const TX_ID = /^([0-9a-f]{64})-(\d{1,15})-(\d{1,9})$/

export class TransactionStore {
  readonly #path: string
  readonly #onFailure: (error: Error) => void
  readonly #writes = new Mutex()
  /** Open from the first line on. */
  #file: FileHandle | null = null
  /** True once it is known that the file ends with a whole line. */
  #isChecked = false
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

  /** The calls with ops of an oplog from a sequence number on, oldest first. Calls before are not read. */
  async since(oplog: string, seq: number, host: TransactionHost): Promise<Transaction[]> {
    await this.settle()
    const found: Transaction[] = []
    let older = 0
    for await (const line of linesBackwards(this.#path)) {
      const json = parseLine(line)
      const range = parseTxId(json?.txId ?? '')
      if (json === null || range?.oplog !== oplog) continue
      if (range.first + range.count > seq) {
        found.push(Transaction.fromJSON(json, host))
        older = 0
      } else if (++older === OLDER_CALLS) break
    }
    return found.reverse()
  }

  /** One call and the small form of its receipt; null for what is not kept here. Newer lines are read, older ones are not. */
  async find(
    txId: string,
    host: TransactionHost,
  ): Promise<{ transaction: Transaction | null; small: SmallReceipt | null }> {
    await this.settle()
    const wanted = parseTxId(txId)
    if (wanted === null) return { transaction: null, small: null }
    let small: SmallReceipt | null = null
    let older = 0
    for await (const line of linesBackwards(this.#path)) {
      const isNamed = line.includes(txId)
      const range = isNamed ? wanted : parseTxId(WRITTEN_ID.exec(line)?.[1] ?? '')
      if (!isNamed) {
        if (range?.oplog !== wanted.oplog) continue
        if (range.first + range.count > wanted.first) older = 0
        else if (++older === OLDER_CALLS) break
        continue
      }
      const json = parseLine(line)
      if (json?.receiptOf === txId) small ??= smallFromJson(json.small)
      if (json?.txId === txId) return { transaction: Transaction.fromJSON(json, host, small), small }
    }
    return { transaction: null, small }
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
    this.#file ??= await open(this.#path, 'a+')
    // What a crash cut short must not take the next line with it.
    const isTorn = this.#isChecked ? false : await endsTorn(this.#file)
    await this.#file.appendFile(isTorn ? `\n${lines}` : lines)
    this.#isChecked = true
  }
}

/** Where a line of a call has its name: at its beginning. */
const WRITTEN_ID = /^\{"format":1,"txId":"([^"]{1,100})"/

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
