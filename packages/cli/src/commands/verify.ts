import { availableParallelism } from 'node:os'
import type { AuditProgress, AuditReport, ContractFraudProof, Database } from 'vitra'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { ENGINE_OPTION, type EngineOptions, enginesToOpen } from '../engines.js'
import { UsageError } from '../errors.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { CONNECT_MS, Deadline, fetchHistory, findPeer, unreachedText } from '../network.js'
import { type NetworkOptions, networkOptions, wholeNumber } from '../options.js'
import { fraudFolder, reportLines } from '../output/report.js'

interface Options extends NetworkOptions, EngineOptions {
  readonly range?: { readonly from?: number; readonly to?: number }
  readonly sample?: number
  readonly hashOnly?: boolean
  readonly resume?: boolean
  readonly workers?: number
}

export const verify = defineCommand<Options>({
  name: 'verify',
  summary: 'Check everything the executor published, by running the contract again',
  details: `First the history is fetched from peers, unless --offline is given or this copy executes. Then every op is run
again from genesis on, and what was published is compared bit for bit.

Exit code 0: valid. 3: the executor has violated the contract; the evidence is kept in the folder. 4: something could
not be checked, and what; that accuses nobody. What a dishonest executor could hide behind is called suspect.

All engines give the same results. Where one does not, the op is run again under the engine that the executor named, if
--engine gives its Node program.

With --range, --sample or --hash-only less is checked. Such an audit says "partial" where it finds nothing wrong, with
exit code 0, and never "valid": a sample says how probable it was to find what.`,
  options: [
    { flags: '--resume', says: 'go on where an audit or a monitor of this copy has stopped' },
    {
      flags: '--workers <n>',
      says: 'processes that share the work (default: one for each core, up to 4)',
      parse: wholeNumber('--workers'),
    },
    {
      flags: '--range <from..to>',
      says: 'only the batches between two versions; either may be left out',
      parse: readRange,
    },
    {
      flags: '--sample <n>',
      says: 'only the batches of n blocks of the index, drawn at random',
      parse: readSample,
    },
    { flags: '--hash-only', says: 'run no op: check structure, order, signatures and tree hashes alone' },
    ENGINE_OPTION,
    ...networkOptions('how long fetching may take (default: as long as something arrives)'),
  ],
  examples: [
    { run: 'vitra verify', says: 'fetch what is new, then check all of it' },
    { run: 'vitra verify --offline', says: 'check what is here' },
    { run: 'vitra verify --engine /opt/node-22/bin/node', says: 'with a second engine at hand' },
    { run: 'vitra verify --resume', says: 'check what no audit of this copy has checked yet' },
    { run: 'vitra verify --range 5..15', says: 'a part, over the state published before it' },
    {
      run: 'vitra verify --sample 300',
      says: 'finds a lie in 1 % of the index with a probability of 95 %',
    },
    { run: 'vitra verify --hash-only', says: 'everything but the execution, many times faster' },
    { run: 'vitra verify --offline --json', says: 'the report, for a program' },
  ],
  resume: ({ range, sample, hashOnly }, again) =>
    range === undefined && sample === undefined && !hashOnly
      ? `what was checked is kept; go on with: ${again('--resume')}`
      : `begin again with: ${again()}`,
  async run({ context, options }) {
    const db = await context.database({ engines: await enginesToOpen(options, context) })
    await fetchNew(context, db, options)
    const report = await audit(context, db, options)
    if (options.resume && report.from === 0)
      context.out.note('no audit of this copy could be gone on from: everything was checked from genesis on')
    const evidence = report.verdict === 'fraud' ? { evidence: fraudFolder(db) } : {}
    context.out.report({ ...report, ...evidence }, await reportLines(context.out, db, report))
    return EXITS[report.verdict]
  },
})

const EXITS: Readonly<Record<AuditReport['verdict'], ExitCode>> = {
  valid: EXIT.ok,
  partial: EXIT.ok,
  fraud: EXIT.fraud,
  inconclusive: EXIT.inconclusive,
}

async function fetchNew(context: Context, db: Database, options: NetworkOptions): Promise<void> {
  if (options.offline || db.executor !== null) return
  const deadline = new Deadline(options, CONNECT_MS / 1000)
  if (!(await findPeer(context, db, options, deadline.left(CONNECT_MS)))) {
    context.out.warn(
      `${unreachedText(context, db, options)}: what is here is checked, newer versions may exist`,
    )
    return
  }
  try {
    const timeout = deadline.isGiven ? { timeout: deadline.left() } : {}
    await fetchHistory(context, db, timeout)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'SYNC_TIMEOUT') throw error
    context.out.warn((error as Error).message)
  }
}

async function audit(context: Context, db: Database, options: Options): Promise<AuditReport> {
  const { range, sample, hashOnly, resume, workers = Math.min(availableParallelism(), WORKERS_MAX) } = options
  const { out, signal } = context
  try {
    return await db.verify({
      signal,
      onProgress: out.follow(progressText),
      workers,
      ...(resume === undefined ? {} : { resume }),
      ...(range === undefined ? {} : { range }),
      ...(sample === undefined ? {} : { sample }),
      ...(hashOnly === undefined ? {} : { hashOnly }),
    })
  } catch (error) {
    if ((error as { code?: unknown }).code === 'CONTRACT_FRAUD') return (error as ContractFraudProof).report
    throw error
  } finally {
    out.progressEnd()
  }
}

/** By default. */
const WORKERS_MAX = 4

function progressText({ version, blocks, blocksTotal, opsPerSecond, leftMs }: AuditProgress): string {
  const percent = Math.floor((100 * blocks) / Math.max(blocksTotal, 1))
  const left = leftMs < 60_000 ? `${Math.ceil(leftMs / 1000)} s` : `${Math.ceil(leftMs / 60_000)} min`
  return `checked ${percent} %, up to version ${version}: ${Math.round(opsPerSecond)} ops/s, ${left} left`
}

function readRange(text: string): { from?: number; to?: number } {
  const [, from, to] = /^(\d{0,15})\.\.(\d{0,15})$/.exec(text) ?? []
  if (from === undefined || to === undefined || (from !== '' && to !== '' && Number(from) >= Number(to)))
    throw new UsageError(
      'USAGE',
      `--range ${text} is not a range`,
      'write it as --range 5000..6000, 5000.. or ..6000',
    )
  return { ...(from === '' ? {} : { from: Number(from) }), ...(to === '' ? {} : { to: Number(to) }) }
}

function readSample(text: string): number {
  const draws = wholeNumber('--sample')(text)
  if (draws > 0) return draws
  throw new UsageError('USAGE', '--sample 0 checks nothing', 'write it as --sample 300')
}
