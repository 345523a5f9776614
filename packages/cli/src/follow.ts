/** What happens to a database that is open, told as it happens. */
import type { Database } from 'vitra'
import { type Executed, executedBetween } from './activity.js'
import { explain } from './explain.js'
import type { Lane } from './live.js'
import type { Output } from './output/output.js'
import { count, shortKey, tameLine } from './output/text.js'

/** Prints what happens to a database, until the function that is returned is called. */
export function follow(out: Output, db: Database, lane: Lane): () => void {
  const peers = () => count(db.peers.length, 'peer')
  const off: (() => void)[] = []
  const on: Database['on'] = (event, listener) => {
    db.on(event, listener)
    off.push(() => db.off(event, listener))
    return db
  }
  on('peer-add', ({ publicKey }) => {
    const peer = publicKey?.toString('hex') ?? null
    out.event(
      { event: 'peer-add', peer, peers: db.peers.length },
      `peer ${nameOf(peer)} connected, ${peers()}`,
    )
  })
  on('peer-remove', ({ publicKey }) => {
    const peer = publicKey?.toString('hex') ?? null
    out.event({ event: 'peer-remove', peer, peers: db.peers.length }, `peer ${nameOf(peer)} left, ${peers()}`)
  })
  on('failure', (error) => {
    const { code, message, hint } = explain(error)
    out.event(
      { event: 'failure', code, message },
      `${out.style.red('failed')}: ${tameLine(message)} (${code})`,
    )
    if (hint !== undefined) out.note(hint)
  })
  on('throttled', (participants) => {
    for (const { publicKey, waiting, retryAfterMs } of participants) {
      const participant = publicKey.toString('hex')
      out.event(
        { event: 'throttled', participant, waiting, retryAfterMs },
        `${out.style.yellow('throttled')}: ${shortKey(participant)} is over its limit, ${count(waiting, 'op')} waiting`,
      )
    }
  })
  let told = db.index.version
  on('update', ({ version }) => {
    const from = told
    told = Math.max(told, version)
    if (version > from) lane.add(() => tellExecuted(out, db, from, version))
  })
  return () => {
    for (const remove of off) remove()
  }
}

async function tellExecuted(out: Output, db: Database, from: number, version: number): Promise<void> {
  try {
    for await (const run of executedBetween(db, from, version)) {
      out.event({ event: 'executed', version, ...run }, executedLine(out, run, version))
    }
  } catch (error) {
    const { code, message } = explain(error)
    if (code !== 'DATABASE_CLOSED') out.note(`What version ${version} holds is not told: ${message}`)
  }
}

function executedLine({ style }: Output, { oplog, ops }: Executed, version: number): string {
  const failed = ops.filter(({ outcome }) => outcome === 'failed')
  const head = `executed ${count(ops.length, 'op')} of ${shortKey(oplog)}, version ${version}`
  if (failed.length === 0) return head
  const why = tameLine(failed[0]!.message ?? 'no reason given')
  return `${head}, ${style.yellow(`${failed.length} rejected`)}: ${why}`
}

function nameOf(peer: string | null): string {
  return peer === null ? 'without a key' : shortKey(peer)
}
