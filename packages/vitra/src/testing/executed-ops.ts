/** What became of every op of a database, in the order in which they were executed. */
import { type Ack, type Database, failureText, type Value } from '../index.js'

/** One change that an op made. */
export type OpChange =
  | { readonly path: string; readonly value: Value }
  | { readonly path: string; readonly deleted: true }

/** One op that was executed, and what came of it. */
export interface ExecutedOp {
  /** Key of the oplog, hex. */
  readonly oplog: string
  /** Public key of the participant, hex. */
  readonly participant: string
  readonly seq: number
  /** What the participant wrote; undefined for a block that holds no op. */
  readonly value: Value | undefined
  readonly outcome: Ack['outcome']
  /** Why it failed; undefined where it did not. */
  readonly failure: string | undefined
  readonly changes: readonly OpChange[]
}

/** A record of consecutive ops, as it stands in the index. */
interface PublishedRun {
  readonly outcomes: readonly Ack['outcome'][]
}

/** Ops of one run whose changes are still to come. */
interface Pending {
  readonly run: Omit<ExecutedOp, 'changes'>[]
  readonly changes: OpChange[]
}

/**
 * Gives the ops that were executed between two versions, oldest first: from genesis to the newest one by default.
 *
 * @example for await (const { value, outcome } of executedOps(db)) console.log(value, outcome.fuel)
 */
export async function* executedOps(
  db: Database,
  { from = 1, to = db.index.version }: { readonly from?: number; readonly to?: number } = {},
): AsyncGenerator<ExecutedOp> {
  let pending: Pending | null = null
  for await (const { type, path, value } of db.index.history({ from, to })) {
    const place = /^\/\.sys\/acks\/([0-9a-f]{64})\/(\d+)$/.exec(path)
    if (place === null && path !== BATCH_RECORD) {
      pending?.changes.push(type === 'del' ? { path, deleted: true } : { path, value: value as Value })
      continue
    }
    if (pending !== null) yield* settled(pending)
    pending = place === null ? null : await begun(db, place[1]!, Number(place[2]), value as PublishedRun)
  }
  if (pending !== null) yield* settled(pending)
}

/** The record that ends a batch (spec/2-index §5). */
const BATCH_RECORD = '/.sys/batch'

async function begun(
  db: Database,
  oplog: string,
  first: number,
  { outcomes }: PublishedRun,
): Promise<Pending> {
  const signer = db.oplogs.find(({ key }) => key.toString('hex') === oplog)?.publicKey.toString('hex')
  const written = await db.findTransaction(`${oplog}-${first}-${outcomes.length}`)
  const values = new Map(written?.ops.map(({ seq, value }) => [seq, value]))
  const run = outcomes.map((outcome, n) => ({
    oplog,
    participant: signer ?? '',
    seq: first + n,
    value: values.get(first + n),
    outcome,
    failure: outcome.kind === 'ok' ? undefined : failureText(outcome),
  }))
  return { run, changes: [] }
}

/** The ops of a run, each with its part of the changes. */
function* settled({ run, changes }: Pending): Generator<ExecutedOp> {
  let at = 0
  for (const op of run) {
    const end = at + op.outcome.numChanges
    // An acknowledgement of what a participant has seen is no op.
    if (op.outcome.kind !== 'echo') yield { ...op, changes: changes.slice(at, end) }
    at = end
  }
}
