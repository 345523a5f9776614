/**
 * The calls made from here that emitted ops, so that they can be found again after a restart, and the small forms of
 * receipts. A line of JSON each; the oplog is what counts and holds the ops, this file only tells which of them were one
 * call. It is read from its end: what is looked for is new.
 */
import { writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import { Mutex, type SmallReceipt, type Storage, VitraError } from '@vitra/log'
import { toJsonValue } from './json-value.js'
import { endsTorn, linesBackwards } from './lines-backwards.js'
import { Transaction, type TransactionOp, type TransactionRecord } from './transaction.js'
import { smallFromJson, smallToJson } from './transaction-receipt.js'

/**
 * Calls of one oplog are written in the order of their ops, give or take as many as are under way at a time: after so
 * many older ones in a row all that come before are older too.
 */
const OLDER_CALLS = 16

/** The small form of a receipt is written with the calls that come next, or after this time, in ms. */
const RECEIPT_WAIT_MS = 50
/** Lines up to this length are handed to the system at once: a way through another thread takes longer. */
const AT_ONCE_MAX = 64 * 1024

/** A call as this file keeps it. */
export interface StoredCall extends Omit<TransactionRecord, 'ops' | 'receipt'> {
  readonly range: OpRange
  /** Null where they are to be read from the oplog. */
  readonly ops: readonly TransactionOp[] | null
}

/** The ops that a call wrote. */
export interface OpRange {
  /** Hex. */
  readonly oplog: string
  readonly first: number
  readonly count: number
}

export const TRANSACTIONS_FILE = 'transactions.jsonl'

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
  #later: NodeJS.Timeout | undefined

  /** @param onFailure is told where a small form could not be written */
  constructor(storage: Storage, onFailure: (error: Error) => void) {
    this.#path = path.join(storage.path, TRANSACTIONS_FILE)
    this.#onFailure = onFailure
  }

  /** Keeps a call, by what the oplog does not say of it. */
  add({ txId, method, params, response }: Omit<TransactionRecord, 'ops'>): Promise<void> {
    const said = response === undefined ? {} : { response: toJsonValue(response) }
    this.#put({ format: 2, txId, method, params: toJsonValue(params), ...said })
    return this.#flush()
  }

  /** Keeps the small form of a receipt, soon: until then the logs tell it as well. */
  keepReceipt(txId: string, small: SmallReceipt): void {
    this.#put({ receiptOf: txId, small: smallToJson(small) })
    this.#later ??= setTimeout(() => void this.#flush().catch(this.#onFailure), RECEIPT_WAIT_MS).unref()
  }

  /** Writes what waits. */
  async settle(): Promise<void> {
    if (this.#waiting !== '') await this.#flush().catch(this.#onFailure)
    await this.#writes.run(async () => {})
  }

  async close(): Promise<void> {
    await this.settle()
    await this.#writes.run(async () => {
      await this.#file?.close()
      this.#file = null
    })
  }

  /** The calls with ops of an oplog from a sequence number on, oldest first. Calls before are not read. */
  async since(oplog: string, seq: number): Promise<StoredCall[]> {
    await this.settle()
    const found: StoredCall[] = []
    let older = 0
    for await (const line of linesBackwards(this.#path)) {
      const call = callOf(parseLine(line))
      if (call?.range.oplog !== oplog) continue
      if (call.range.first + call.range.count > seq) {
        found.push(call)
        older = 0
      } else if (++older === OLDER_CALLS) break
    }
    return found.reverse()
  }

  /** The calls, newest first. */
  async *newest(): AsyncGenerator<StoredCall> {
    await this.settle()
    for await (const line of linesBackwards(this.#path)) {
      const call = callOf(parseLine(line))
      if (call !== null) yield call
    }
  }

  /** One call and the small form of its receipt; null for what is not kept here. Newer lines are read, older ones are not. */
  async find(txId: string): Promise<{ call: StoredCall | null; small: SmallReceipt | null }> {
    await this.settle()
    const wanted = parseTxId(txId)
    if (wanted === null) return { call: null, small: null }
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
      if (json?.receiptOf === txId) small ??= smallFromJson(json.small, wanted)
      if (json?.txId === txId) return { call: callOf(json), small }
    }
    return { call: null, small }
  }

  #put(line: unknown): void {
    this.#waiting += `${JSON.stringify(line)}\n`
  }

  /** Writes all that waits, and all that comes until the file is free, or before others have their turn. */
  #flush(): Promise<void> {
    clearTimeout(this.#later)
    this.#later = undefined
    this.#next ??= this.#writes.run(async () => {
      await new Promise<void>((resolve) => process.nextTick(resolve))
      await this.#write()
    })
    return this.#next
  }

  async #write(): Promise<void> {
    const lines = this.#waiting
    this.#waiting = ''
    this.#next = null
    this.#file ??= await open(this.#path, 'a+')
    // What a crash cut short must not take the next line with it.
    const isTorn = this.#isChecked ? false : await endsTorn(this.#file)
    this.#isChecked = false
    await appendTo(this.#file, isTorn ? `\n${lines}` : lines)
    this.#isChecked = true
  }
}

async function appendTo(file: FileHandle, text: string): Promise<void> {
  if (text.length > AT_ONCE_MAX) return file.appendFile(text)
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) at += writeSync(file.fd, bytes, at)
}

/** Where a line of a call has its name: at its beginning. */
const WRITTEN_ID = /^\{"format":[12],"txId":"([^"]{1,100})"/

interface Line {
  readonly txId?: string
  readonly ops?: unknown
  readonly receiptOf?: string
  readonly small?: unknown
}

/** The call that a line keeps, format 1 with its ops; null for one that keeps none, or is not what was written. */
function callOf(json: Line | null): StoredCall | null {
  const range = parseTxId(json?.txId ?? '')
  if (json === null || range === null) return null
  try {
    const { txId, method, params, response, ops } = Transaction.fromJSON({
      ...json,
      format: 1,
      ops: json.ops ?? [],
    })
    const said = response === undefined ? {} : { response }
    return { txId, method, params, ...said, range, ops: json.ops === undefined ? null : ops }
  } catch (error) {
    if (error instanceof VitraError) return null // damaged: its ops are found in the oplog
    throw error
  }
}

function parseLine(line: string): Line | null {
  try {
    return JSON.parse(line)
  } catch {
    return null // an append that a crash cut short: its ops are found in the oplog
  }
}
