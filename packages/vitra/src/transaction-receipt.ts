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

/** The small form as a line of JSON holds it. */
export function smallToJson({ oplog, seq, count, runs, head }: SmallReceipt): unknown {
  const { length, treeHash, signature } = head
  return {
    oplog: toHex(oplog),
    seq,
    count,
    runs,
    length,
    treeHash: toHex(treeHash),
    signature: toHex(signature),
  }
}

/** The small form that {@link smallToJson} wrote; null where the JSON is none: the receipt is then made anew. */
export function smallFromJson(json: unknown): SmallReceipt | null {
  const { oplog, seq, count, runs, length, treeHash, signature } = Object(json) as Record<string, unknown>
  const isHex = (text: unknown, bytes: number): text is string =>
    typeof text === 'string' && text.length === 2 * bytes && /^[0-9a-f]*$/.test(text)
  if (!isHex(oplog, 32) || !isHex(treeHash, 32) || !isHex(signature, 64)) return null
  if (!Array.isArray(runs) || ![seq, count, length, ...runs].every(Number.isSafeInteger)) return null
  const head = {
    length: length as number,
    treeHash: fromHex(treeHash),
    signature: fromHex(signature),
  }
  return { oplog: fromHex(oplog), seq: seq as number, count: count as number, runs, head }
}
