import type { AuditReport, ContractFraudProof, Database } from 'vitra'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { ENGINE_OPTION, type EngineOptions, readEngines } from '../engines.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { CONNECT_MS, Deadline, findPeer } from '../network.js'
import { type NetworkOptions, networkOptions } from '../options.js'
import { fraudFolder, reportLines } from '../output/report.js'

interface Options extends NetworkOptions, EngineOptions {}

export const verify = defineCommand<Options>({
  name: 'verify',
  summary: 'Check everything the executor published, by running the contract again',
  details: `First the history is fetched from peers, unless --offline is given or this copy executes. Then every op is run
again from genesis on, and what was published is compared bit for bit.

Exit code 0: valid. 3: the executor has violated the contract; the evidence is kept in the folder. 4: something could
not be checked, and what; that accuses nobody. What a dishonest executor could hide behind is called suspect.

All engines give the same results. Where one does not, the op is run again under the engine that the executor named, if
--engine gives its Node program.`,
  options: [
    ENGINE_OPTION,
    ...networkOptions('how long fetching may take (default: as long as something arrives)'),
  ],
  examples: [
    { run: 'vitra verify', says: 'fetch what is new, then check all of it' },
    { run: 'vitra verify --offline', says: 'check what is here' },
    { run: 'vitra verify --engine /opt/node-22/bin/node', says: 'with a second engine at hand' },
    { run: 'vitra verify --offline --json', says: 'the report, for a program' },
  ],
  async run({ context, options }) {
    const db = await context.database({ engines: await readEngines(options, context.io) })
    await fetchHistory(context, db, options)
    const report = await audit(context, db)
    const evidence = report.verdict === 'fraud' ? { evidence: fraudFolder(db) } : {}
    context.out.result({ ...report, ...evidence }, reportLines(context.out, db, report))
    return EXITS[report.verdict]
  },
})

const EXITS: Readonly<Record<AuditReport['verdict'], ExitCode>> = {
  valid: EXIT.ok,
  fraud: EXIT.fraud,
  inconclusive: EXIT.inconclusive,
}

async function fetchHistory(context: Context, db: Database, options: NetworkOptions): Promise<void> {
  if (options.offline || db.executor !== null) return
  const deadline = new Deadline(options, CONNECT_MS / 1000)
  if (!(await findPeer(context, db, options, deadline.left(CONNECT_MS)))) {
    context.out.warn('no peer was reached: what is here is checked, newer versions may exist')
    return
  }
  try {
    const timeout = deadline.isGiven ? { timeout: deadline.left() } : {}
    await db.syncFullHistory({ signal: context.signal, ...timeout })
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'SYNC_TIMEOUT') throw error
    context.out.warn((error as Error).message)
  }
}

async function audit(context: Context, db: Database): Promise<AuditReport> {
  try {
    return await db.verify({ signal: context.signal })
  } catch (error) {
    if ((error as { code?: unknown }).code === 'CONTRACT_FRAUD') return (error as ContractFraudProof).report
    throw error
  }
}
