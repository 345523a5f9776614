/** Calls a method of the contract from this copy and waits for what becomes of it; `call` and `invite` do. */
import type { Ack, Database, Result, Transaction } from 'vitra'
import type { Context } from './context.js'
import { type Deadline, fetchLatest } from './network.js'
import type { NetworkOptions } from './options.js'
import { assertTaken, lackingText } from './params/signature.js'

export interface MethodCall {
  readonly method: string
  readonly params: object
  /** Names of those that were given as flags. */
  readonly flags?: readonly string[]
  readonly network: NetworkOptions
  readonly deadline: Deadline
  /** False to return once the ops are written. */
  readonly wait: boolean
}

export interface CallOutcome {
  readonly tx: Transaction
  /** `read`: the method emitted nothing. `pending`: its ops are on disk here and wait for the executor. */
  readonly status: 'read' | 'pending' | 'processed'
  /** What the ops changed. */
  readonly results: readonly Result[]
  /** What `apply` returned for each op that returned something. */
  readonly returned: readonly unknown[]
  /** What the executor published about the ops. */
  readonly acks: readonly Ack[]
  /** Why the executor here runs the contract later only. */
  readonly refusal?: string
}

/**
 * Brings the copy up to date, calls, and waits for the executor as long as there is a reason to.
 *
 * @throws {UsageError} `PARAMETER_INVALID` for a flag that the method does not look at; `OP_REJECTED` where the contract refused an op; what the library's `call` throws
 */
export async function callMethod(context: Context, db: Database, call: MethodCall): Promise<CallOutcome> {
  const { network, deadline } = call
  const isOnline = await fetchLatest(context, db, network, deadline)
  const tx = await begin(context, db, call)
  if (tx.ops.length === 0) return { tx, status: 'read', results: [], returned: [], acks: [] }
  const executesHere = db.executor !== null
  const mayComeBack = !network.offline && deadline.isGiven
  if (!call.wait || !(executesHere || isOnline || mayComeBack)) return pending(tx)
  try {
    const acks = await tx.whenProcessed({ timeout: deadline.left(), signal: context.signal })
    const returned = acks.flatMap(({ returnValue }) => (returnValue === undefined ? [] : [returnValue]))
    return { tx, status: 'processed', results: await tx.fetchResults(), returned, acks }
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string }
    if (code === 'TX_TIMEOUT') return pending(tx)
    // The op is on disk and executed later: nothing has failed.
    if (code === 'CONTRACT_REFUSED' || code === 'GUEST_NOT_STARTED')
      return { ...pending(tx), refusal: message }
    throw error
  }
}

async function begin(
  { out, signal }: Context,
  db: Database,
  { method, params, flags = [] }: MethodCall,
): Promise<Transaction> {
  const signature = (await db.methods()).find(({ name }) => name === method)
  if (signature !== undefined) assertTaken(signature, flags)
  try {
    return await db.call(method, params, { signal })
  } catch (error) {
    const { code } = error as { code?: unknown }
    const lacking = signature === undefined ? null : lackingText(signature, params)
    if (lacking !== null && code === 'CONTRACT_ERROR') out.note(lacking)
    throw error
  }
}

function pending(tx: Transaction): CallOutcome {
  return { tx, status: 'pending', results: [], returned: [], acks: [] }
}
