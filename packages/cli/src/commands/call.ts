import type { Ack, Database, TransactionOp } from 'vitra'
import { type CallOutcome, callMethod } from '../call-method.js'
import { callScript } from '../call-script.js'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { UsageError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { Deadline, fetchLatest } from '../network.js'
import {
  chosenDurability,
  DURABILITY_OPTION,
  type DurabilityOptions,
  type NetworkOptions,
  networkOptions,
} from '../options.js'
import { count, showShort, showValue, tameLine } from '../output/text.js'
import { type Params, parseParams, parseParamsJson } from '../params/parse.js'

interface Options extends NetworkOptions, DurabilityOptions {
  readonly params?: string
  readonly wait: boolean
  readonly read?: boolean
}

const WAIT_SECONDS = 15

export const call = defineCommand<Options>({
  name: 'call',
  args: '<method>',
  argsSay: { method: 'method of the contract, see `vitra methods`' },
  completes: { method: 'methods' },
  takesParams: true,
  summary: 'Call a method of the contract',
  details: `Parameters are written --name value. A value that is JSON is read as JSON: numbers, true, false, null, {…},
[…], "…"; anything else is text. --name alone is true, --name-file <path> takes the text of a file,
{"$bytes": "00ff"} are bytes. Words after -- are parameters even where the command has an option of that name.

Where the contract is a script, words are the arguments of the function, in their order, and what it returns is
printed. A word that is JSON is read as JSON, all else is text. Where the function throws, its message is the error, with code
CALL_FAILED and exit code 1; behind it are the error's own name and code, and line and column in the script. With --json they
are in details: errorName, reason, place.

On the copy that executes, the call waits until its ops are executed. On another one it joins the network, fetches
the newest state, writes the ops to this participant's log and waits for the executor. Where that is away the ops
stay written, the status is "pending", and they are executed once both are online: \`vitra host\` hands them over.`,
  options: [
    {
      flags: '--params <json>',
      says: 'parameters as a JSON object, of a script as a list; - to read it from standard input',
    },
    { flags: '--read', says: 'of a script: make a read-only call, which writes no op' },
    { flags: '--no-wait', says: 'return once the ops are written' },
    DURABILITY_OPTION,
    ...networkOptions(`how long to wait for peers and executor (default ${WAIT_SECONDS})`),
  ],
  examples: [
    { run: 'vitra call get', says: 'read: prints what the method returns' },
    { run: 'vitra call increment --amount 2', says: 'write: waits for the outcome' },
    { run: `vitra call increment --params '{"amount": 2}'`, says: 'the same' },
    { run: 'vitra call increment --amount 2 --json', says: 'response, status and changes as JSON' },
    { run: 'vitra call increment -- --amount 2', says: 'everything after -- is a parameter' },
    { run: "vitra call addTopic 'Hello world'", says: 'a function of a script: prints what it returns' },
    { run: 'vitra call --read topics', says: 'read-only, of a script' },
  ],
  resume: () => 'ops that were written stay, and are executed: see them with `vitra tx list`',
  async run({ context, args: [method], words, options }) {
    const db = await context.database(chosenDurability(options))
    const deadline = new Deadline(options, WAIT_SECONDS)
    const how = { network: options, deadline, wait: options.wait }
    if (db.index.version === 0) await fetchLatest(context, db, options, deadline)
    const script = await db.script()
    if (script !== null) {
      const json = await readJson(context, options)
      const given = {
        call: method!,
        words,
        isRead: options.read === true,
        ...(json === undefined ? {} : { json }),
      }
      const waiting = await callScript(context, db, script, { ...how, ...given })
      if (waiting > 0) context.out.note(waitNote(db, waiting))
      return EXIT.ok
    }
    const { params, flags } = await readParams(context, words, options)
    const outcome = await callMethod(context, db, { ...how, method: method!, params, flags })
    await print(context, outcome)
    if (outcome.refusal !== undefined) context.out.warn(outcome.refusal)
    if (outcome.status === 'pending') context.out.note(waitNote(db, outcome.tx.ops.length))
    return EXIT.ok
  },
})

/** The text of `--params`. */
async function readJson(context: Context, { params }: Options): Promise<string | undefined> {
  return params === '-' ? context.readText('-') : params
}

interface ReadParams {
  readonly params: object
  /** Names of those that were given as flags. */
  readonly flags: readonly string[]
}

async function readParams(context: Context, words: readonly string[], options: Options): Promise<ReadParams> {
  const { fromJsonValue } = await import('vitra')
  let base: Params = {}
  const json = await readJson(context, options)
  if (json !== undefined) base = parseParamsJson(json)
  const params = await parseParams(words, { readFile: context.readText }, base)
  try {
    const flags = Object.keys(params).filter((name) => !Object.hasOwn(base, name))
    return { params: fromJsonValue(params) as object, flags }
  } catch (error) {
    throw new UsageError('PARAMETER_INVALID', (error as Error).message)
  }
}

async function print({ out }: Context, { tx, status, results, returned, acks }: CallOutcome): Promise<void> {
  const { toJsonValue } = await import('vitra')
  const response = toJsonValue(tx.response)
  const changes = results.map((result) => ({ ...result, value: toJsonValue(result.value) }))
  const values = returned.map(toJsonValue)
  const lines = tx.response === undefined ? [] : [out.foreign(showValue(response))]
  if (status === 'processed') {
    lines.push(`${out.style.green('executed')} ${count(tx.ops.length, 'op')}`)
    for (const { path, value, deleted } of changes) {
      lines.push(
        deleted ? `  del ${tameLine(path)}` : `  put ${tameLine(path)} ${showShort(value, out.width)}`,
      )
    }
    for (const value of values) lines.push(`  returned ${showShort(value, out.width)}`)
  }
  if (status === 'pending') lines.push(`${out.style.yellow('pending')} ${count(tx.ops.length, 'op')} written`)
  const document = {
    status,
    ...(tx.response === undefined ? {} : { response }),
    ...(status === 'read' ? {} : { txId: tx.txId, ops: tx.ops.map((op) => describeOp(op, acks)) }),
    ...(status === 'processed' ? { changes, returned: values } : {}),
  }
  out.result(document, lines)
}

/** An op, with the fuel that it took where it was executed. */
function describeOp({ oplog, seq }: TransactionOp, acks: readonly Ack[]): object {
  const ack = acks.find((other) => other.oplog === oplog && other.seq === seq)
  return ack === undefined ? { oplog, seq } : { oplog, seq, fuel: ack.outcome.fuel }
}

/** What to know about ops that are written and not executed. */
export function waitNote(db: Database, ops: number): string {
  const what = ops === 1 ? 'The op is' : 'The ops are'
  if (db.executor !== null)
    return `${what} on disk and executed shortly, or when the database is next opened.`
  return (
    `${what} on disk here and executed once the executor has got ${ops === 1 ? 'it' : 'them'}: \`vitra host\` keeps ` +
    'this copy online until then. `vitra info` shows what waits.'
  )
}
