/** What must hold once a simulation has come to rest, and what a plan without faults publishes. */
import type { Ack, Database, HistoryEntry } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import type { Simulation } from './simulation.js'

/** What a simulation did, for whoever reads the output of a campaign. */
export interface SimulationReport {
  readonly seed: number
  /** Ops that callers were told are on disk. */
  readonly accepted: number
  /** Ops whose outcomes callers were told. */
  readonly acknowledged: number
  readonly executed: number
  readonly ends: number
  readonly heads: number
  /** Injected failures of disks. */
  readonly failures: number
  readonly refusals: Readonly<Record<string, number>>
}

/**
 * Nothing that was acknowledged is lost, nothing is applied twice, no length is signed twice, nobody is accused, and
 * all copies hold the same.
 *
 * @throws {Error} which lists everything that does not hold
 */
export async function checkSimulation(simulation: Simulation): Promise<SimulationReport> {
  const { records, heads, copies, ends, plan, executor } = simulation
  const problems = [...records.problems]
  for (const { key, length } of heads.doubles) problems.push(`log ${key} has two heads of length ${length}`)
  const alice = executor.database
  const head = JSON.stringify(await alice.proofs.head())
  for (const [name, { database }] of copies) {
    const { waiting } = await checkDatabase(database).catch((error: Error) => {
      problems.push(`${name}: ${error.message}`)
      return { waiting: 0 }
    })
    if (waiting > 0) problems.push(`${name}: ${waiting} ops wait`)
    if (JSON.stringify(await database.proofs.head()) !== head) problems.push(`${name} has another index`)
  }
  const accepted = await checkAccepted(simulation, alice, problems)
  const acknowledged = await checkAcknowledged(simulation, alice, problems)
  const executed = await checkCounts(alice, problems)
  if (problems.length > 0) throw new Error(`${problems.length} problems:\n${problems.join('\n')}`)
  const failures = [...copies.values()].reduce((sum, { folder }) => sum + folder.failures, 0)
  const refusals = Object.fromEntries(records.refusals)
  return { seed: plan.seed, accepted, acknowledged, executed, ends, heads: heads.count, failures, refusals }
}

/** What was said to be on disk is executed: once where it succeeded, not at all where it failed. */
async function checkAccepted({ records }: Simulation, alice: Database, problems: string[]): Promise<number> {
  let ops = 0
  for (const { who, transaction } of records.accepted) {
    const found = alice.transaction(JSON.parse(JSON.stringify(transaction)))
    const acks = await found.fetchAcks()
    for (const [nth, op] of transaction.ops.entries()) {
      ops++
      const { id } = op.value as { id: string }
      const ack = acks[nth]
      if (ack === undefined) problems.push(`op ${id} of ${who} is lost`)
      else if ((await countOf(alice, id)) !== (ack.success ? 1 : 0))
        problems.push(
          `op ${id} of ${who} is ${ack.outcome.kind} and counted ${await countOf(alice, id)} times`,
        )
    }
    // That these are the ops that were accepted, and not others in their place, is what a receipt proves.
    if (acks.length === transaction.ops.length)
      await found.verifyInclusion(alice.pubkey).catch(({ message }) => problems.push(`${who}: ${message}`))
  }
  return ops
}

async function countOf(db: Database, id: string): Promise<unknown> {
  return (await db.index.get(`/count/${id}`))?.value ?? 0
}

/** An outcome that somebody was told never changes. */
async function checkAcknowledged(
  { records }: Simulation,
  alice: Database,
  problems: string[],
): Promise<number> {
  let ops = 0
  for (const { who, acks } of records.acknowledged) {
    for (const told of acks) {
      ops++
      const { oplog, seq } = told
      const now = await alice.findTransaction(`${oplog}-${seq}-1`)
      const [ack] = (await now?.fetchAcks()) ?? []
      if (plain(ack) !== plain(told)) problems.push(`${who} was told ${plain(told)}, and it is ${plain(ack)}`)
    }
  }
  return ops
}

function plain(ack: Ack | undefined): string {
  return JSON.stringify(ack, (_key, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  )
}

/** Each op is counted once at most, those that nobody was told of as well; and the total is what was counted. */
async function checkCounts(alice: Database, problems: string[]): Promise<number> {
  let counted = 0
  for (const { path } of await alice.index.list('/count')) {
    const value = (await alice.index.get(path))?.value
    if (value !== 1) problems.push(`${path} is ${value}`)
    counted++
  }
  const total = (await alice.index.get('/total'))?.value
  if (total !== counted) problems.push(`the total is ${total}, ${counted} ops were counted`)
  return counted
}

/**
 * Everything that a database published, without what no seed repeats: keys are replaced by the participants' names, and
 * how outcomes are grouped into runs and batches is left out.
 */
export async function published({ executor, plan, copies }: Simulation): Promise<string[]> {
  const names = new Map<string, string>()
  const db = executor.database
  for (const name of plan.participants) {
    const { publicKey } = copies.get(name)!.database.localOplog!
    const { key } = db.oplogs.find((oplog) => oplog.publicKey.equals(publicKey))!
    for (const hex of [key.toString('hex'), publicKey.toString('hex')])
      for (const length of [64, 8, 4]) names.set(hex.slice(0, length), name)
  }
  const lines: string[] = []
  for await (const { path, type, value } of db.index.history() as AsyncIterable<HistoryEntry>) {
    if (path.startsWith('/.sys/acks/genesis') || path === '/.sys/batch') continue
    const [, , , oplog] = path.split('/')
    const { outcomes } = (value ?? {}) as { outcomes?: unknown[] }
    if (path.startsWith('/.sys/acks/'))
      for (const outcome of outcomes ?? []) lines.push(`${oplog} ${text(outcome)}`)
    else lines.push(`${path} ${type} ${text(value)}`)
  }
  return lines.map((line) =>
    line.replaceAll(/\b([0-9a-f]{64}|[0-9a-f]{8}|[0-9a-f]{4})\b/g, (hex) => names.get(hex) ?? hex),
  )
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    part instanceof Uint8Array ? Buffer.from(part).toString('hex') : part,
  )
}
