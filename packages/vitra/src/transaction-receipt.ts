/** Receipts of transactions (spec/7-proofs §9): made from this copy, checked without any, and their small form as JSON. */
import {
  decodeEntryValue,
  decodeValue,
  encodeValue,
  type FoundRun,
  findBatchHead,
  fromHex,
  type IndexLog,
  type OpenReceipt,
  openReceipt,
  proofSource,
  proveReceipt,
  type Receipt,
  type ReceiptOp,
  readOp,
  type SignedHead,
  type SmallReceipt,
  sameBytes,
  sodiumCrypto,
  toHex,
  type Value,
  ValueError,
} from '@vitra/log'
import { TransactionError } from './errors.js'
import type { Ack, OpInclusion, Result, TransactionHost, TransactionOp } from './transaction-types.js'

/**
 * The small form of the receipt of ops that are executed, at the end of the batch of the last one.
 *
 * @param found the run of each op
 * @throws {LogError} `BLOCK_MISSING`
 */
export async function findSmallReceipt(
  index: IndexLog,
  ops: readonly TransactionOp[],
  found: readonly FoundRun[],
): Promise<SmallReceipt> {
  const runs = [...new Set(found.map(({ seq }) => seq))]
  const { oplog, seq } = ops[0]!
  const head = await findBatchHead(index, runs.at(-1)!)
  return Object.freeze({ oplog: fromHex(oplog), seq, count: ops.length, runs, head })
}

/**
 * Makes a receipt from its small form.
 *
 * @throws {LogError} `BLOCK_MISSING`; {@link TransactionError} `TX_UNPROVED`
 */
export async function growReceipt(
  host: TransactionHost,
  ops: readonly TransactionOp[],
  small: SmallReceipt,
): Promise<Receipt> {
  const oplog = await host.openOplog(small.oplog)
  const sources = { index: proofSource(host.index.log, {}), oplog: proofSource(oplog, {}) }
  const receipt = await proveReceipt(sources, small)
  openFor(ops, host.index.key, receipt)
  return receipt
}

/** What a receipt shows of each op. @throws {TransactionError} `TX_UNPROVED` */
export function readReceipt(ops: readonly TransactionOp[], key: Uint8Array, receipt: Receipt): OpInclusion[] {
  const { version, ops: shown } = openFor(ops, key, receipt)
  return shown.map((one, n) => {
    const op = ops[n]!
    const { outcome, run } = one
    return Object.freeze({ op, version, run, ack: toAck(op, outcome), results: resultsOf(op, one) })
  })
}

/** What the executor published about an op, as people read it. */
export function toAck({ oplog, seq }: TransactionOp, outcome: Ack['outcome']): Ack {
  return {
    oplog,
    seq,
    success: outcome.kind === 'ok',
    outcome,
    ...(outcome.value === undefined ? {} : { returnValue: decodeValue(outcome.value) }),
    ...(outcome.metadata === undefined ? {} : { metadata: decodeValue(outcome.metadata) }),
  }
}

/** The changes of an op, as people read them. */
export function resultsOf({ oplog, seq }: TransactionOp, { changes }: Pick<ReceiptOp, 'changes'>): Result[] {
  return changes.map(({ path, value }) => {
    const place = { oplog, seq, path }
    return value === null
      ? { ...place, deleted: true }
      : { ...place, deleted: false, value: decodeEntryValue(path, value) as Value }
  })
}

/** @throws {TransactionError} `TX_UNPROVED` where the receipt shows anything but these ops */
function openFor(ops: readonly TransactionOp[], key: Uint8Array, receipt: Receipt): OpenReceipt {
  const opened = openReceipt(sodiumCrypto, key, receipt)
  const holds =
    opened !== null &&
    opened.ops.length === ops.length &&
    opened.ops.every((shown, n) => isOp(toHex(opened.oplog), shown, ops[n]!))
  if (holds) return opened
  const what = ops.length === 1 ? `op ${ops[0]!.seq}` : `ops ${ops[0]!.seq} to ${ops.at(-1)!.seq}`
  throw new TransactionError(
    'TX_UNPROVED',
    `${what} cannot be proved: the receipt, or the logs, do not hold what they should`,
  )
}

function isOp(oplog: string, { seq, block }: ReceiptOp, op: TransactionOp): boolean {
  if (op.oplog !== oplog || op.seq !== seq) return false
  try {
    return sameBytes(encodeValue(readOp(block)), encodeValue(op.value))
  } catch (error) {
    if (error instanceof ValueError) return false // a transaction that somebody wrote by hand
    throw error
  }
}

/** The small form as a line of JSON holds it, beside the name of its call, which names the ops. */
export function smallToJson({ runs, head }: SmallReceipt): unknown {
  const { length, treeHash, signature } = head
  return { runs, length, treeHash: toBase64(treeHash), signature: toBase64(signature) }
}

/**
 * The small form that {@link smallToJson} wrote, now or in the past, when bytes were in hex; null where the JSON is none:
 * the receipt is then made anew.
 */
export function smallFromJson(
  json: unknown,
  { oplog, first, count }: { readonly oplog: string; readonly first: number; readonly count: number },
): SmallReceipt | null {
  const { runs, length, treeHash, signature } = Object(json) as Record<string, unknown>
  const head = {
    length: length as number,
    treeHash: bytesOf(treeHash, 32),
    signature: bytesOf(signature, 64),
  }
  if (head.treeHash === null || head.signature === null) return null
  if (!Array.isArray(runs) || ![length, ...runs].every(Number.isSafeInteger)) return null
  return { oplog: fromHex(oplog), seq: first, count, runs, head: head as SignedHead }
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function bytesOf(text: unknown, length: number): Uint8Array | null {
  if (typeof text !== 'string') return null
  if (text.length === 2 * length) return /^[0-9a-f]*$/.test(text) ? fromHex(text) : null
  const bytes = new Uint8Array(Buffer.from(text, 'base64'))
  return bytes.length === length && toBase64(bytes) === text ? bytes : null
}
