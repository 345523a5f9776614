/** Publishes mutants of honest histories and audits them; what `mutations.test.ts` and its soak form share. */
import {
  BATCH_PATH,
  type Change,
  decodeBatch,
  decodeRun,
  encodeBatch,
  encodeRun,
  IndexLog,
  type Input,
  Log,
  type Outcome,
  oplogIdentity,
  parseRunPath,
  type Run,
  Storage,
  sameBytes,
  toHex,
} from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import type { AuditReport } from '@vitra/verifier'
import { Auditor } from '@vitra/verifier/replay'
import { Database } from 'vitra'
import {
  COUNTING_WORKBENCH_CONTRACT,
  type History,
  Mutant,
  publishInto,
  Random,
  readHistory,
  WORKBENCH_CONTRACT,
} from '../src/index.js'

const WITH_PROCESS = `${COUNTING_WORKBENCH_CONTRACT}
export function process (op) { if (op.key === 'refused') throw new Error('no'); return { seen: op.op } }`

/** An honest history with something of everything, in two folders: small, so that many mutants are quick. */
export async function writeHistory(path: string): Promise<History> {
  const db = await Database.create(path, { contract: { source: WORKBENCH_CONTRACT } })
  const other = await db.createIdentity()
  const [creator] = db.oplogs
  const run = async (method: string, params: object) => {
    const tx = await db.call(method, params)
    await tx.whenProcessed().catch((error) => {
      if (error.code !== 'OP_REJECTED') throw error
    })
  }
  await run('put', { key: 'a', value: 1 })
  await run('many', { count: 3 })
  await run('fail', {})
  await run('admit', { pubkey: other.toString() })
  await db.setLocalOplog(other.publicKey)
  await run('twice', { key: 'b', value: 2 })
  await run('raw', { op: { op: 'COPY', from: 'a', to: 'c' } })
  await db.setLocalOplog(creator!.publicKey)
  await run('upgrade', { code: WITH_PROCESS })
  await run('put', { key: 'refused', value: 1 })
  await run('nothing', {})
  await run('remove', { pubkey: other.toString() })
  await run('del', { key: 'b' })
  await db.close()
  return readHistory(path)
}

interface Published {
  readonly entries: readonly Change[]
  readonly oplogs: string
}

/** Publishes a history and audits it. */
async function audit(
  history: History,
  sandbox: Sandbox,
  mutant: Mutant | null,
): Promise<{ report: AuditReport; published: Published }> {
  await using storage = Storage.temporary()
  await storage.create()
  const log = await publishInto(history, storage, mutant)
  const index = await IndexLog.open(log)
  const logs = new Map<string, Promise<Log>>()
  const openOplog = ({ signer }: Input) => {
    const id = toHex(signer)
    if (!logs.has(id)) logs.set(id, Log.open(storage, oplogIdentity(signer, log.key)))
    return logs.get(id)!
  }
  const report = await new Auditor({ index, sandbox, openOplog }).advance()
  const published = { entries: await readEntries(index), oplogs: oplogsText(history) }
  await index.close()
  return { report, published }
}

/** Publishes and audits mutants, three at a time, each with a seed of its own. */
export async function tryMutants(
  history: History,
  { seed, count }: { seed: number; count: number },
): Promise<{ verdicts: Record<string, number>; problems: string[] }> {
  await using sandbox = await Sandbox.open()
  const { report, published } = await audit(history, sandbox, null)
  if (report.verdict !== 'valid') throw new Error(`the history is not honest: ${JSON.stringify(report)}`)
  const verdicts: Record<string, number> = {}
  const problems: string[] = []
  let next = seed
  const lane = async () => {
    while (next < seed + count) {
      const own = next++
      const { verdict, problem } = await tryMutant(history, published, sandbox, new Random(own))
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
      if (problem !== null) problems.push(`VITRA_SEED=${own}: ${problem}`)
    }
  }
  await Promise.all([lane(), lane(), lane()])
  return { verdicts, problems }
}

/** Publishes one random mutant. Gives what is wrong with the verdict, or null. */
async function tryMutant(
  history: History,
  honest: Published,
  sandbox: Sandbox,
  random: Random,
): Promise<{ verdict: string; problem: string | null }> {
  const mutant = new Mutant(random)
  const copy = structuredClone(history)
  try {
    mutant.tell(copy)
    const { report, published } = await audit(copy, sandbox, mutant)
    if (report.verdict !== 'valid' || mutant.isChoice || isVariation(honest, published))
      return { verdict: report.verdict, problem: null }
    return { verdict: report.verdict, problem: `${mutant.does} passes as valid` }
  } catch (error) {
    return { verdict: 'thrown', problem: `${mutant.does} makes the audit throw ${(error as Error).stack}` }
  }
}

/**
 * True where the mutant published nothing but what an honest executor might have: the same entries, or the
 * first of them, with what it may choose: times, and what `process` gave.
 */
function isVariation(honest: Published, published: Published): boolean {
  if (honest.oplogs !== published.oplogs || published.entries.length > honest.entries.length) return false
  return published.entries.every((entry, n) => sameEntry(honest.entries[n]!, entry))
}

function sameEntry(honest: Change, { path, value }: Change): boolean {
  if (path !== honest.path || value === null || honest.value === null)
    return path === honest.path && value === honest.value
  if (parseRunPath(path) !== null) return sameRun(decodeRun(honest.value), decodeRun(value))
  if (path !== BATCH_PATH) return sameBytes(value, honest.value)
  return sameBytes(plainRecord(honest.value), plainRecord(value))
}

function sameRun(honest: Run, run: Run): boolean {
  const plain = (of: Run) => encodeRun({ ...of, outcomes: [PLAIN] })
  if (honest.outcomes.length !== run.outcomes.length || !sameBytes(plain(honest), plain(run))) return false
  return run.outcomes.every((outcome, n) => sameOutcome(honest.outcomes[n]!, outcome))
}

function sameOutcome(honest: Outcome, outcome: Outcome): boolean {
  const hasProcess = honest.metadata !== undefined || honest.code === 'process'
  if (hasProcess && outcome.code === 'process') return outcome.numChanges === 0
  const plain = ({ metadata: _, ...rest }: Outcome) =>
    encodeRun({ ...PLAIN_RUN, outcomes: [{ ...rest, ts: 0 }] })
  if (outcome.metadata !== undefined && !hasProcess) return false
  return sameBytes(plain(honest), plain(outcome))
}

/** A record without its times, and what it has to say of heads that differ by them. */
function plainRecord(bytes: Uint8Array): Uint8Array {
  const record = decodeBatch(bytes)
  const plain = { ...record, lastTs: 0, engine: '' }
  if (record.number === 0) return encodeBatch(plain)
  return encodeBatch({ ...plain, prevTreeHash: new Uint8Array(32), prevSignature: new Uint8Array(64) })
}

const PLAIN: Outcome = { kind: 'ok', ts: 0, numChanges: 0, fuel: 0 }
const PLAIN_RUN: Run = {
  head: { length: 1, treeHash: new Uint8Array(32), signature: new Uint8Array(64) },
  prevRun: 0,
  outcomes: [PLAIN],
}

async function readEntries(index: IndexLog): Promise<Change[]> {
  const entries: Change[] = []
  for (let seq = 1; seq < index.length; seq++) {
    try {
      const { path, value } = await index.entry(seq)
      entries.push({ path, value })
    } catch {
      entries.push({ path: 'unreadable', value: null })
    }
  }
  return entries
}

function oplogsText(history: History): string {
  return history.oplogs.map(({ blocks }) => blocks.map(toHex).join()).join(';')
}
