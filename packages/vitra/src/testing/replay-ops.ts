/** Executes what was written to one database on another one, such as one of a changed contract. */
import { isDeepStrictEqual } from 'node:util'
import type { Database, Value } from '../index.js'
import { type ExecutedOp, executedOps, type OpChange } from './executed-ops.js'

/** What became of one op in either database. */
export interface ReplayedOp {
  readonly before: ExecutedOp
  /** Null where its participant is not admitted, and the op was not written. */
  readonly after: ExecutedOp | null
  /** True where outcome, reason or changes are others. */
  readonly differs: boolean
}

/**
 * Writes the ops of one database to another, in the order in which they were executed, each as the participant that wrote it.
 *
 * A script's first call is made by the new database itself; it is given only where it differs.
 *
 * @param from holds the secret keys of all its participants
 * @param onto a new database; its participant is one of `from`'s
 * @param setClock is told the time of each op before it is executed
 * @example for await (const { before, after, differs } of replayOps(old, next)) if (differs) console.log(before, after)
 */
export async function* replayOps(
  from: Database,
  onto: Database,
  setClock: (ms: number) => void = () => {},
): AsyncGenerator<ReplayedOp> {
  for (const identity of await from.identities()) await onto.importIdentity(await identity.export())
  const caller = from.localOplog?.publicKey
  const begun = await firstCall(onto)
  // What is written meanwhile counts as well.
  for (let at = 1; at < from.index.version; ) {
    const to = from.index.version
    for await (const before of executedOps(from, { from: at, to })) {
      if (begun !== null && isFirstCall(before)) {
        const differing = differs(before, begun)
        if (differing) yield { before, after: begun, differs: differing }
        continue
      }
      setClock(before.outcome.ts)
      const after = await execute(onto, before)
      yield { before, after, differs: differs(before, after) }
    }
    at = to
  }
  if (caller !== undefined) await onto.setLocalOplog(caller)
}

/** The first call of a script, which a database makes by itself when it is made; null where none was made. */
async function firstCall(db: Database): Promise<ExecutedOp | null> {
  if ((await db.script()) === null) return null
  for await (const op of executedOps(db, { from: 1 })) if (isFirstCall(op)) return op
  return null
}

function isFirstCall({ value }: ExecutedOp): boolean {
  return (value as { readonly call?: unknown } | null | undefined)?.call === 'init'
}

async function execute(onto: Database, { participant, value }: ExecutedOp): Promise<ExecutedOp | null> {
  if (value === undefined) return null
  const isAdmitted = onto.oplogs.some(
    ({ publicKey, active }) => active && publicKey.toString('hex') === participant,
  )
  if (!isAdmitted) return null
  const from = onto.index.version
  await onto.setLocalOplog(participant)
  const tx = await onto.writeOps([value as Value])
  // A refusal is an outcome like any other.
  await tx.whenProcessed().catch((error) => {
    if (error.code !== 'OP_REJECTED') throw error
  })
  const { oplog, seq } = tx.ops[0]!
  for await (const op of executedOps(onto, { from })) if (op.oplog === oplog && op.seq === seq) return op
  return null
}

function differs(before: ExecutedOp, after: ExecutedOp | null): boolean {
  return (
    after === null ||
    before.outcome.kind !== after.outcome.kind ||
    before.failure !== after.failure ||
    !isDeepStrictEqual(before.changes.map(comparable), after.changes.map(comparable))
  )
}

/** Oplogs have other keys in another database; who is admitted counts. */
function comparable(change: OpChange): unknown {
  if ('deleted' in change || !change.path.startsWith('/.sys/inputs/')) return change
  const { signer, active } = change.value as { readonly signer: Value; readonly active: boolean }
  return { signer, active }
}
