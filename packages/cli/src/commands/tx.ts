import type { Ack, Database, OpFailure, Transaction } from 'vitra'
import { type CodePlace, placeText } from '../code-place.js'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { EXIT } from '../exit-codes.js'
import { findCall } from '../find-call.js'
import { Jobs } from '../jobs.js'
import { databaseToRead } from '../network.js'
import { READ_OPTIONS, type ReadOptions, wholeNumber } from '../options.js'
import type { Output } from '../output/output.js'
import { columns, count, showShort, tameLine } from '../output/text.js'
import { type WhyFailed, whyFailed } from '../why-failed.js'

interface Options extends ReadOptions {
  readonly limit?: number
}

const LIMIT = 20

interface Given {
  readonly context: Context
  readonly db: Database
  readonly id: string
  readonly limit: number
}

const JOBS = new Jobs<(given: Given) => Promise<void>>('tx', {
  list: {
    options: [
      {
        flags: '--limit <n>',
        says: `print at most so many (default ${LIMIT})`,
        parse: wholeNumber('--limit'),
      },
    ],
    run: list,
  },
  show: { takes: '<id>', run: show },
  verify: { takes: '<id>', run: verify },
})

export const tx = defineCommand<Options>({
  name: 'tx',
  args: '<what> [id]',
  argsSay: {
    what: JOBS.says,
    id: 'the txId of a call, as list prints it; `vitra call --json` and `vitra info --json` print it too',
  },
  completes: { what: JOBS.words },
  summary: 'Look at the calls made from here: their ops, what became of each, and the proof of it',
  details: `list prints the calls that wrote ops, newest first. show prints one: its ops, their outcomes and changes, and the fuel
that each took. verify checks the receipt of one: that its ops stand in the oplog, and that the executor has signed these
outcomes and changes. It runs nothing again: \`vitra verify\` does.

An op that failed is shown with its code: docs/errors/outcomes says of each what happened, whose doing it is and what to do. Where
it was thrown is in no record: the op is run once more here, over the state that it met.
Fuel is what the contract spent on the op, and the most that the rules of the database allow.`,
  options: [...JOBS.options, ...READ_OPTIONS],
  examples: [
    { run: 'vitra tx list', says: 'the newest calls' },
    { run: 'vitra tx show <id>', says: 'one of them, at a glance' },
    { run: 'vitra tx show <id> --json', says: 'for a program' },
    { run: 'vitra tx verify <id>', says: 'that the executor has signed what it did' },
  ],
  async run({ context, args: [what, id], options }) {
    const run = JOBS.find(what, id, options)
    const db = await databaseToRead(context, options)
    await run({ context, db, id: id ?? '', limit: options.limit ?? LIMIT })
    return EXIT.ok
  },
})

async function list({ context: { out }, db, limit }: Given): Promise<void> {
  const { toJsonValue } = await import('vitra')
  const calls = []
  let hasMore = false
  for await (const call of db.transactions()) {
    hasMore = calls.length === limit
    if (hasMore) break
    await call.fetchAcks()
    const { txId, status, method, params, ops } = call
    calls.push({ txId, status, method, params: toJsonValue(params), ops: ops.length })
  }
  const rows = calls.map(({ txId, status, method, params, ops }) => {
    const name = `${status.padEnd(9)}  ${tameLine(method)} ${showShort(params, SHOWN_PARAMS)} (${count(ops, 'op')})`
    return `${name}\n  ${txId}`
  })
  out.result({ calls }, rows)
  if (calls.length === 0) out.note('No call from here has written an op.')
  if (hasMore) out.note(`There are more: add --limit ${limit * 2}`)
}

/** Characters of the parameters in a list. */
const SHOWN_PARAMS = 60

async function show({ context, db, id }: Given): Promise<void> {
  const document = await describe(db, await findCall(db, id))
  context.out.result(document, lines(context.out, document))
}

async function verify({ context: { out }, db, id }: Given): Promise<void> {
  const call = await findCall(db, id)
  const inclusions = await call.verifyInclusion()
  const ops = inclusions.map(({ op, ack, results, version, run }) => {
    const { kind, code } = ack.outcome
    const said = code === undefined ? {} : { code }
    return { oplog: op.oplog, seq: op.seq, outcome: kind, ...said, changes: results.length, version, run }
  })
  out.result({ txId: call.txId, verified: true, ops }, [
    `${out.style.green('verified')}: the executor has signed what became of ${count(ops.length, 'op')}`,
    ...ops.map(
      ({ seq, outcome, changes, version, run }) =>
        `op ${seq}  ${outcome}, ${count(changes, 'change')}, in block ${run} of version ${version}`,
    ),
  ])
}

/** One op of the call as it is printed. */
interface DescribedOp {
  readonly oplog: string
  readonly seq: number
  readonly value: unknown
  readonly outcome: OutcomeKind | 'pending'
  readonly code?: string
  readonly message?: string
  readonly thrown?: Thrown
  readonly ts?: number
  readonly fuel?: number
  readonly fuelMax?: number
  readonly returned?: unknown
  readonly changes: readonly { readonly path: string; readonly deleted: boolean; readonly value?: unknown }[]
}

type OutcomeKind = Ack['outcome']['kind']

async function describe(db: Database, call: Transaction) {
  const { toJsonValue } = await import('vitra')
  const { fuelMax } = await db.limits()
  const acks = await call.fetchAcks()
  const results = await call.fetchResults()
  const why = await whyFailed(db, call)
  const ops = call.ops.map(({ oplog, seq, value }): DescribedOp => {
    const isOwn = (other: { oplog: string; seq: number }) => other.oplog === oplog && other.seq === seq
    const changes = results.filter(isOwn).map(({ path, value, deleted }) => {
      return deleted ? { path, deleted } : { path, deleted, value: toJsonValue(value) }
    })
    const op = { oplog, seq, value: toJsonValue(value), changes }
    const ack = acks.find(isOwn)
    if (ack === undefined) return { ...op, outcome: 'pending' }
    const { kind, code, message, fuel, ts } = ack.outcome
    return {
      ...op,
      outcome: kind,
      ...(code === undefined ? {} : { code }),
      ...(message ? { message } : {}),
      ...(why?.seq === seq && why.places.length > 0 ? { thrown: thrownBy(why) } : {}),
      ts,
      fuel,
      fuelMax,
      ...(ack.returnValue === undefined ? {} : { returned: toJsonValue(ack.returnValue) }),
    }
  })
  const { txId, status, method, params } = call
  return { txId, status, method, params: toJsonValue(params), ops }
}

/** Where an op failed, and with what. */
function thrownBy({ message, errorName, reason, places }: WhyFailed): Thrown {
  return {
    place: places[0]!,
    message,
    ...(errorName === undefined ? {} : { errorName }),
    ...(reason === undefined ? {} : { reason }),
  }
}

interface Thrown extends Pick<OpFailure, 'message' | 'errorName' | 'reason'> {
  readonly place: CodePlace
}

function thrownLine({ place, message, errorName, reason }: Thrown): string {
  const what = [errorName ?? '', reason === undefined ? '' : `code ${reason}`, message]
  return `  thrown at ${placeText(place)}: ${tameLine(what.filter((text) => text !== '').join(', '))}`
}

type Described = Awaited<ReturnType<typeof describe>>

function lines({ style, width }: Output, { txId, status, method, params, ops }: Described): string[] {
  return [
    ...columns([
      ['call', `${tameLine(method) || 'unknown method'} ${showShort(params, width)}`],
      ['id', txId],
      ['status', status],
    ]),
    ...ops.flatMap((op) => {
      const said = [op.code ?? '', tameLine(op.message ?? '')].filter((text) => text !== '').join(': ')
      const paint = op.outcome === 'ok' ? style.green : op.outcome === 'pending' ? style.yellow : style.red
      return [
        `op ${op.seq}  ${paint(op.outcome)}${said === '' ? '' : ` ${said}`}  ${style.dim(showShort(op.value, width))}`,
        ...(op.thrown === undefined ? [] : [thrownLine(op.thrown)]),
        ...(op.fuel === undefined ? [] : [`  fuel ${op.fuel} of ${op.fuelMax}`]),
        ...op.changes.map(({ path, deleted, value }) =>
          deleted ? `  del ${tameLine(path)}` : `  put ${tameLine(path)} ${showShort(value, width)}`,
        ),
        ...(op.returned === undefined ? [] : [`  returned ${showShort(op.returned, width)}`]),
      ]
    }),
  ]
}
