/** What was executed between two versions of a database: its runs, as the executor published them. */
import type { Database, failureText } from 'vitra'

/** What became of one op. */
interface OpOutcome {
  readonly seq: number
  /** `ok`, `failed` or another outcome of the protocol. */
  readonly outcome: string
  readonly message?: string
}

/** Consecutive ops of one participant. */
export interface Executed {
  /** Key of the oplog, hex. */
  readonly oplog: string
  readonly ops: readonly OpOutcome[]
}

interface PublishedRun {
  readonly outcomes: readonly Parameters<typeof failureText>[0][]
}

/** The runs in the index blocks from `from` up to, not including, `to`. */
export async function* executedBetween(db: Database, from: number, to: number): AsyncGenerator<Executed> {
  const { failureText } = await import('vitra')
  for await (const { path, value } of db.index.history({ from, to, path: '/.sys/acks' })) {
    const place = /^\/\.sys\/acks\/([0-9a-f]{64})\/(\d+)$/.exec(path)
    if (place === null) continue
    const first = Number(place[2])
    const ops = (value as PublishedRun).outcomes.map((outcome, n) => {
      const said = outcome.kind === 'ok' ? {} : { message: failureText(outcome) }
      return { seq: first + n, outcome: outcome.kind, ...said }
    })
    yield { oplog: place[1]!, ops }
  }
}
