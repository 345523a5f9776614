import type { Ack, Database, Transaction } from 'vitra'
import { defineCommand } from '../command.js'
import { CliError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { Deadline, fetchLatest } from '../network.js'
import { READ_OPTIONS, type ReadOptions, SYNC_SECONDS } from '../options.js'
import type { Output } from '../output/output.js'
import { columns, showShort, tameLine } from '../output/text.js'

export const tx = defineCommand<ReadOptions>({
  name: 'tx',
  args: '<id>',
  argsSay: { id: 'the txId of a call, as `vitra call --json` and `vitra info --json` print it' },
  summary: 'Print a call: its ops, what became of each, and the fuel it took',
  details:
    'An op that failed is shown with its code: docs/errors/outcomes says of each what happened, whose doing it is and ' +
    'what to do. Fuel is what the contract spent on the op, and the most that the rules of the database allow.',
  options: READ_OPTIONS,
  examples: [
    { run: 'vitra tx <id>', says: 'at a glance' },
    { run: 'vitra tx <id> --json', says: 'for a program' },
  ],
  async run({ context, args: [id], options }) {
    const db = await context.database()
    if (options.sync) await fetchLatest(context, db, options, new Deadline(options, SYNC_SECONDS))
    const found = await db.findTransaction(id!)
    if (found === null) {
      throw new CliError('TX_NOT_FOUND', `there is no call ${id} in this copy`, {
        hint: 'see what waits with `vitra info`, or fetch the newest state with --sync',
        details: { txId: id },
      })
    }
    const document = await describe(db, found)
    context.out.result(document, lines(context.out, document))
    return EXIT.ok
  },
})

/** One op of the call as it is printed. */
interface DescribedOp {
  readonly oplog: string
  readonly seq: number
  readonly value: unknown
  readonly outcome: OutcomeKind | 'pending'
  readonly code?: string
  readonly message?: string
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
      ts,
      fuel,
      fuelMax,
      ...(ack.returnValue === undefined ? {} : { returned: toJsonValue(ack.returnValue) }),
    }
  })
  const { txId, status, method, params } = call
  return { txId, status, method, params: toJsonValue(params), ops }
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
        ...(op.fuel === undefined ? [] : [`  fuel ${op.fuel} of ${op.fuelMax}`]),
        ...op.changes.map(({ path, deleted, value }) =>
          deleted ? `  del ${tameLine(path)}` : `  put ${tameLine(path)} ${showShort(value, width)}`,
        ),
        ...(op.returned === undefined ? [] : [`  returned ${showShort(op.returned, width)}`]),
      ]
    }),
  ]
}
