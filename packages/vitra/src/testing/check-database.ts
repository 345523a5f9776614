/**
 * The oracle that closes every test that ends with a database: re-verifies everything that was
 * published, by other ways than the audit alone.
 */
import {
  type AuditReport,
  type Database,
  type Entry,
  type HistoryEntry,
  type PastIndex,
  VitraError,
} from '../index.js'

/** What the oracle is to expect. */
export interface CheckOptions {
  /** Verdict that the audit must give; default `valid`. */
  readonly verdict?: AuditReport['verdict']
}

/** What the oracle found wrong; `details.problems` lists it. Code `DATABASE_CHECK_FAILED`. */
export class DatabaseCheckError extends VitraError<'DATABASE_CHECK_FAILED'> {
  override name = 'DatabaseCheckError'
}

/**
 * Audits the database from genesis, compares the state with its history, and walks every listing.
 *
 * @throws {DatabaseCheckError} where anything does not hold
 * @example await checkDatabase(db)
 */
export async function checkDatabase(db: Database, options: CheckOptions = {}): Promise<AuditReport> {
  const problems: string[] = []
  const { version } = db.index
  const report = await db.verify()
  const wanted = options.verdict ?? 'valid'
  if (report.verdict !== wanted) {
    const findings = report.findings.map(({ code, message }) => `${code}: ${message}`).join('; ')
    problems.push(`the audit says ${report.verdict}, not ${wanted} (${findings})`)
  }
  // The executor may go on meanwhile: everything is compared at the version that was audited.
  if (report.version < version) problems.push(`the audit reached ${report.version} of ${version}`)
  if (report.version > 0) {
    await using index = await db.index.at(report.version)
    const state = await stateFromHistory(db, report.version)
    await compareState(index, state, problems)
    await compareListing(index, state, problems)
  }
  if (problems.length > 0) {
    throw new DatabaseCheckError(
      'DATABASE_CHECK_FAILED',
      `the database does not hold: ${problems.join('; ')}`,
      { details: { problems } },
    )
  }
  return report
}

async function stateFromHistory(db: Database, version: number): Promise<Map<string, HistoryEntry>> {
  const state = new Map<string, HistoryEntry>()
  for await (const entry of db.index.history({ to: version })) {
    if (entry.type === 'put') state.set(entry.path, entry)
    else if (!state.delete(entry.path))
      throw new DatabaseCheckError('DATABASE_CHECK_FAILED', `${entry.path} is deleted but absent`)
  }
  return state
}

async function compareState(
  index: PastIndex,
  state: ReadonlyMap<string, Entry>,
  problems: string[],
): Promise<void> {
  for (const [path, { value }] of state) {
    const entry = await index.get(path)
    if (entry === null) problems.push(`${path} is in the history and not in the state`)
    else if (!sameValue(entry.value, value)) problems.push(`${path} differs between history and state`)
  }
}

/** Walks all listings and counts what they reach: nothing may be left out or made up. */
async function compareListing(
  index: PastIndex,
  state: ReadonlyMap<string, Entry>,
  problems: string[],
): Promise<void> {
  const reached = new Set<string>()
  const folders = ['/']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const item of await index.list(folder)) {
      if (item.container) folders.push(item.path)
      if (item.value === undefined) continue
      reached.add(item.path)
      if (!state.has(item.path)) problems.push(`${item.path} is listed and not in the history`)
    }
  }
  if (reached.size !== state.size) problems.push(`listings reach ${reached.size} entries of ${state.size}`)
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
