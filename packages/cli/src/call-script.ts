/** Calls a function of a script from the command line: arguments in their order, the return value printed. */
import type { Ack, Database, ScriptInfo } from 'vitra'
import { callMethod, type MethodCall } from './call-method.js'
import type { Context } from './context.js'
import { UsageError } from './errors.js'
import { count, showValue } from './output/text.js'
import { parseValue } from './params/parse.js'
import { explained } from './why-failed.js'

export interface ScriptCallOptions extends Omit<MethodCall, 'method' | 'params' | 'flags'> {
  readonly call: string
  /** As they were written. */
  readonly words: readonly string[]
  /** A list as JSON, in place of words. */
  readonly json?: string
  /** Make a read-only call. */
  readonly isRead: boolean
}

/** @returns how many ops wait for the executor */
export async function callScript(
  context: Context,
  db: Database,
  info: ScriptInfo,
  { call, words, json, isRead, ...how }: ScriptCallOptions,
): Promise<number> {
  const { ContractError, ScriptCallError, TransactionError, fromJsonValue, toJsonValue } = await import(
    'vitra'
  )
  if (!info.functions.some(({ name }) => name === call)) {
    const known = info.functions.map(({ name }) => name).join(', ')
    throw new ContractError('METHOD_NOT_FOUND', `the script exports no function ${call}; it has ${known}`)
  }
  const args = fromJsonValue(json === undefined ? readWords(words) : readList(json)) as unknown[]
  const { out } = context
  const refused = async (error: unknown): Promise<never> => {
    const isRefusal = error instanceof TransactionError && error.code === 'OP_REJECTED'
    throw await explained(db, isRefusal ? ScriptCallError.of(call, error) : error)
  }
  if (isRead) {
    const result = toJsonValue(await db.read[call](...args).catch(refused))
    out.result({ status: 'read', ...(result === undefined ? {} : { result }) }, shown(context, result))
    return 0
  }
  const { tx, status, results, acks, refusal } = await callMethod(context, db, {
    ...how,
    method: 'call',
    params: { call, args },
  }).catch(refused)
  const [ack] = acks as readonly (Ack | undefined)[]
  const result = toJsonValue(ack?.returnValue)
  const changes = results.map((change) => ({ ...change, value: toJsonValue(change.value) }))
  out.result(
    {
      status,
      ...(result === undefined ? {} : { result }),
      txId: tx.txId,
      ops: tx.ops.map(({ oplog, seq }) => ({ oplog, seq, ...(ack && { fuel: ack.outcome.fuel }) })),
      ...(status === 'processed' ? { changes } : {}),
    },
    status === 'pending'
      ? [`${out.style.yellow('pending')} ${count(1, 'call')} written`]
      : shown(context, result),
  )
  if (refusal !== undefined) out.warn(refusal)
  if (status === 'processed' && result === undefined) out.note(`executed ${call}: it returns nothing`)
  return status === 'pending' ? tx.ops.length : 0
}

function shown({ out }: Context, result: unknown): string[] {
  return result === undefined ? [] : [out.foreign(showValue(result))]
}

/** Numbers, true, false, null and JSON are read as such, all else is text. @throws {UsageError} `PARAMETER_INVALID` */
function readWords(words: readonly string[]): unknown[] {
  const start = words[0] === '--' ? 1 : 0
  return words.slice(start).map((word, n) => parseValue(word, `argument ${n + 1}`))
}

/** @throws {UsageError} `PARAMETER_INVALID` */
function readList(text: string): unknown[] {
  try {
    const list: unknown = JSON.parse(text)
    if (Array.isArray(list)) return list
  } catch {
    // told below
  }
  throw new UsageError('PARAMETER_INVALID', '--params is no JSON list', `write --params '["Hello world"]'`)
}
