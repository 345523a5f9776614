/** Tells everything about every op of a database as it is executed: what was written, what became of it, and its fuel. */
import type { Database } from 'vitra'
import type { ExecutedOp, ReplayedOp } from 'vitra/testing'
import { explain } from '../explain.js'
import type { Lane } from '../live.js'
import type { Output } from '../output/output.js'
import { shortKey, showShort, tameLine } from '../output/text.js'

/** Tells from now on, until the function that is returned is called; what has happened until then is told. */
export function tellOps(out: Output, db: Database, lane: Lane): () => void {
  let told = db.index.version
  const catchUp = () => {
    const from = told
    told = Math.max(told, db.index.version)
    if (told > from) lane.add(() => tellBetween(out, db, { from, to: told }))
  }
  const tellFailure = (error: Error) => {
    const { code, message } = explain(error)
    out.event(
      { event: 'failure', code, message },
      `${out.style.red('failed')}: ${tameLine(message)} (${code})`,
    )
  }
  db.on('update', catchUp)
  db.on('failure', tellFailure)
  return () => {
    catchUp()
    db.off('update', catchUp)
    db.off('failure', tellFailure)
  }
}

async function tellBetween(out: Output, db: Database, range: { from: number; to: number }): Promise<void> {
  const [{ toJsonValue }, { executedOps }] = await Promise.all([import('vitra'), import('vitra/testing')])
  try {
    for await (const op of executedOps(db, range)) {
      const document = documentOf(op, toJsonValue)
      out.event(
        { event: 'op', ...document },
        [opLine(out, document), ...changeLines(out, document)].join('\n'),
      )
    }
  } catch (error) {
    const { code, message } = explain(error)
    if (code !== 'DATABASE_CLOSED') out.warn(`what was executed is not told: ${message}`)
  }
}

/** Tells of an op that ends differently under another contract. */
export async function tellDifference(out: Output, { before, after }: ReplayedOp): Promise<void> {
  const { toJsonValue } = await import('vitra')
  const [was, is] = [before, after].map((op) => (op === null ? null : documentOf(op, toJsonValue)))
  const line = `  ${nameOf(was!)} ${showShort(was!.op, OP_COLUMNS)}`
  const ends = (name: string, op: OpDocument | null | undefined) =>
    op
      ? [`    ${name}: ${endingOf(op)}`, ...changeLines(out, op).map((change) => `    ${change}`)]
      : [`    ${name}: not written, its participant is not admitted`]
  out.event(
    { event: 'differs', before: was, after: is },
    [line, ...ends('before', was), ...ends('now', is)].join('\n'),
  )
}

/** How much of an op a line shows. */
const OP_COLUMNS = 120

interface OpDocument {
  readonly participant: string
  readonly seq: number
  readonly op: unknown
  readonly outcome: string
  readonly failure?: string
  readonly fuel: number
  readonly changes: readonly { readonly path: string; readonly value?: unknown; readonly deleted?: true }[]
}

function documentOf(
  { participant, seq, value, outcome, failure, changes }: ExecutedOp,
  toJsonValue: typeof import('vitra').toJsonValue,
): OpDocument {
  return {
    participant,
    seq,
    op: value === undefined ? null : toJsonValue(value),
    outcome: outcome.kind,
    ...(failure === undefined ? {} : { failure }),
    fuel: outcome.fuel,
    changes: changes.map((change) =>
      'deleted' in change ? change : { path: change.path, value: toJsonValue(change.value) },
    ),
  }
}

function opLine({ style }: Output, document: OpDocument): string {
  const colour = document.failure === undefined ? style.green : style.yellow
  return `${nameOf(document)} ${showShort(document.op, OP_COLUMNS)}: ${colour(endingOf(document))}`
}

function nameOf({ participant, seq }: OpDocument): string {
  return `op ${seq} of ${shortKey(participant)}`
}

function endingOf({ failure, fuel }: OpDocument): string {
  const said = failure === undefined ? 'ok' : `rejected, ${tameLine(failure)}`
  return `${said} (${fuel.toLocaleString('en-US')} fuel)`
}

function changeLines(out: Output, { changes }: OpDocument): string[] {
  return changes.map(({ path, value, deleted }) =>
    deleted ? `  del ${tameLine(path)}` : `  put ${tameLine(path)} ${showShort(value, out.width)}`,
  )
}
